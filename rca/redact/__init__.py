"""Secrets masked: credentials become `[secret:kind:tag]`, equal secrets the same tag; there is no switch.

E-mail addresses and public network addresses are masked too, unless `keep` says otherwise.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import lru_cache

from rca.redact import blocks, encoded, personal
from rca.redact.contexts import CONTEXTS, COOKIE, COOKIES, KEY_WORDS
from rca.redact.shape import Shape, everywhere, mark, replace
from rca.redact.vendors import VENDORS

__all__ = ["WORDS", "by_words", "keep", "pair", "redact", "scan"]

SHORTEST = 8  # characters; no credential with its context is shorter
REMEMBERED = 300  # characters of a text whose result is remembered
_KEPT: ContextVar[frozenset[str]] = ContextVar("kept", default=frozenset())
_ORDER: tuple[Shape, ...] = (*VENDORS, *CONTEXTS)
_EXACT: dict[str, list[int]] = {}
_FOLDED: dict[str, list[int]] = {}
for _place, _shape in enumerate(_ORDER):
    for _word in _shape.words:
        (_FOLDED if _shape.fold else _EXACT).setdefault(_word, []).append(_place)
_AT: dict[str, list[int]] = {}
for _word, _places in (*_EXACT.items(), *_FOLDED.items()):
    _AT.setdefault(_word.lower(), []).extend(_places)
WORDS: tuple[str, ...] = tuple(sorted({*_AT, "cookie"}))


def keep(kinds: Iterable[str]) -> None:
    """Leave `emails`, `addresses` or both as they are, from here on in this context; credentials are always masked."""
    _KEPT.set(frozenset(kinds) & frozenset(personal.KINDS))


def redact(text: str) -> str:
    """`text` with every credential replaced, and what is personal; the rest untouched. Applying it twice changes nothing."""
    if len(text) < SHORTEST:
        return text
    return _once(text, _KEPT.get()) if len(text) <= REMEMBERED else _whole(text)


@lru_cache(maxsize=1 << 15)
def _once(text: str, _kept: frozenset[str]) -> str:
    """Names, refs and titles come back many times in a report."""
    return _whole(text)


def _whole(text: str) -> str:
    return _by(_likely(text), text, cookies="cookie" in text.lower())


def _likely(text: str) -> list[int]:
    """Places of the shapes of which a word stands in `text`."""
    lower = text.lower()
    found = [places for word, places in _EXACT.items() if word in text]
    found += [places for word, places in _FOLDED.items() if word in lower]
    return sorted({place for places in found for place in places})


def _credentials(text: str) -> str:
    """What was encoded in a text: its credentials only, and nothing that is encoded again."""
    if blocks.BEGIN in text or "ecret" in text:  # a bare line of base64 within base64 is a digest, not a line of a key
        text = blocks.whole(text)
    for place in _likely(text):
        text = replace(_ORDER[place], text)
    return text


def by_words(words: Iterable[str], text: str) -> str:
    """What `redact` gives when `words` are those of WORDS, in lower case, that stand in `text`; finding them is not repeated."""
    found = set(words)
    return _by(sorted({place for word in found for place in _AT.get(word, ())}), text, cookies="cookie" in found)


def _by(likely: Iterable[int], text: str, *, cookies: bool) -> str:
    text = blocks.whole(text)
    for place in likely:
        text = replace(_ORDER[place], text)
    text = _cookies(text) if cookies else text
    return _personal(encoded.whole(text, _credentials))


def scan(text: str) -> str:
    """What `redact` gives, with every pattern tried on every text: the measure of its gate, some ten times slower."""
    text = blocks.whole(text)
    for shape in _ORDER:
        text = everywhere(shape, text)
    return _personal(encoded.whole(_cookies(text), _credentials))


def pair(key: str, value: str) -> str:
    """`value` as it may be shown under `key`: a name such as `password` makes any value a secret."""
    shown = redact(value)
    lower = key.lower()
    if shown != value or len(key) > 100 or "\n" in value or not any(word in lower for word in KEY_WORDS):
        return shown
    head = f"{key}="
    told = redact(f'{head}"{value}"')
    return mark("value", value) if told.startswith(f'{head}"[secret:') else shown


def _cookies(text: str) -> str:
    return COOKIES.sub(lambda match: _within(match[0], match.start("pairs") - match.start()), text)


def _within(header: str, start: int) -> str:
    return header[:start] + replace(COOKIE, header[start:])


def _personal(text: str) -> str:
    kept = _KEPT.get()
    if "emails" not in kept:
        text = personal.emails(text)
    return text if "addresses" in kept else personal.addresses(text)
