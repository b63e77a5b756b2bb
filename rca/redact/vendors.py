"""Vendors: credentials that tell what they are by how they begin.

Prefixes and lengths as their issuers document them, compared with the rules of gitleaks 8 (MIT). Rules without a
prefix of their own (forty hex digits, thirty-two letters) are left out on purpose: commits, traces and digests look alike.
"""

import re

from rca.redact.shape import Shape

_BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt]))"
"""A token begins after what is no letter or digit, after a percent-encoded character, or after an escaped line feed."""
_ROWS: tuple[tuple[str, str, str], ...] = (
    # kind, words (any of them must be there), pattern
    ("jwt", "eyJ", r"eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,4096}){0,3}"),
    ("google", "AIza", r"AIza[0-9A-Za-z_-]{35}"),
    ("google", "ya29.", r"ya29\.[0-9A-Za-z_-]{20,2048}"),
    ("google", "GOCSPX-", r"GOCSPX-[0-9A-Za-z_-]{20,64}"),
    ("google", "1//0", r"1//0[0-9A-Za-z_-]{30,200}"),
    ("google", "4/0A", r"4/0A[0-9A-Za-z_-]{30,200}"),
    ("aws", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![0-9A-Za-z])"),
    ("github", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[0-9A-Za-z]{30,255}"),
    ("github", "github_pat_", r"github_pat_[0-9A-Za-z_]{22,255}"),
    ("gitlab", "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- gloas- glagent-",
     r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas|agent)-[0-9A-Za-z_-]{20,70}"),
    ("slack", "xox", r"xox[abceoprs](?:\.xox[a-z])?-[0-9A-Za-z-]{10,250}"),
    ("slack", "xapp-", r"xapp-[0-9]-[0-9A-Za-z-]{20,250}"),
    ("slack", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/+]{20,90}"),
    ("webhook", "/api/webhooks/", r"discord(?:app)?\.com/api/webhooks/[0-9]{15,25}/[A-Za-z0-9_-]{40,100}"),
    ("webhook", ".webhook.office.com", r"[a-z0-9]{1,60}\.webhook\.office\.com/webhookb2/[A-Za-z0-9@/-]{40,250}"),
    ("stripe", "sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_", r"[rs]k_(?:live|test|prod)_[0-9A-Za-z]{10,128}"),
    ("stripe", "whsec_", r"whsec_[0-9A-Za-z+/=]{24,80}"),
    ("anthropic", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,200}"),
    ("openai", "sk-proj- sk-svcacct- sk-admin- sk-None-", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}"),
    ("openai", "sk-", r"sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9])"),
    ("huggingface", "hf_ api_org_", r"(?:hf|api_org)_[0-9A-Za-z]{30,64}"),
    ("model-key", "gsk_", r"gsk_[0-9A-Za-z]{40,64}"),
    ("model-key", "pplx-", r"pplx-[0-9A-Za-z]{40,64}"),
    ("model-key", "xai-", r"xai-[0-9A-Za-z]{60,100}"),
    ("model-key", "r8_", r"r8_[0-9A-Za-z]{37}"),
    ("model-key", "lsv2_", r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    ("npm", "npm_", r"npm_[0-9A-Za-z]{36}"),
    ("pypi", "pypi-", r"pypi-AgE[0-9A-Za-z_-]{16,1024}"),
    ("rubygems", "rubygems_", r"rubygems_[0-9a-f]{48}"),
    ("sendgrid", "SG.", r"SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64}"),
    ("mail", "key-", r"key-[0-9a-f]{32}(?![0-9A-Za-z])"),
    ("mail", "xkeysib-", r"xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}"),
    ("mail", "-us", r"[0-9a-f]{32}-us[0-9]{1,2}(?![0-9A-Za-z])"),
    ("vault", "hvs. hvb. hvr.", r"hv[sbr]\.[0-9A-Za-z_-]{20,300}"),
    ("terraform", ".atlasv1.", r"[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{60,70}"),
    ("twilio", "SK", r"SK[0-9a-f]{32}(?![0-9A-Za-z])"),
    ("digitalocean", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[0-9a-f]{64}"),
    ("doppler", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[0-9A-Za-z]{40,44}"),
    ("linear", "lin_api_ lin_oauth_", r"lin_(?:api|oauth)_[0-9A-Za-z]{32,64}"),
    ("shopify", "shpat_ shpss_ shpca_ shppa_", r"shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}"),
    ("newrelic", "NRAK- NRII- NRJS- NRRA-", r"NR(?:AK|II|JS|RA)-[0-9A-Za-z_-]{19,42}"),
    ("databricks", "dapi", r"dapi[0-9a-f]{32}(?:-[0-9])?(?![0-9A-Za-z])"),
    ("grafana", "glsa_ glc_", r"(?:glsa_[0-9A-Za-z]{32}_[0-9a-fA-F]{8}|glc_[0-9A-Za-z+/=]{32,400})"),
    ("atlassian", "ATATT3 ATCTT3 ATBB", r"(?:AT[AC]TT3[0-9A-Za-z_=-]{60,250}|ATBB[0-9A-Za-z]{24,40})"),
    ("docker", "dckr_pat_ dckr_oat_", r"dckr_[po]at_[0-9A-Za-z_-]{24,40}"),
    ("planetscale", "pscale_", r"pscale_(?:tkn|pw|oauth|otkn)_[0-9A-Za-z=._-]{32,64}"),
    ("postman", "PMAK-", r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("pulumi", "pul-", r"pul-[0-9a-f]{40}"),
    ("sentry", "sntrys_ sntryu_", r"sntry[su]_[0-9A-Za-z+/=_-]{40,400}"),
    ("square", "sq0 EAAA", r"(?:sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{22,60}|EAAA[0-9A-Za-z_-]{60})"),
    ("telegram", ":AA", r"[0-9]{8,10}:AA[0-9A-Za-z_-]{32,34}(?![0-9A-Za-z_-])"),
    ("azure", "Q~", r"[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}"),
    ("age", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("fly", "FlyV1 fm2_ fo1_", r"(?:fo1_[0-9A-Za-z_-]{43}|fm[12][ar]?_[0-9A-Za-z+/=_-]{40,2000})"),
    ("heroku", "HRKU-", r"HRKU-[0-9A-Za-z_-]{36,80}"),
    ("figma", "figd_", r"figd_[0-9A-Za-z_-]{38,44}"),
    ("notion", "ntn_", r"ntn_[0-9A-Za-z]{40,50}"),
    ("supabase", "sbp_ sb_secret_", r"(?:sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_-]{20,60})"),
    ("ci", "CCIPAT_ bkua_ nfp_", r"(?:CCIPAT_[0-9A-Za-z_]{40,70}|bkua_[0-9a-z]{40}|nfp_[0-9A-Za-z]{36,40})"),
    ("sonar", "sqp_ squ_ sqa_", r"sq[pua]_[0-9a-f]{40}"),
    ("artifactory", "AKCp", r"AKCp[0-9A-Za-z]{60,80}"),
    ("readme", "rdme_", r"rdme_[0-9a-z]{70}"),
    ("prefect", "pnu_", r"pnu_[0-9A-Za-z]{36}"),
    ("frameio", "fio-u-", r"fio-u-[0-9A-Za-z_=-]{64}"),
    ("dynatrace", "dt0c01.", r"dt0c01\.[0-9A-Z]{24}\.[0-9A-Z]{64}"),
    ("easypost", "EZAK EZTK", r"EZ[AT]K[0-9A-Za-z]{54}"),
    ("duffel", "duffel_", r"duffel_(?:test|live)_[0-9A-Za-z_=-]{43}"),
    ("airtable", "pat", r"pat[0-9A-Za-z]{14}\.[0-9a-f]{64}"),
)  # fmt: skip

VENDORS: tuple[Shape, ...] = tuple(
    Shape(kind, tuple(words.split()), re.compile(f"{_BEFORE}(?P<secret>{pattern})", re.ASCII))
    for kind, words, pattern in _ROWS
)
