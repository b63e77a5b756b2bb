"""Tracebacks: which language a text speaks, and the exceptions in it."""

from rca.signatures.traceback import dotnet, go, java, node, other, pytest_text, python, ruby
from rca.signatures.traceback.block import Block, lines_of

PARSERS = (pytest_text.parse, python.parse, java.parse, node.parse, dotnet.parse, go.parse, ruby.parse, other.parse)
"""Asked in this order; the first that finds a frame wins, so the most certain marks come first."""


_ONE_LINE = ('File "', "panicked at", ".php", ".rb:")
"""Marks of the few frames that can stand in a text of one line; most texts have one line and no frame."""


def blocks(text: str) -> tuple[Block, ...]:
    """The exceptions of a text, the one that was finally raised first; empty when there is none with frames."""
    if "\n" not in text and not any(mark in text for mark in _ONE_LINE):
        return ()
    lines = lines_of(text)
    for parse in PARSERS:
        found = parse(lines)
        if any(block.frames for block in found):
            return found
    return ()
