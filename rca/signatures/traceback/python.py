"""Python tracebacks: chains, groups, notes, repeated lines, syntax errors, cut heads and tails, any prefix of a logger."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import frame
from rca.signatures.traceback.block import Block, Draft, Link, head

_BAR = re.compile(r"^(?P<bar>(?:\s*[|+](?:[ -]|$))*)")
_START = re.compile(r"(?:Exception Group )?Traceback \(most recent call last\):")
_FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<function>.+))?$')
_REPEATED = re.compile(r"\[Previous line repeated (\d+) more times?\]")
_DIRECT = "The above exception was the direct cause of the following exception:"
_HANDLING = "During handling of the above exception, another exception occurred:"
_NUMBER = re.compile(r"^[\s|]*\+[-+]+ \d+ -+$|^[\s|]*\+-{10,}$")
_DIGIT = re.compile(r"\d")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The exceptions, finally raised first; each next one is cause or context of the one before it, or in its group."""
    drafts: list[tuple[int, Draft]] = []  # width of the group's bar, draft; in printed order: oldest first
    draft: Draft | None = None
    link: Link = "raised"
    base, pending = 0, False
    for line in _bare(lines):
        bars = _BAR.match(line)
        bar = bars["bar"] if bars else ""
        body = line[len(bar) :]
        if _NUMBER.match(line):
            draft, pending = None, True
            continue
        start = _START.search(body)
        found = _FRAME.match(body)
        if start or (found and draft is None):
            draft = Draft("python", link=link, complete=bool(start))
            base = start.start() if start else max(0, len(body) - len(body.lstrip()) - 2)
            drafts.append((len(bar), draft))
            link, pending = "raised", False
        elif pending and draft is None and head(body):  # a member of a group that was never raised has no traceback
            draft, base, pending = Draft("python"), 0, False
            drafts.append((len(bar), draft))
        if found and draft is not None and draft.type is None:
            draft.frames.append(_frame(found))
        elif _DIRECT in body or _HANDLING in body:
            link = "cause" if _DIRECT in body else "context"
            draft = None
        elif draft is not None and not start:
            draft = _inside(draft, body, base)
    return _order([(level, one.done()) for level, one in drafts])


def _bare(lines: list[str]) -> list[str]:
    """Lines without what a container or a logger put before each of them, as seen before the first head."""
    head_line = next((line for line in lines if _START.search(line)), "")
    found = _START.search(head_line)
    prefix = head_line[: found.start()] if found else ""
    if not prefix.strip(" \t|+"):
        return lines
    mark, width = _DIGIT.sub("0", prefix), len(prefix)
    bare = [line[width:] if _DIGIT.sub("0", line[:width]) == mark else line for line in lines]
    return bare if sum(one is not line for one, line in zip(bare, lines, strict=True)) > 1 else lines


def _frame(found: re.Match[str]) -> Frame:
    return frame(found["file"], int(found["line"]), found["function"] or "", "python")


def _inside(draft: Draft, body: str, base: int) -> Draft | None:
    """One line after a head: source text, the exception itself, or more of its message; None ends the block."""
    repeated = _REPEATED.search(body)
    if repeated and draft.frames:
        draft.repeats.append((len(draft.frames) - 1, 1, int(repeated[1])))
    elif draft.type is None:
        indent = len(body) - len(body.lstrip())
        if not body.strip() or (draft.frames and indent > base):
            return draft
        named = head(body[min(base, indent) :])
        if named:
            draft.type = named[0]
            draft.message.append(named[1])
        elif draft.frames:
            return None  # the text was cut before the exception was printed
    elif not body.strip():
        return None
    else:
        draft.message.append(body.strip())
    return draft


def _order(printed: list[tuple[int, Block]]) -> tuple[Block, ...]:
    """Printed order is oldest first; ours is finally raised first. Members of a group follow their group."""
    outer = (
        [(level, block) for level, block in printed if level <= min(depth for depth, _ in printed)] if printed else []
    )
    inner = [block for level, block in printed if printed and level > min(depth for depth, _ in printed)]
    result: list[Block] = []
    link: Link = "raised"
    for _, block in reversed(outer):
        result.append(
            Block(block.language, block.type, block.message, block.frames, link, block.repeats, block.complete)
        )
        link = "context" if block.link == "raised" else block.link
    members = [
        Block(block.language, block.type, block.message, block.frames, "member", block.repeats, block.complete)
        for block in inner
        if block.type or block.frames
    ]
    return (*result[:1], *members, *result[1:])
