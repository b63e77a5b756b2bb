"""Values: whether what stands after `password=` is a password, or a word about one."""

import base64
import binascii
import itertools
import re

from rca.redact.shape import MARK

_WORDS = re.compile(
    r"null|none|nil|undefined|true|false|yes|no|on|off|required|missing|invalid|expired|empty|blank|string|str|"
    r"text|bytes|int|bool|secretstr|secret|optional|any|object|redacted|masked|hidden|removed|filtered|"
    r"sanitized|anonymous|unset|notset|default|disabled|enabled|incorrect|wrong|denied|rejected|revoked|unknown|"
    r"ok|failed|failure|error|changed|updated|deleted|created|valid|weak|strong|password|token|bearer|basic|"
    r"digest|negotiate|include|omit|same-origin|todo|n/a|na|dummy|never|always|deprecated|unauthorized|"
    r"forbidden|mismatch|mismatched|absent|present|passphrase|passwd|pwd|key"
)
"""What logs say of a credential in the place of one."""

_PLACEHOLDER = re.compile(
    r"[*xX•.#\-_?]{3,}|[$%]?\{{1,2}[^{}]{0,200}\}{0,2}|[$%]?[(<].*|\[[A-Za-z _-]{1,40}\]?|[$%][A-Za-z_]\w*%?"
)
_ELIDED = ("***", "...", "…", "redacted", "REDACTED", MARK, "<*>", "%s", "{}")
_ELIDED_MAX = 80  # characters; a longer value with three dots in it is no ellipsis
_NAME_PART = re.compile(r"[a-z]{2,}|[A-Z][a-z]+|[A-Z]{2,}|v?[0-9]{1,4}")
_SPLIT = re.compile(r"[-_./:@\\]")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\(?")
_WORD = re.compile(r"[A-Za-z]+")
_IDENTIFIER = re.compile(r"[0-9A-Fa-f-]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")
_VARIABLE = re.compile(r"(?i)(?=\w{0,60}(?:pass|pwd|secret|token|key|cred|auth))[a-z]*_[a-z_]*")
"""An identifier of several words, one of them about credentials: the source line of a stack shows it."""
_OBJECT = re.compile(r"(?:[A-Za-z_]\w*\.)+[A-Za-z_$][\w$]*@[0-9a-f]{4,16}")
_PATH = re.compile(r"(?:/|~/|\./|[A-Za-z]:\\)\S*|projects/\S+|gs://\S*|https?://\S*")
_INNER = re.compile(
    r"(?i)(?:page|next|prev|sync|continuation|continue|idempotency|cancell?ation|cancel|resume|paging|nextpage|max|min|num|"
    r"total|count|input|output|prompt|completion|cached|reasoning|unexpected|syntax|stop|eos|bos|pad|foreign|primary|public|"
    r"partition|sort|cache|row|hash|routing|object|idempotent|special)[_.-]?$"
)
"""Before `token` or `key`: cursors, counts of a language model, words of a parser; none of them is a credential."""
_SUFFIX = re.compile(
    r"(?i)s?(?:[_-]?(?:[0-9]{1,3}|value|base|base64|b64|enc|hash|string|prod|production|staging|stage|dev|test|old|new|current|"
    r"primary|secondary|key[_-]base|raw|plain|data|(?:access|shared|account|client|api|auth)?[_-]?(?:key|secret|token|password|pass)))?"
)


def is_password_key(key: str) -> bool:
    """True for keys whose value people choose: any text may be one."""
    return key.lower().startswith(("pass", "pwd"))


def key_holds(before: str, key: str, suffix: str) -> bool:
    """True when the whole key (`before` is up to 40 characters in front of its core word) names a credential."""
    if not _SUFFIX.fullmatch(suffix):
        return False
    if key.lower() == "pass":  # `--- PASS: test`, `pass=12`: only a part of a longer name is a password
        return before.endswith(("_", "-", ".")) or (key[:1] == "P" and before[-1:].islower())
    return key.lower() == "key" or _INNER.search(before) is None or is_password_key(key)


def placeholder(value: str) -> bool:
    """True for words about a secret, variables, masks and ellipses."""
    if _PLACEHOLDER.match(value) and _PLACEHOLDER.fullmatch(value):
        return True
    if len(value) <= _ELIDED_MAX and any(word in value for word in _ELIDED):
        return True
    return len(value) < 20 and _WORDS.fullmatch(value.lower().strip(".!:'\"")) is not None


def name_like(value: str) -> bool:
    """True for names of two or more plain words or short numbers: `db-password-v2`, `chat-backend-00012`."""
    parts = [part for part in _SPLIT.split(value) if part]
    return len(parts) > 1 and all(_NAME_PART.fullmatch(part) for part in parts)


def dense(value: str, least: int = 8) -> bool:
    """Letters and digits mixed, or both cases at length: what is generated, not written."""
    if len(value) < least or name_like(value):
        return False
    digit = any(character.isdigit() for character in value)
    letter = any(character.isalpha() for character in value)
    both = value.lower() != value and value.upper() != value
    if digit and letter:
        return True
    return both and (len(value) >= 32 or (len(value) >= 20 and not _WORD.fullmatch(value)) or _ragged(value))


def _ragged(value: str) -> bool:
    """Letters whose case changes too often for words put together: of those drawn at random, half of the places."""
    if len(value) < 12 or not value.isalpha():
        return False
    changes = sum(one.isupper() != other.isupper() for one, other in itertools.pairwise(value))
    return changes >= 0.4 * len(value)


def identifier(value: str) -> bool:
    """True for UUIDs and runs of hex digits: they name a trace, a commit or an object."""
    return _IDENTIFIER.fullmatch(value) is not None


def _like_base64(value: str) -> bool:
    """True for base64 that happens to begin with a slash, as no path goes on."""
    return _BASE64.fullmatch(value) is not None and any(dense(part, 16) for part in value.split("/"))


def assigned(key: str, value: str, *, quoted: bool, spaced: bool, rest: str) -> bool:
    """True when `value` is a credential. `spaced`: white space before an unquoted value; `rest`: what follows it."""
    if (
        placeholder(value)
        or (_PATH.fullmatch(value) and not _like_base64(value))
        or _OBJECT.fullmatch(value)
        or (not quoted and ((rest[:1] in "([" and rest[:1]) or _DOTTED.fullmatch(value) or _VARIABLE.fullmatch(value)))
    ):
        return False
    if not is_password_key(key):
        return " " not in value.strip() and dense(value)
    if len(value) < 4 or (len(value) == 4 and value.isalpha() and spaced):
        return False
    if quoted:
        return (
            value.count(" ") == 0
            or (key.lower() == "passphrase")
            or (value.count(" ") == 1 and dense(value.replace(" ", "")))
        )
    prose = spaced and value.strip(".,!?").isalpha() and re.match(r"[.,!?]?\s+[a-z]", rest) is not None
    return not prose


def is_basic(value: str) -> bool:
    """True for base64 of `user:password`."""
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded[1:] and all(32 <= byte < 127 or byte >= 160 for byte in decoded)


def is_base64(value: str) -> bool:
    """True for a value that reads as base64 and not as a word: padded, or letters of both cases with digits."""
    if len(value) % 4 or len(value) < 8 or not re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", value):
        return False
    return value.endswith("=") or dense(value, 12) or (value.lower() != value and value.upper() != value)
