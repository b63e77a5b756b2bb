"""Ruby backtraces, innermost first or last, and the form Rails logs."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import frame
from rca.signatures.traceback.block import Block, Draft

_FIRST = re.compile(
    r"^(?:.*\s)?(?P<file>[^\s:]+\.(?:rb|erb|rake|ru)|\(irb\)|[^\s:]*bin/\w+):(?P<line>\d+):in [`'](?P<function>[^']+)': (?P<message>.*?)\s?\((?P<type>[A-Z][\w:]*)\)$"
)
_FROM = re.compile(r"^\s*(?:\d+: )?from (?P<file>[^:]+):(?P<line>\d+)(?::in [`'](?P<function>[^']+)')?$")
_BARE = re.compile(
    r"^\s*(?:\[[^\]\n]{0,80}\] ){0,4}(?P<file>[^\s:]+\.(?:rb|erb|rake|ru)):(?P<line>\d+):in [`'](?P<function>[^']+)'$"
)
_RAILS = re.compile(r"(?:^|\s)(?P<type>[A-Z][\w:]{0,200}) \((?P<message>.*)\):?$")
_PLAIN = re.compile(
    r"(?:^|\s)(?P<type>[A-Z][\w:]{0,200}(?:Error|Exception|Invalid|NotFound|Timeout|Missing|NotUnique)): (?P<message>.*)$"
)
_BLOCK = re.compile(r"^(?:block (?:\(\d+ levels\) )?in |rescue in |ensure in )+")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The exceptions, finally raised first; a second head after the frames of the first is its cause."""
    drafts: list[Draft] = []
    waiting: Draft | None = None
    for line in lines:
        first = _FIRST.match(line)
        found = _FROM.match(line) or _BARE.match(line)
        named = None if first or found else _RAILS.search(line) or _PLAIN.search(line)
        if first:
            draft = Draft("ruby", type=first["type"], link="cause" if drafts else "raised")
            draft.message.append(first["message"])
            draft.frames.append(_frame(first))
            drafts.append(draft)
            waiting = None
        elif found:
            if waiting is not None:
                drafts.append(waiting)
                waiting = None
            elif not drafts:
                drafts.append(Draft("ruby", complete=False))
            drafts[-1].frames.append(_frame(found))
        elif named:
            waiting = Draft("ruby", type=named["type"], link="cause" if drafts else "raised")
            waiting.message.append(named["message"])
    return tuple(one.done(reverse=True) for one in drafts)


def _frame(found: re.Match[str]) -> Frame:
    function = _BLOCK.sub("", found["function"] or "<main>")
    return frame(found["file"], int(found["line"]), function, "ruby")
