"""Contexts: credentials without a shape of their own, told by what stands before them in logs."""

import re

from rca.redact import values
from rca.redact.shape import Shape

_QUOTE = r"\\{0,4}[\"'`]"
_IS = r"\s{0,4}(?:=>|:=|={1,2}|:|%3[DdAa])\s{0,4}"
_VALUE = r"(?P<q>\\{0,4}[\"'`])?(?P<secret>(?(q)(?:(?!(?P=q))[^\r\n]){1,4096}|[^\s\"'`,;&<>(){}\[\]|\\]{1,4096}))"
_CORE = (
    r"passphrase|password|passwd|passcode|pass|pwd|client[_-]?secret|secret|token|api[_-]?key|app[_-]?key|access[_-]?key|"
    r"account[_-]?key|shared[_-]?access[_-]?key|private[_-]?key|signing[_-]?key|encryption[_-]?key|auth[_-]?key|bypass[_-]?key|"
    r"master[_-]?key|subscription[_-]?key|functions[_-]?key|license[_-]?key|service[_-]?key|admin[_-]?key|host[_-]?key|credential"
)
KEY_WORDS = (
    "pass", "pwd", "secret", "token", "apikey", "api_key", "api-key", "appkey", "app_key", "app-key", "accesskey", "access_key", "access-key",
    "accountkey", "account_key", "account-key", "private_key", "private-key", "privatekey", "signing_key", "signing-key", "signingkey",
    "encryption_key", "encryption-key", "encryptionkey", "auth_key", "auth-key", "authkey", "bypass_key", "bypass-key", "bypasskey",
    "master_key", "master-key", "masterkey", "subscription_key", "subscription-key", "subscriptionkey", "functions_key", "functions-key",
    "functionskey", "license_key", "license-key", "licensekey", "service_key", "service-key", "servicekey", "admin_key", "admin-key",
    "adminkey", "host_key", "host-key", "hostkey", "credential",
)  # fmt: skip
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "version", "priority", "comment"})
_MARKED = re.compile(r"\[secret:[a-z0-9-]{1,20}:[0-9a-f]{4}\]")
_BEFORE_KEY = re.compile(r"[A-Za-z0-9_.-]{0,40}$")


def _assigned(match: re.Match[str]) -> bool:
    key, secret = match["key"], match["secret"]
    start = match.start("key")
    if match.string[start - 1 : start] == "[" and _MARKED.match(match.string, start - 1):
        return False
    before = _BEFORE_KEY.search(match.string[max(0, start - 41) : start])
    if not values.key_holds(before[0] if before else "", key, match["suffix"]):
        return False
    end = match.end()
    return values.assigned(
        key,
        secret,
        quoted=match["q"] is not None,
        spaced=match.string[match.start("secret") - 1].isspace(),
        rest=match.string[end : end + 40],
    )


def _flag(match: re.Match[str]) -> bool:
    secret = match["secret"]
    if secret.startswith("-") or values.placeholder(secret):
        return False
    return values.is_password_key(match["key"]) or values.dense(secret)


def _spoken(match: re.Match[str]) -> bool:
    return not values.placeholder(match["secret"]) and values.dense(match["secret"])


def _header(match: re.Match[str]) -> bool:
    secret = match["secret"]
    if values.placeholder(secret):
        return False
    return match["scheme"] is not None or values.dense(secret)


def _bearer(match: re.Match[str]) -> bool:
    return not values.placeholder(match["secret"]) and values.dense(match["secret"], 12)


def _basic(match: re.Match[str]) -> bool:
    return values.is_basic(match["secret"])


def _in_url(match: re.Match[str]) -> bool:
    return not values.placeholder(match["secret"])


def _signature(match: re.Match[str]) -> bool:
    return values.dense(match["secret"])


def _cookie(match: re.Match[str]) -> bool:
    secret = match["secret"]
    if match["name"].lower() in _ATTRIBUTES or values.placeholder(secret):
        return False
    return len(secret) >= 10 or values.dense(secret)  # `theme=dark` is a setting


CONTEXTS: tuple[Shape, ...] = (
    Shape(
        "header",
        ("authorization",),
        re.compile(
            rf"(?i:authorization)(?:{_QUOTE})?\]?{_IS}(?:\[)?(?:{_QUOTE})?(?:b['\"])?"
            r"(?P<scheme>(?i:bearer|basic|token|apikey|api-key|negotiate|ssws|splunk|bot|genie-?key|key)(?:\s{1,3}|%20|\+))?"
            r"(?P<secret>[A-Za-z0-9._~+/=:-]{8,8192})"
        ),
        fold=True,
        holds=_header,
    ),
    Shape("bearer", ("bearer",), re.compile(r"(?i:\bbearer)(?:\s{1,4}|%20)(?P<secret>[A-Za-z0-9._~+/=-]{12,8192})"), fold=True, holds=_bearer),
    Shape("basic", ("basic",), re.compile(r"(?i:\bbasic)(?:\s{1,4}|%20)(?P<secret>[A-Za-z0-9+/]{8,1024}={0,2})"), fold=True, holds=_basic),
    Shape("url", ("@",), re.compile(r"(?<=://)[^\s:/@\"'<>]{0,256}:(?P<secret>[^\s/@\"'<>]{1,256})@"), holds=_in_url),
    Shape(
        "signed-url",
        ("sig=", "signature=", "signature:"),
        re.compile(r"(?i:(?:[?&,;\s\"']|\\u0026|&amp;|^)(?:sig|signature|x-goog-signature|x-amz-signature)=)(?P<secret>[A-Za-z0-9%+/=_.-]{8,2048})"),
        fold=True,
        holds=_signature,
    ),
    Shape(
        "session",
        ("sessid", "jsessionid", "connect.sid", "sessionid"),
        re.compile(r"(?i:(?:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid)=)(?P<secret>[A-Za-z0-9%._!-]{8,512})"),
        fold=True,
    ),
    Shape(
        "value",
        KEY_WORDS,
        re.compile(rf"(?=[A-Ta-t])(?P<key>(?i:{_CORE}))(?P<suffix>[A-Za-z0-9_-]{{0,24}})(?:{_QUOTE})?\]?{_IS}{_VALUE}"),
        fold=True,
        holds=_assigned,
    ),
    Shape(
        "flag",
        ("--",),
        re.compile(rf"(?<=--)[a-z0-9-]{{0,30}}?(?P<key>{_CORE}|pass)[\"']?[,\s]\s{{0,2}}[\"']?(?P<secret>[^\s\"',;\]]{{4,1024}})"),
        holds=_flag,
    ),
    Shape("flag", ("mysql", "mariadb"), re.compile(r"\b(?:mysql(?:dump|admin)?|mariadb)\b[^\r\n|;]{0,200}?\s-p(?P<secret>[^\s\"'-][^\s\"']{3,200})")),
    Shape("flag", ("curl",), re.compile(r"\bcurl\b[^\r\n|;]{0,400}?\s(?:-u|--user)[\s=]{1,2}[\"']?[^\s:\"']{1,100}:(?P<secret>[^\s\"']{3,200})"), holds=_in_url),
    Shape("flag", ("sshpass",), re.compile(r"\bsshpass\s{1,3}-p\s{0,2}[\"']?(?P<secret>[^\s\"']{3,200})"), holds=_in_url),
    Shape(
        "spoken",
        tuple(f"{what} {verb} " for what in ("password", "token", "secret", "api key") for verb in ("is", "was", "value")),
        re.compile(r"(?i:\b(?:password|token|secret|api key) (?:is|was|value) )[\"'`]?(?P<secret>[^\s\"'`,;<>(){}\[\]]{6,512})"),
        fold=True,
        holds=_spoken,
    ),
)  # fmt: skip
"""Order matters: a whole header before the key=value pattern, which would cut it at a separator."""

_PAIR = r"(?P<name>[A-Za-z0-9_.$!%*~-]{1,80})=(?P<secret>[^;\s\"',\\]{4,4096})"
COOKIES = re.compile(
    rf"(?i:\b(?:set-)?cookie)(?:{_QUOTE})?\]?\s{{0,2}}[:=]\s{{0,4}}(?:\[)?(?:{_QUOTE})?(?P<pairs>[^;\s\"',\\=]{{1,80}}=[^;\s\"',\\]{{0,4096}}(?:;\s{{0,2}}[^;\r\n\"'\\]{{1,4200}}){{0,80}})"
)
COOKIE = Shape("cookie", ("cookie",), re.compile(_PAIR), fold=True, holds=_cookie)
"""The values of a cookie header; names and attributes stay readable."""
