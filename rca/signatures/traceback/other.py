"""Rust panics and PHP fatal errors."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import frame
from rca.signatures.traceback.block import Block, Draft

_PANIC = re.compile(
    r"thread '[^']*'(?: \(\d+\))? panicked at (?:'(?P<old>.*)', )?(?P<file>[^\s:']+\.rs):(?P<line>\d+):\d+:?$"
)
_RUST_FUNCTION = re.compile(r"^\s+\d+:\s+(?:0x[0-9a-f]+ - )?(?P<function>[\w:<>{}&# ,.]+)$")
_RUST_FILE = re.compile(r"^\s+at (?P<file>\S+\.rs):(?P<line>\d+)")
_PHP = re.compile(
    r"(?:Uncaught )?(?P<type>[A-Z][\w\\]*(?:Error|Exception)): (?P<message>.*?) in (?P<file>/\S+\.php)(?::| on line )(?P<line>\d+)"
)
_PHP_FRAME = re.compile(r"^\s*#\d+ (?P<file>[^\s(]+)\((?P<line>\d+)\): (?P<function>[^(]+)\(")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The one failure of a Rust or PHP text."""
    return _rust(lines) or _php(lines)


def _rust(lines: list[str]) -> tuple[Block, ...]:
    for number, line in enumerate(lines):
        found = _PANIC.search(line)
        if found:
            message = found["old"] or (lines[number + 1].strip() if number + 1 < len(lines) else "")
            draft = Draft("rust", type="panic")
            draft.message.append(message)
            frames = _rust_frames(lines[number + 1 :])
            place = frame(found["file"], int(found["line"]), "", "rust")
            draft.frames = frames or [place]
            return (draft.done(),)
    return ()


def _rust_frames(lines: list[str]) -> list[Frame]:
    """Frames of a backtrace, innermost last; the machinery of panicking is left out."""
    frames: list[Frame] = []
    function = ""
    for line in lines:
        named, placed = _RUST_FUNCTION.match(line), _RUST_FILE.match(line)
        if named:
            function = named["function"]
        elif placed and not function.startswith(("std::panick", "core::panick", "rust_begin_unwind", "__rust")):
            frames.append(frame(placed["file"], int(placed["line"]), function, "rust"))
    return frames[::-1]


def _php(lines: list[str]) -> tuple[Block, ...]:
    draft: Draft | None = None
    for line in lines:
        found = _PHP.search(line)
        if found and draft is None:
            draft = Draft("php", type=found["type"])
            draft.message.append(found["message"])
            draft.frames.append(frame(found["file"], int(found["line"]), "", "php"))
        elif draft is not None and (called := _PHP_FRAME.match(line)):
            draft.frames.append(frame(called["file"], int(called["line"]), called["function"], "php"))
    return (draft.done(reverse=True),) if draft else ()
