""".NET stack traces: inner exceptions (--->), end marks, async state machines, generics."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import is_own, relative
from rca.signatures.traceback.block import Block, Draft

_FRAME = re.compile(r"^\s*at (?P<code>[^\s(]+)\((?P<arguments>[^)]*)\)(?: in (?P<file>.+):line (?P<line>\d+))?$")
_INNER = re.compile(r"\s*---> (?:\(Inner Exception #\d+\) )?(?P<head>.+)$")
_END = re.compile(r"^\s*--- End of (?:inner exception )?stack trace")
_HEAD = re.compile(
    r"(?:Unhandled exception[.:] )?(?:^|(?<=\s))(?P<type>[A-Za-z_]\w{0,80}\.[\w.]{0,200}(?:`\d+)?)(?: \([^)]*\))?(?:(?<=Exception) )?: (?P<message>.*)$"
)
_STATE_MACHINE = re.compile(r"<(?P<name>[^>]+)>[\w$|]*(?:\.MoveNext)?")
_ARGUMENT = re.compile(r"^[\w.\[\]`&*<>, ]*$")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The exceptions, finally raised first, each next one the inner exception of the one before it."""
    heads: list[Draft] = []
    open_: list[Draft] = []
    frames = 0
    for line in lines:
        found = _FRAME.match(line)
        if found and _ARGUMENT.match(found["arguments"]):
            if not open_:
                heads.append(Draft("dotnet", complete=False))
                open_.append(heads[-1])
            open_[-1].frames.append(_frame(found))
            frames += 1
        elif _END.match(line):
            if "inner" in line and len(open_) > 1:
                open_.pop()
        elif not frames or _INNER.search(line):
            for number, part in enumerate(line.split(" ---> ")):
                _name(part.strip(), heads, open_, inner=number > 0 or line.lstrip().startswith("--->"))
    return tuple(one.done(reverse=True) for one in heads) if frames else ()


def _name(text: str, heads: list[Draft], open_: list[Draft], *, inner: bool) -> None:
    """One `Type: message` of a head; text without a type continues the message before it."""
    found = _HEAD.search(text.removeprefix("---> "))
    if found is None:
        if open_ and not open_[-1].frames and text:
            open_[-1].message.append(text)
        return
    if not inner:
        heads.clear()
        open_.clear()
    draft = Draft("dotnet", type=found["type"], link="cause" if heads else "raised")
    draft.message.append(found["message"].removesuffix(" --->").strip())
    heads.append(draft)
    open_.append(draft)


def _frame(found: re.Match[str]) -> Frame:
    code = _STATE_MACHINE.sub(lambda match: match["name"], found["code"]).replace("..", ".")
    owner, _, method = code.rpartition(".")
    namespace, _, name = owner.rpartition(".")
    file = relative(found["file"]) if found["file"] else f"{namespace.replace('.', '/')}/{name}.cs".lstrip("/")
    line = int(found["line"]) if found["line"] else None
    return Frame(file=file, line=line, function=f"{name}.{method}".lstrip("."), own=is_own("", found["code"], "dotnet"))
