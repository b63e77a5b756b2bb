"""Credentials with a prefix of their issuer; the prefixes are put together at run time."""

import string
from collections.abc import Iterator
from functools import partial

from corpus.draw import ALNUM, HEX, LOWER, URLSAFE, Draw


def prefixed(draw: Draw) -> Iterator[tuple[str, str]]:
    """(kind, token) of credentials with a prefix of their vendor; the prefixes are put together here."""
    a, h, u = (partial(draw.of, letters) for letters in (ALNUM, HEX, URLSAFE))
    yield from (
        ("google api key", "AI" + "za" + u(35)), ("google access token", "ya" + "29." + u(120)), ("google client secret", "GOC" + "SPX-" + u(28)),
        ("google refresh token", "1/" + "/0" + u(60)), ("aws key id", "AK" + "IA" + draw.of(string.ascii_uppercase + "234567", 16)),
        ("aws temporary key id", "AS" + "IA" + draw.of(string.ascii_uppercase + "234567", 16)),
        ("github token", "gh" + draw.one(["p", "o", "u", "s", "r"]) + "_" + a(36)), ("github fine-grained", "github" + "_pat_" + a(22) + "_" + a(59)),
        ("gitlab token", "gl" + "pat-" + u(20)), ("slack bot token", "xo" + "xb-" + draw.of(string.digits, 12) + "-" + a(24)),
        ("slack app token", "xa" + "pp-1-" + a(11) + "-" + draw.of(string.digits, 13) + "-" + h(64)),
        ("slack webhook", "hooks.sl" + "ack.com/services/T" + a(8) + "/B" + a(8) + "/" + a(24)),
        ("stripe key", "sk" + "_live_" + a(24)), ("stripe webhook", "wh" + "sec_" + a(32)), ("openai key", "sk" + "-proj-" + u(64)),
        ("openai old key", "sk" + "-" + a(48)), ("anthropic key", "sk" + "-ant-api03-" + u(90)), ("hugging face", "h" + "f_" + a(34)),
        ("npm token", "np" + "m_" + a(36)), ("package index token", "py" + "pi-AgEIcHlwaS5vcmc" + u(80)), ("sendgrid", "S" + "G." + u(22) + "." + u(43)),
        ("vault token", "hv" + "s." + u(90)), ("twilio", "S" + "K" + h(32)), ("digitalocean", "do" + "p_v1_" + h(64)), ("databricks", "da" + "pi" + h(32)),
        ("grafana", "gl" + "sa_" + a(32) + "_" + h(8)), ("atlassian", "ATA" + "TT3" + u(180)), ("docker hub", "dckr" + "_pat_" + u(27)),
        ("new relic", "NR" + "AK-" + draw.of(string.ascii_uppercase + string.digits, 27)), ("shopify", "shp" + "at_" + h(32)),
        ("telegram bot", draw.of("123456789", 9) + ":A" + "A" + u(33)), ("mailgun", "ke" + "y-" + h(32)), ("pulumi", "pu" + "l-" + h(40)),
        ("sentry", "sntry" + "u_" + h(64)), ("linear", "lin" + "_api_" + a(40)), ("azure client secret", a(3) + "8" + "Q~" + u(34)),
        ("jwt", draw.jwt()),
    )  # fmt: skip


UPPER = string.ascii_uppercase + string.digits
SMALL = LOWER + string.digits
UUID = ((HEX, 8), (HEX, 4), (HEX, 4), (HEX, 4), (HEX, 12))
Part = str | tuple[str, int]
_MORE: tuple[tuple[str, tuple[Part, ...]], ...] = (
    # kind; what the token is made of: fixed parts, and (alphabet, length) of drawn ones
    ("1password service", ("ops", "_ey", "J", (ALNUM, 220))), ("1password key", ("A", "3-", (UPPER, 6), "-", (UPPER, 11), "-", (UPPER, 5), "-", (UPPER, 5), "-", (UPPER, 5))),
    ("adobe", ("p8", "e-", (ALNUM, 32))), ("aiven", ("AV", "NS_", (URLSAFE, 19))), ("akamai", ("ak", "ab-", (SMALL, 16), "-", (SMALL, 16))),
    ("alibaba", ("LT", "AI", (ALNUM, 20))), ("aws bedrock", ("AB", "SK", (ALNUM, 110))), ("aws graphql", ("da", "2-", (SMALL, 26))),
    ("aws mws", ("amzn", ".mws.", (HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12))), ("bitbucket", ("BB", "DC-", (ALNUM, 44))),
    ("braintree", ("access_to", "ken$production$", (SMALL, 16), "$", (HEX, 32))), ("clickhouse", ("4b", "1d", (ALNUM, 38))), ("clojars", ("CLO", "JARS_", (SMALL, 60))),
    ("cloudflare origin", ("v1", ".0-", (HEX, 24), "-", (HEX, 146))), ("cloudflare token", ("cf", "ut_", (ALNUM, 48))), ("contentful", ("CF", "PAT-", (URLSAFE, 43))),
    ("defined networking", ("dn", "key-", (ALNUM, 26), "-", (ALNUM, 52))), ("dropbox", ("s", "l.", (URLSAFE, 138))), ("dynatrace", ("dt0", "s16.", (UPPER, 8), ".", (UPPER, 64))),
    ("facebook page", ("EA", "AM", (ALNUM, 120))), ("flutterwave", ("FLW", "SECK_TEST-", (HEX, 32), "-X")), ("gitlab routable", ("gl", "pat-", (URLSAFE, 27), ".", (SMALL, 2), ".", (SMALL, 7))),
    ("gitlab runner", ("GR13", "48941", (URLSAFE, 20))), ("gitlab mail", ("gl", "imt-", (URLSAFE, 25))), ("grafana old", ("eyJr", "Ijoi", (ALNUM, 90))),
    ("harness", ("p", "at.", (URLSAFE, 22), ".", (ALNUM, 24), ".", (ALNUM, 20))), ("hubspot", ("pat", "-na1-", *((part) for pair in zip(UUID, ("-",) * 4 + ("",), strict=True) for part in pair))),
    ("infracost", ("ic", "o-", (ALNUM, 32))), ("jfrog", ("cmVm", "dGtu", (ALNUM, 56))), ("live key", ("li", "ve_", (ALNUM, 40))), ("mapbox", ("s", "k.ey", "J", (ALNUM, 80), ".", (ALNUM, 22))),
    ("maxmind", ((ALNUM, 6), "_", (ALNUM, 29), "_m", "mk")), ("nvidia", ("nv", "api-", (URLSAFE, 64))), ("pinecone", ("pc", "sk_", (ALNUM, 60))), ("openrouter", ("sk", "-or-v1-", (HEX, 64))),
    ("nuget", ("oy", "2", (SMALL, 43))), ("octopus", ("AP", "I-", (UPPER, 26))), ("openshift", ("sha256", "~", (URLSAFE, 43))), ("paseto", ("v2.", "local.", (URLSAFE, 120))),
    ("plaid", ("access-", "production-", (HEX, 8), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 4), "-", (HEX, 12))), ("posthog", ("ph", "x_", (ALNUM, 43))), ("resend", ("r", "e_", (ALNUM, 8), "_", (ALNUM, 24))),
    ("salesforce", ("3M", "VG", (ALNUM, 81))), ("scalingo", ("tk", "-us-", (URLSAFE, 48))), ("settlemint", ("sm", "_pat_", (ALNUM, 16))), ("shippo", ("ship", "po_live_", (HEX, 40))),
    ("sourcegraph", ("sg", "p_", (HEX, 40))), ("swarm", ("SWM", "TKN-1-", (SMALL, 50), "-", (SMALL, 25))), ("tailscale", ("ts", "key-auth-", (ALNUM, 17), "-", (ALNUM, 32))),
    ("together", ("tgp", "_v1_", (URLSAFE, 43))), ("twitter", ("A" * 22, "B", (ALNUM, 80))), ("typeform", ("tf", "p_", (ALNUM, 59))), ("vercel", ("vc", "p_", (ALNUM, 56))),
    ("yandex", ("AQ", "VN", (URLSAFE, 36))), ("installation token", ("gh", "s_123456789_ey", "J", (ALNUM, 60), ".", (ALNUM, 60), ".", (ALNUM, 43))),
)  # fmt: skip


def more(draw: Draw) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(kind, token, its drawn parts) of issuers seen less often."""
    for kind, parts in _MORE:
        made = [(part, "") if isinstance(part, str) else (drawn := draw.of(*part), drawn) for part in parts]
        yield kind, "".join(text for text, _ in made), tuple(drawn for _, drawn in made if len(drawn) >= 8)
