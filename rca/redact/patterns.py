"""The table of credential shapes: (kind, pattern with a group `secret`). Linear: no nested or adjacent open quantifiers."""

import re

GATE: tuple[str, ...] = (
    "eyJ", "AIza", "ya29.", "GOCSPX-", "AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "xox", "hooks.slack.com", "sk_live_", "rk_live_", "sk_test_", "sk-", "npm_", "pypi-", "hf_", "SG.", "hvs.",
    "-----BEGIN", "bearer", "basic", "password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "cookie",
    "authorization", "private_key", "://", "sig=", "signature=", "access_key", "bypass",
)  # fmt: skip
"""A text without any of these words holds no credential we know; most lines stop here."""

_VALUE = r"[A-Za-z0-9+/_\-.~%$!*#@^&]{6,4096}"
_KEY = (
    r"(?:pass(?:word|wd|phrase)?|secret(?:[_-]?key)?|client[_-]?secret|api[_-]?key|apikey|access[_-]?(?:key|token)|"
    r"auth[_-]?token|refresh[_-]?token|id[_-]?token|session[_-]?token|private[_-]?key|bypass[_-]?key|jwt[_-]?secret(?:[_-]?key)?|token)"
)

PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("pem", r"(?P<secret>-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]{0,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?)"),
        ("jwt", r"(?P<secret>eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{4,8192}(?:\.[A-Za-z0-9_-]{0,4096})?)"),
        ("google", r"(?P<secret>AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,2048}|GOCSPX-[0-9A-Za-z_-]{20,64})"),
        ("aws", r"\b(?P<secret>(?:AKIA|ASIA)[0-9A-Z]{16})\b"),
        ("github", r"(?P<secret>gh[pousr]_[0-9A-Za-z]{30,255}|github_pat_[0-9A-Za-z_]{22,255})"),
        ("gitlab", r"(?P<secret>glpat-[0-9A-Za-z_-]{20,64})"),
        ("slack", r"(?P<secret>xox[abeprs]-[0-9A-Za-z-]{10,250})"),
        ("slack", r"(?P<secret>hooks\.slack\.com/services/[A-Za-z0-9/]{20,80})"),
        ("stripe", r"(?P<secret>[rs]k_(?:live|test)_[0-9A-Za-z]{16,128})"),
        ("openai", r"\b(?P<secret>sk-[A-Za-z0-9_-]{20,200})"),
        ("npm", r"(?P<secret>npm_[0-9A-Za-z]{36})"),
        ("pypi", r"(?P<secret>pypi-[0-9A-Za-z_-]{16,1024})"),
        ("huggingface", r"\b(?P<secret>hf_[0-9A-Za-z]{30,64})"),
        ("sendgrid", r"(?P<secret>SG\.[0-9A-Za-z_-]{16,32}\.[0-9A-Za-z_-]{32,64})"),
        ("vault", r"(?P<secret>hvs\.[0-9A-Za-z_-]{20,200})"),
        ("bearer", r"(?i:\bbearer\s{1,4})(?P<secret>[A-Za-z0-9._~+/=-]{8,4096})"),
        ("basic", r"(?i:\bbasic\s{1,4})(?P<secret>[A-Za-z0-9+/=]{12,1024})"),
        ("url", r"://[^\s:/@]{1,256}:(?P<secret>[^\s/@]{1,256})@"),
        ("signed-url", r"(?i:[?&](?:sig|signature|x-goog-signature|x-amz-signature)=)(?P<secret>[A-Za-z0-9%+/=_-]{8,1024})"),
        ("cookie", r"(?i:\b(?:set-)?cookie:\s{0,4})(?P<secret>[^\r\n]{4,4096})"),
        ("value", r"(?<!\[)(?i:\b(?:[a-z0-9]{1,32}[_-]){0,3}" + _KEY + r"[\"']?\s{0,2}[=:]\s{0,2})[\"']?(?P<secret>" + _VALUE + ")"),
    )
)  # fmt: skip
"""Order matters: whole tokens before the key=value pattern, which would cut them at a separator."""
