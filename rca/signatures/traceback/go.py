"""Go panics and fatal errors: the goroutine that failed first, created by, trimmed paths."""

import re

from rca.model.signature import Frame
from rca.signatures.ownership import is_own, relative
from rca.signatures.traceback.block import Block, Draft

_HEAD = re.compile(r"(?P<kind>panic|fatal error|http: panic serving [^\s]+): (?P<message>.*)$")
_GOROUTINE = re.compile(r"^\s*goroutine \d+ (?:gp=\S+ )?(?:m=\S+ )?(?:mp=\S+ )?\[[^\]]+\]:")
_FUNCTION = re.compile(
    r"^(?P<code>[\w.\-/]+\.[\w.()*\[\]\-{}]+?)(?P<arguments>\((?:[^()]|\.\.\.)*\))?(?: in goroutine \d+)?$"
)
_FILE = re.compile(r"^\s+(?P<file>\S+\.(?:go|s)):(?P<line>\d+)(?: \+0x[0-9a-f]+)?")
_CLOSURE = re.compile(r"(?:\.func\d+|\.gowrap\d+|\.deferwrap\d+|\.\d+)+$|\[\.\.\.\]")
_RUNTIME = {"panic", "runtime.gopanic", "runtime.goexit", "runtime.main"}
_VALUE = re.compile(r"^(?:\(\*?(?P<type>[\w./]+)\)|main\.\w+\{)|^&?(?P<plain>[\w./]+)\{")


def parse(lines: list[str]) -> tuple[Block, ...]:
    """The panic with the frames of the first goroutine printed; other goroutines are not part of the failure."""
    draft = Draft("go")
    goroutines = 0
    code = ""
    for line in lines:
        named = _HEAD.search(line)
        if named and draft.type is None:
            draft.type = "panic" if "panic" in named["kind"] else "fatal error"
            draft.message.append(named["message"].removesuffix(" [recovered]"))
        elif _GOROUTINE.match(line):
            goroutines += 1
        elif goroutines > 1:
            break
        elif code and (found := _FILE.match(line)):
            draft.frames.append(_frame(code, found["file"], int(found["line"])))
            code = ""
        elif goroutines or draft.type:
            function = _FUNCTION.match(line.strip().removeprefix("created by "))
            code = function["code"] if function and not line[:1].isspace() else ""
    draft.complete = draft.type is not None
    draft.frames = [one for one in draft.frames if one.function not in _RUNTIME]
    return (draft.done(reverse=True),) if draft.frames else ()


def _frame(code: str, file: str, line: int) -> Frame:
    """`code` is package path and function; the folder of the package is kept in the file, its host is not."""
    folder, _, name = code.rpartition("/")
    function = _CLOSURE.sub("", name)
    own = is_own(file, f"{folder}/{name}" if folder else name, "go")
    return Frame(file=relative(file), line=line, function=function, own=own)
