"""Java and Kotlin stack traces: Caused by, Suppressed, `... n more`, circular references."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import is_own
from rca.signatures.traceback.block import Block, Draft, Link

_FRAME = re.compile(
    r"^\s*at (?P<code>[^\s(]+)\((?P<where>[\w$\-.]+\.(?:java|kt|kts|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source|<generated>)\)(?: ~?\[.*)?$"
)
_HEAD = re.compile(r"(?:^|[\s:])(?P<type>[A-Za-z_][\w$]{0,80}\.[\w$.]{0,200}(?<=[\w$]))(?::\s?(?P<message>.*))?$")
_CAUSED = re.compile(r"^(?P<indent>\s*)(?P<word>Caused by|Suppressed): ")
_MORE = re.compile(r"^\s*\.\.\. (?:\d+ (?:more|common frames omitted)|\d+ )")
_ANONYMOUS = re.compile(r"\$\$?[\w$]*?(?=\.|$)|(?<=lambda)\$\w+\$\d+")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The exceptions, finally raised first, each next one the cause of the one before it; suppressed ones are context."""
    drafts: list[Draft] = []
    draft: Draft | None = None
    heading = -1
    for number, line in enumerate(lines):
        frame = _FRAME.match(line)
        caused = _CAUSED.match(line)
        if frame:
            if draft is None:
                draft = _start(lines, heading, number, "raised")
                drafts.append(draft)
            draft.frames.append(_frame(frame["code"], frame["where"]))
        elif caused:
            own = caused["word"] == "Caused by" and not caused["indent"]
            link: Link = "cause" if own else "context"  # what is indented belongs to a suppressed exception
            draft = _start(lines, number, number + 1, link if drafts else "raised", skip=caused.end())
            drafts.append(draft)
            heading = -1
        elif draft is not None and not draft.frames:
            draft.message.append(line.strip())
        elif not _MORE.match(line):
            if _HEAD.search(line.strip()):
                heading = number
            if draft is not None and line.strip():
                draft = None
    found = [one.done(reverse=True) for one in drafts if one.frames or one.link != "raised"]
    return tuple(sorted(found, key=lambda one: one.link == "context"))


def _start(lines: list[str], heading: int, end: int, link: Link, *, skip: int = 0) -> Draft:
    """A block whose head is the given line; lines up to the first frame belong to its message."""
    draft = Draft("java", link=link)
    found = _HEAD.search(lines[heading][skip:].strip()) if heading >= 0 else None
    if found:
        draft.type = found["type"]
        draft.message.extend([found["message"] or "", *(line.strip() for line in lines[heading + 1 : end])])
    elif heading >= 0:
        draft.message.append(lines[heading][skip:].strip())
    draft.complete = found is not None
    return draft


def _frame(code: str, where: str) -> Frame:
    """File is the package path and the printed file, so that two `Util.java` differ."""
    qualified = code.rpartition("/")[2]
    owner, _, method = qualified.rpartition(".")
    package, _, name = owner.rpartition(".")
    file, _, line = where.partition(":")
    folder = package.replace(".", "/")
    path = f"{folder}/{file}" if "." in file and folder else file
    function = f"{_ANONYMOUS.sub('', name)}.{'lambda' if method.startswith('lambda$') else method}"
    return Frame(file=path, line=int(line) if line else None, function=function, own=is_own("", code, "java"))
