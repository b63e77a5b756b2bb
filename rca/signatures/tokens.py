"""Tokens: the words of a masked text, their classes, and how many different values make a place variable."""

import re
from functools import lru_cache

from rca.signatures.mask import DELIMITERS, WILD

WORDS = re.compile(rf"(<\*>|[^{DELIMITERS}]+)")
"""Splits a text into separators (even places) and words (odd places)."""

NEVER = 1_000_000_000
LIMITS = {"hidden": 2, "path": 2, "who": 2, "value": 3, "quoted": 3, "name": 4, "word": 4, "fixed": NEVER}
"""Different values at one place that make it variable; thresholds are flat: one step up or down moves GA by < .01."""

STRONG = frozenset({"hidden", "path", "who", "value", "quoted"})
"""Classes that are parameters by their form, so that several places of one text may vary at once."""

_WHO = frozenset(
    [
        "user",
        "username",
        "login",
        "account",
        "client",
        "customer",
        "member",
        "owner",
        "tenant",
        "host",
        "hostname",
        "rhost",
        "peer",
        "remote",
        "from",
        "email",
        "session",
        "device",
    ]
)
"""What follows these words tells who it happened to, not what happened."""

_EXCEPTION = re.compile(r"(?:[\w$]+[.:]+)*[A-Z][\w$]*(?:Error|Exception|Warning|Fault|Exit|Interrupt|Timeout)\b")
_STATE = re.compile(r"[A-Z][A-Z_\-]+|(?:[\w$]+\.)*[A-Z][A-Z_]+|[A-Za-z]?[a-z]*(?:[a-z]ed|ing|ure|able|less)")
_POLES = frozenset(
    [
        "true",
        "false",
        "on",
        "off",
        "up",
        "down",
        "start",
        "stop",
        "started",
        "stopped",
        "open",
        "close",
        "opened",
        "closed",
        "enter",
        "exit",
        "begin",
        "end",
        "success",
        "fail",
        "ok",
        "error",
        "pass",
        "true",
        "false",
        "yes",
        "no",
        "not",
        "never",
        "active",
        "inactive",
        "online",
        "offline",
        "in",
        "out",
        "read",
        "write",
        "get",
        "set",
        "add",
        "del",
        "remove",
        "create",
        "delete",
        "insert",
        "update",
        "request",
        "response",
        "client",
        "server",
        "primary",
        "secondary",
        "master",
        "slave",
        "source",
        "target",
        "left",
        "right",
        "first",
        "last",
        "min",
        "max",
        "new",
        "old",
        "input",
        "output",
        "local",
        "remote",
        "send",
        "receive",
        "sent",
        "received",
        "load",
        "store",
        "lock",
        "unlock",
        "enable",
        "disable",
        "connect",
        "disconnect",
        "push",
        "pull",
        "import",
        "export",
        "upload",
        "download",
        "commit",
        "rollback",
        "login",
        "logout",
        "succeeded",
        "failed",
        "warning",
        "info",
        "debug",
        "critical",
        "fatal",
        "none",
        "null",
        "before",
        "after",
        "without",
    ]
)
_PATH = re.compile(r".*[/@\\].*|[\w\-$]+(?:\.[\w\-$]+)+")
_NAME = re.compile(r"[a-z]+[A-Z]\w*|\w+_\w+|[A-Z][a-z]+[A-Z]\w*")
_NEGATIONS = frozenset({"not", "no", "never", "without", "No", "Not"})
"""What is denied is what failed: "no route" and "no space" are two failures."""
_QUOTES = frozenset("'\"")
_FORMS = (("path", _PATH), ("name", _NAME))


@lru_cache(maxsize=1 << 19)
def form(word: str) -> str:
    """Class of a word by itself; "fixed" words tell one failure from another and never become a parameter.

    Exception types, states (ALL CAPS, participles) and words of opposite pairs: FAILED must not merge with SUCCEEDED,
    opened not with closed.
    """
    if word == WILD:
        return "hidden"
    if _EXCEPTION.fullmatch(word) or _STATE.fullmatch(word) or word.lower() in _POLES:
        return "fixed"
    return next((name for name, pattern in _FORMS if pattern.fullmatch(word)), "word")


def is_who(previous: str, before: str) -> bool:
    """True where the word before says that a name follows."""
    return len(before) <= 2 and previous.lower() in _WHO


def kinds(row: tuple[str, ...], separators: tuple[str, ...]) -> tuple[str, ...]:
    """Classes of all words of a text; the first word names the text and is fixed, and so is a key before `=`."""
    result = ["hidden" if row[0] == WILD else "fixed"]
    for place in range(1, len(row)):
        found = form(row[place])
        before, after = separators[place], separators[place + 1]
        if found != "hidden" and (after[:1] == "=" or row[place - 1] in _NEGATIONS):
            found = "fixed"
        elif found not in {"hidden", "fixed"}:
            if before[-1:] in _QUOTES and after[:1] in _QUOTES:
                found = "quoted"
            elif is_who(row[place - 1], before):
                found = "who"
            elif before[-1:] == "=":
                found = "value"
        result.append(found)
    return tuple(result)


def split(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words, and the separators around them (one more than words)."""
    pieces = WORDS.split(text)
    return tuple(pieces[1::2]), tuple(pieces[0::2])


def join(words: tuple[str, ...], separators: tuple[str, ...]) -> str:
    """The inverse of `split`."""
    pieces = [separators[0]]
    for word, separator in zip(words, separators[1:], strict=True):
        pieces += (word, separator)
    return "".join(pieces)
