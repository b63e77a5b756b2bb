"""JavaScript and TypeScript stacks as V8 prints them: async frames, [cause], AggregateError, browser bundles."""

import re

from rca.signatures.ownership import frame
from rca.signatures.traceback.block import Block, Draft, head

_FRAME = re.compile(
    r"^\s*at (?:(?P<function>(?:async )?(?:new )?[^()\n]+?) \()?(?:async )?(?P<file>(?:[A-Za-z]:[\\/]|[a-z\-]+:)?[^()\s][^():]*):(?P<line>\d+)(?::\d+)?\)?,?(?: \{)?$"
)
_PLAIN = re.compile(r"^\s*at (?P<function>[^()]+) \((?P<file><anonymous>|native|index \d+)\)(?: \{)?$")
_CAUSE = re.compile(r"^\s*(?:\[cause\]:|\[errors\]:|Caused by:) (?P<head>.+)$")
_UNCAUGHT = re.compile(
    r"^.*?(?:Uncaught (?:Exception:?)?|UnhandledPromiseRejection\w*: |\(in promise\) |error: |Error: (?=\w+Error:)|\] )(?=[A-Z]\w*(?:Error|Exception))"
)
_ALIAS = re.compile(r" \[as [^\]]+\]|^async |^new |^Object\.(?=<anonymous>)|^(?:Object|Module|Function|global)\.(?=\w)")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The errors, finally raised first, each next one the cause of the one before it."""
    drafts: list[Draft] = []
    draft: Draft | None = None
    heading = -1
    for number, line in enumerate(lines):
        found = _FRAME.match(line) or _PLAIN.match(line)
        cause = _CAUSE.match(line)
        if found and "\\" not in line.partition("(")[0]:
            if draft is None:
                draft = _start(lines, heading, number)
                drafts.append(draft)
            groups = found.groupdict()
            function = _ALIAS.sub("", groups["function"] or "<anonymous>")
            draft.frames.append(frame(groups["file"], int(groups.get("line") or 0) or None, function, "node"))
        elif cause and drafts:
            draft = Draft("node", link="cause")
            named = head(cause["head"])
            draft.type, message = named or (None, cause["head"])
            draft.message.append(message)
            drafts.append(draft)
        elif draft is not None and not draft.frames:
            draft.message.append(line.strip())
        elif line.strip():
            if draft is not None and not line.startswith((" ", "\t", "}")):
                draft = None
            if head(_UNCAUGHT.sub("", line.strip())):
                heading = number
    return tuple(one.done(reverse=True) for one in drafts if one.frames or one.type)


def _start(lines: list[str], heading: int, end: int) -> Draft:
    draft = Draft("node", complete=heading >= 0)
    if heading >= 0:
        named = head(_UNCAUGHT.sub("", lines[heading].strip()))
        assert named is not None
        draft.type = named[0]
        draft.message.extend([named[1], *(line.strip() for line in lines[heading + 1 : end])])
    return draft
