"""Shape: one kind of secret as it is recognised, and the mark that takes its place."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

MARK = "[secret:"
_MARKS = re.compile(r"\[(?:secret:[a-z0-9-]{1,20}|email|ip):[0-9a-f]{4}\]")
BEFORE = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[nrt])|(?<=\\u[0-9A-Fa-f]{4}))"
"""A token begins after what is no letter or digit, after a percent-encoded character, or after an escaped line feed."""
TAG_KEY = b"rca.redact/1"
"""Fixed, so that the same input gives the same bytes on any machine, and equal secrets equal marks in two reports."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind, the words one of which must be there, and a linear pattern whose group `secret` is what is replaced.

    `fold`: words are compared in lower case. `begins`: every match begins with a word, so that only there one is looked for.
    `holds` may refuse a match; it sees the match alone.
    """

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    fold: bool = False
    begins: bool = False
    holds: Callable[[re.Match[str]], bool] | None = None


def tag(secret: str) -> str:
    """Four hex digits of the secret's keyed hash: equal secrets stay visibly equal, none can be read back."""
    return hashlib.blake2s(secret.encode("utf-8", "surrogatepass"), digest_size=2, key=TAG_KEY).hexdigest()


def mark(kind: str, secret: str) -> str:
    """What stands in the place of a secret."""
    return f"{MARK}{kind}:{tag(secret)}]"


def replace(shape: Shape, text: str) -> str:
    """`text` with every match of the shape's secret replaced, the rest of the match kept."""
    lower = text.lower() if shape.begins else ""
    if len(lower) != len(text):  # another shape; or a letter whose small form is two
        return everywhere(shape, text)
    places: set[int] = set()
    for word in shape.words:
        place = lower.find(word)
        while place >= 0:
            places.add(place)
            place = lower.find(word, place + 1)
    return _joined(shape, text, (match for place in sorted(places) if (match := shape.pattern.match(text, place))))


def everywhere(shape: Shape, text: str) -> str:
    """What `replace` gives, with the pattern tried at every place."""
    return _joined(shape, text, _matches(shape.pattern, text))


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """One match for each place where one begins: what is refused may hide another that begins inside of it."""
    place = 0
    while match := pattern.search(text, place):
        yield match
        place = match.start() + 1


def _joined(shape: Shape, text: str, matches: Iterable[re.Match[str]]) -> str:
    """`text` with the secrets of those matches replaced that hold, and overlap neither one before them nor a mark."""
    marks = [found.span() for found in _MARKS.finditer(text)] if "[" in text else []
    out: list[str] = []
    end = 0
    for match in matches:
        start, stop = match.span("secret")
        if match.start() < end or start == stop or any(start < there and here < stop for here, there in marks):
            continue
        if shape.holds is None or shape.holds(match):
            out += [text[end:start], mark(shape.kind, match["secret"])]
            end = stop
    return "".join([*out, text[end:]]) if out else text
