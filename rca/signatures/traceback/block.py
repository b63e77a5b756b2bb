"""Block: one exception of a text with its frames, and how it is linked to the one before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rca.model.signature import Frame

LINE_CAP = 2_000  # characters of one line that are looked at; a frame is far shorter
LINES_CAP = 20_000  # a chain of exceptions with 1,000 frames each has 4,000
MESSAGE_CAP = 4_000

Link = Literal["raised", "cause", "context", "member"]
"""Of a block to the block named before it: finally raised; its explicit cause; what was being handled; part of a group."""


@dataclass(frozen=True, slots=True)
class Block:
    """`frames` innermost last; `repeats` counts the lines that the printer itself folded, per frame index."""

    language: str
    type: str | None
    message: str = ""
    frames: tuple[Frame, ...] = ()
    link: Link = "raised"
    repeats: tuple[tuple[int, int, int], ...] = ()  # (index of the last frame, frames folded, times)
    complete: bool = True


@dataclass(slots=True)
class Draft:
    """A block while it is read."""

    language: str
    type: str | None = None
    message: list[str] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    link: Link = "raised"
    repeats: list[tuple[int, int, int]] = field(default_factory=list)
    complete: bool = True

    def done(self, *, reverse: bool = False) -> Block:
        """The finished block; `reverse` for languages that print the innermost frame first."""
        frames = self.frames[::-1] if reverse else self.frames
        message = "\n".join(self.message).strip()[:MESSAGE_CAP]
        return Block(self.language, self.type, message, tuple(frames), self.link, tuple(self.repeats), self.complete)


def lines_of(text: str) -> list[str]:
    """Lines as the parsers see them: no carriage returns, capped in length and number (both ends are kept)."""
    lines = [line[:LINE_CAP].rstrip() for line in text.split("\n")]
    if len(lines) > LINES_CAP:
        lines = lines[: LINES_CAP // 2] + lines[-LINES_CAP // 2 :]
    return lines


TYPE = r"[A-Za-z_][\w$.:/]{0,200}"
"""Characters of a type's name; one class and a bound, so that no line can make a search slow."""

HEAD = re.compile(rf"(?P<type>{TYPE})(?<![:/.])(?: \[(?P<code>[A-Z0-9_]+)\])?(?::(?: (?P<message>.*)|$)|$)")
"""`Type: message` or `Type`, from the start of a line."""


def head(line: str) -> tuple[str, str] | None:
    """Type and message of a line `Type: message`; None when the line is something else."""
    found = HEAD.fullmatch(line.strip())
    return (found["type"], found["message"] or "") if found else None


def chain(found: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with the first one marked as finally raised."""
    return tuple(replace(block, link="raised") if number == 0 else block for number, block in enumerate(found))
