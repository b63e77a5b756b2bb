"""Contexts: credentials without a shape of their own, told by what stands before them in logs."""

import re

from rca.redact import values
from rca.redact.shape import Shape

_QUOTE = r"(?:\\{0,4}[\"'`]|%2[27]|&quot;|&#3[49];|\\u0022)"
_OPERATOR = r"\s{0,4}(?:=>|[:+?.!|]{0,3}={1,2}|:|%3[DdAa])(?:[ \t]|%20){0,4}"
_NEXT = r"(?:(?<=[\"'`])\s{0,2},\s{0,2}(?=[bB]?\\{0,4}[\"'`])|,(?=[A-Za-z0-9_+/=.:-]{14,512}(?:[,;\s]|$)))"
"""The comma of a pair: `("x-api-key", "…")`, as clients print the headers they send; or of a row: `token,…,`."""
_IS = rf"(?:{_OPERATOR}|{_NEXT})"
_STRING = r"(?:(?:[bBfFrRuU@$](?=[\"'`]))|[|>][-+]?[ \t]{0,4}\r?\n\s{1,16})?"
"""What may stand before a value: the letter of a string literal, or the sign of a YAML block and its indentation."""
_VALUE = rf"(?P<q>{_QUOTE})?" + r"(?P<secret>(?(q)(?:(?!(?P=q))[^\r\n]){1,4096}|[^\s\"'`,;&<>(){}\[\]|\\]{1,4096}))"
OF_KEY = (
    "api", "app", "application", "access", "account", "private", "signing", "encryption", "auth", "bypass", "master", "subscription", "functions",
    "license", "service", "admin", "host", "ssh", "deploy", "storage", "webhook", "aes", "hmac", "consumer", "server", "write", "instrumentation",
)  # fmt: skip
"""What makes a key a secret one; a `key` alone, a cache key and a public key are none."""
KEY_WORDS = ("pass", "pwd", "secret", "token", "credential", "creds", "key")
_CORE = "passphrase|password|passwd|passcode|(?<!by)pass|pwd|secret|token|credential|creds|key"
_KEY = rf"(?P<key>(?i:{_CORE}))(?P<suffix>[A-Za-z0-9_-]{{0,24}})"
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "version", "priority", "comment"})
_BEFORE_KEY = re.compile(r"[A-Za-z0-9_.-]{0,40}$")
_KINDS_OF_KEY = re.compile(rf"(?i)(?:{'|'.join(OF_KEY)})[_-]?$", re.ASCII)
_IN_TAG = re.compile(r"(?:<|&lt;)(?P<name>[A-Za-z0-9_.:-]{0,60})$")
_TYPE = r"(?::?\s{1,3}(?:str|string|String)(?=\s{0,4}=))?"
_NAMED = rf"[\s,;]{{0,40}}(?:{_QUOTE})?(?i:value|stringValue)(?:{_QUOTE})?{_OPERATOR}"
"""`{"name": "DB_PASSWORD", "value": "…"}`, `name: …` over `value: …`, `<add key="…" value="…"/>`: how environments are printed."""


_CURL = r"\bcurl\b(?:[^\r\n|;]|\\\r?\n){0,600}?\s(?:-u|--user)[\s=]{0,3}"
_LOGINS = (
    r"(?P<q>[\"'])(?P<user>[^:\"'\r\n]{0,100}):(?P<secret>[^\"'\r\n]{3,200})(?P=q)",
    r"(?P<user>[^\s:\"']{1,100}):(?P<q>[\"'])?(?P<secret>(?(q)[^\"'\r\n]{3,200}|[^\s\"']{3,200}))",
    r"(?P<user>[\"']?)(?P<secret>[^\s:\"']{12,200}):[\"']?(?=\s|$)",
)
"""`curl -u`: quoted as a whole, a quoted password at most, and a key with no password."""


def _login(match: re.Match[str]) -> bool:
    secret = match["secret"].strip("<>[]{}")
    if match["user"] in {"", "'", '"'} and not values.dense(secret):
        return False
    return (
        secret.lower() not in {match["user"].lower().strip("<>[]{}"), "pass", "yyy"}
        and not values.placeholder(secret)
        and not values.placeholder(match["secret"])
    )


def _assigned(match: re.Match[str]) -> bool:
    key, secret = match["key"], match["secret"]
    start = match.start("key")
    if not _named(match, match.string[max(0, start - 41) : start]):
        return False
    end = match.end()
    if match.string[match.end("suffix") : match.start("secret")].strip("\\\"'`bB ") == "," and (
        not values.dense(secret) or secret.isupper()
    ):
        return False  # `["password", "username"]` is a list of names
    if match["suffix"] in {"s", "S"} and not values.dense(secret, 20):
        return False  # `tokens: 5`, `passwords: changed`
    return values.assigned(
        key,
        secret,
        quoted=match["q"] is not None,
        spaced=match.string[match.start("secret") - 1].isspace(),
        rest=match.string[end : end + 40],
    )


def _named(match: re.Match[str], front: str) -> bool:
    """True when the whole key, whose beginning is the end of `front`, names a credential."""
    found = _BEFORE_KEY.search(front)
    before = found[0] if found else ""
    if match["key"].lower() == "key" and not _KINDS_OF_KEY.search(before):
        return False
    return values.key_holds(before, match["key"], match["suffix"])


def _element(match: re.Match[str]) -> bool:
    start = match.start("key")
    before = _IN_TAG.search(match.string[max(0, start - 80) : start])
    if before is None or not _named(match, before["name"]):
        return False
    return values.assigned(match["key"], match["secret"], quoted=True, spaced=False, rest="")


def _queried(match: re.Match[str]) -> bool:
    secret = match["secret"]
    return values.dense(secret) and not values.identifier(secret)


def _flag(match: re.Match[str]) -> bool:
    secret = match["secret"]
    if secret.startswith("-") or values.placeholder(secret):
        return False
    return values.dense(secret) or (values.is_password_key(match["key"]) and not _prose(match))


def _prose(match: re.Match[str]) -> bool:
    """`--password options of …`: words go on after it."""
    return (
        match["secret"].isalpha() and re.match(r"\s+[a-z(]", match.string[match.end() : match.end() + 20]) is not None
    )


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
            rf"(?i:authorization)(?:{_QUOTE})?\]?{_IS}(?:\[)?[bB]?(?:{_QUOTE})?"
            r"(?P<scheme>(?i:bearer|basic|token|apikey|api-key|api-?token|jwt|oauth|negotiate|ssws|splunk|bot|genie-?key|key)(?:\s{1,3}|%20|\+))?"
            r"(?:[A-Za-z][A-Za-z0-9-]{2,24}\s{1,3})?(?P<secret>[A-Za-z0-9._~+/=:@-]{8,8192})"
        ),
        fold=True,
        holds=_header,
    ),
    Shape("bearer", ("bearer",), re.compile(r"(?i:\bbearer)(?:\s{1,4}|%20)(?P<secret>[A-Za-z0-9._~+/=-]{12,8192})"), fold=True, holds=_bearer),
    Shape("basic", ("basic",), re.compile(r"(?i:\bbasic)(?:\s{1,4}|%20)(?P<secret>[A-Za-z0-9+/]{8,1024}={0,2})"), fold=True, holds=_basic),
    Shape("url", ("@",), re.compile(r"(?<=://)[^\s:/@\"'<>]{0,256}:(?P<secret>[^\s/@\"'<>]{1,256})@"), holds=_in_url),
    Shape("url", ("@",), re.compile(r"(?<=://)(?P<secret>[^\s:/@\"'<>.]{16,256})(?=(?::[^\s/@\"'<>]{0,256})?@)"), holds=_signature),
    Shape(
        "signed-url",
        ("sig=", "signature=", "signature:"),
        re.compile(r"(?i:(?:[?&,;\s\"']|\\u0026|&amp;|^)(?:sig|signature|x-goog-signature|x-amz-signature)=)(?P<secret>[A-Za-z0-9%+/=_.-]{8,2048})"),
        fold=True,
        holds=_signature,
    ),
    Shape(
        "session",
        ("sessid", "jsessionid", "connect.sid", "sessionid", "_session="),
        re.compile(r"(?i:(?:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid|\b[a-z_-]{0,20}_session)=)(?P<secret>[A-Za-z0-9%._!-]{8,512})"),
        fold=True,
        holds=_signature,
    ),
    Shape(
        "value",
        KEY_WORDS,
        re.compile(rf"{_KEY}(?:{_QUOTE})?\]?(?:{_NAMED}|{_TYPE}{_IS}){_STRING}{_VALUE}"),
        fold=True,
        begins=True,
        holds=_assigned,
    ),
    Shape(
        "value",
        KEY_WORDS,
        re.compile(rf"{_KEY}(?:\s[^<>]{{0,200}})?(?:>|&gt;)\s{{0,20}}(?P<secret>[^\s<>&]{{4,4096}})\s{{0,20}}(?:<|&lt;)/"),
        fold=True,
        begins=True,
        holds=_element,
    ),
    Shape(
        "value",
        ("auth",),
        re.compile(rf"(?i:auth)(?:{_QUOTE})?{_IS}(?:{_QUOTE})?(?P<secret>[A-Za-z0-9+/]{{8,1024}}={{0,2}})"),
        fold=True,
        holds=_basic,
    ),
    Shape(
        "query",
        ("key=", "code=", "auth=", "ticket=", "assertion="),
        re.compile(r"(?i:[?&](?:key|code|auth|ticket|(?:client_)?assertion)=)(?P<secret>[A-Za-z0-9._~%-]{16,4096})"),
        fold=True,
        holds=_queried,
    ),
    Shape(
        "flag",
        ("--",),
        re.compile(rf"(?<=--)[a-z0-9-]{{0,30}}?(?P<key>passphrase|password|passwd|passcode|pass|pwd|secret|token|credentials?|creds|(?:{'|'.join(OF_KEY)})-?key)[\"']?[,\s]\s{{0,2}}[\"']?(?P<secret>[^\s\"',;\]]{{4,1024}})"),
        holds=_flag,
    ),
    Shape("flag", ("mysql", "mariadb"), re.compile(r"\b(?:mysql(?:dump|admin)?|mariadb)\b[^\r\n|;]{0,200}?\s-p(?P<secret>[^\s\"'-][^\s\"']{3,200})")),
    *(Shape("flag", ("curl",), re.compile(rf"{_CURL}{login}"), holds=_login) for login in _LOGINS),
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
