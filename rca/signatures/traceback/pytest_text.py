"""Failure texts of pytest in its long, short and line styles: E lines and `path:line: Type`."""

import re

from rca.signatures.ownership import frame
from rca.signatures.traceback.block import Block, Draft, Link, head

_LOCATION = re.compile(
    r"^(?P<file>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:py|pyx)):(?P<line>\d+): ?(?:in (?P<function>[\w<>.\[\]]+)|(?P<type>[A-Za-z_][\w.]*))?$"
)
_E = re.compile(r"^E(?:   ?(?P<body>.*)|)$")
_DEF = re.compile(r"^(?:>| )\s+(?:async )?def (?P<name>\w+)\(|^\s{0,8}(?:async )?def (?P<name2>\w+)\(")
_DIRECT = "The above exception was the direct cause of the following exception:"
_HANDLING = "During handling of the above exception, another exception occurred:"


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The exceptions, finally raised first; frames as far as the style prints them."""
    drafts: list[Draft] = [Draft("python")]
    function = ""
    for line in lines:
        location, marked, defined = _LOCATION.match(line), _E.match(line), _DEF.match(line)
        draft = drafts[-1]
        if line.startswith("---") and " Captured " in line:
            break  # what was logged meanwhile is another text
        if _DIRECT in line or _HANDLING in line:
            link: Link = "cause" if _DIRECT in line else "context"
            drafts.append(Draft("python", link=link))
        elif defined:
            function = defined["name"] or defined["name2"]
        elif location:
            name = location["function"] or function
            draft.frames.append(frame(location["file"], int(location["line"]), name, "python"))
            draft.type = draft.type or location["type"]
            function = ""
        elif marked:
            _error_line(draft, (marked["body"] or "").strip())
    return _order([draft.done() for draft in drafts if draft.type])


def _error_line(draft: Draft, body: str) -> None:
    """The first E line names the exception; a bare `assert` is an AssertionError; further ones are its message."""
    if draft.type is None:
        named = head(body)
        if body.startswith("assert "):
            draft.type = "AssertionError"
        elif named:
            draft.type, body = named
        else:
            return
    draft.message.append(body)


def _order(printed: list[Block]) -> tuple[Block, ...]:
    result: list[Block] = []
    link: Link = "raised"
    for block in reversed(printed):
        result.append(Block(block.language, block.type, block.message, block.frames, link))
        link = block.link if block.link != "raised" else "context"
    return tuple(result)
