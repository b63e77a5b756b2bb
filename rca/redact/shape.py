"""Shape: one kind of secret as it is recognised, and the mark that takes its place."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

MARK = "[secret:"
TAG_KEY = b"rca.redact/1"
"""Fixed, so that the same input gives the same bytes on any machine, and equal secrets equal marks in two reports."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind, the words one of which must be there, and a linear pattern whose group `secret` is what is replaced.

    `fold`: words are compared in lower case. `holds` may refuse a match; it sees the match alone.
    """

    kind: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    fold: bool = False
    holds: Callable[[re.Match[str]], bool] | None = None


def tag(secret: str) -> str:
    """Four hex digits of the secret's keyed hash: equal secrets stay visibly equal, none can be read back."""
    return hashlib.blake2s(secret.encode("utf-8", "surrogatepass"), digest_size=2, key=TAG_KEY).hexdigest()


def mark(kind: str, secret: str) -> str:
    """What stands in the place of a secret."""
    return f"{MARK}{kind}:{tag(secret)}]"


def replace(shape: Shape, text: str) -> str:
    """`text` with every match of the shape's secret replaced, the rest of the match kept."""

    def told(match: re.Match[str]) -> str:
        secret = match["secret"]
        if not secret or MARK in secret or (shape.holds is not None and not shape.holds(match)):
            return match[0]
        start, end = match.start("secret") - match.start(), match.end("secret") - match.start()
        return f"{match[0][:start]}{mark(shape.kind, secret)}{match[0][end:]}"

    return shape.pattern.sub(told, text)
