"""Names a failure speaks of (modules, files, attributes, columns), for looking them up in what a commit touched."""

import re
from dataclasses import dataclass

from rca.model import Occurring

TEXT_CAP = 1_500
MOST = 12  # names looked up per issue; the first are nearest to the head of the message
_SHORT = 3

_QUOTED = re.compile(r"""['"`]([A-Za-z_@][\w.\-/@:]{1,80})['"`]""")
_DOTTED = re.compile(r"\b([A-Za-z_]\w{1,40}(?:\.[A-Za-z_]\w{1,40}){1,8})\b")
_PATH = re.compile(r"(?<![\w/])/?((?:[\w.\-]{1,60}/){1,12}[\w.\-]{1,60})")
_SNAKE = re.compile(r"\b([A-Za-z]\w{0,40}_\w{1,40})\b")
_COMMON = frozenset({
    "none", "null", "nonetype", "true", "false", "str", "int", "float", "bool", "dict", "list", "tuple", "bytes", "object",
    "self", "utf-8", "ascii", "error", "exception", "string", "number", "localhost", "main", "__main__", "module", "function",
    "undefined", "default", "value", "many", "several", "unknown", "python", "http", "https", "status", "name", "type", "user", "field", "id",
})  # fmt: skip
SOURCES = (".py", ".js", ".ts", ".tsx", ".go", ".java", ".rb", ".kt", ".cs", ".php", ".rs")


@dataclass(frozen=True, slots=True)
class Terms:
    """`names` as whole words for diffs and titles; `paths` where a named module or file would lie, without extension."""

    names: tuple[str, ...]
    paths: tuple[str, ...]


def terms(issue: Occurring) -> Terms:
    """Quoted identifiers, dotted and snake-case names and paths of the message, and what its rule captured."""
    message = issue.signature.exception_message or issue.signature.template
    raw = next((one.text for one in issue.occurrences if one.text), "")
    # the raw text holds values that the template masks; its last line carries the message in a Python traceback
    tail = raw[-TEXT_CAP:].rstrip().rsplit("\n", 1)[-1] if issue.signature.frames else raw[:TEXT_CAP]
    text = "\n".join((message[:TEXT_CAP], tail[:TEXT_CAP]))
    found: dict[str, None] = {}
    exception = issue.issue.exception_type or ""
    captured = {**(issue.finding.captures if issue.finding else {}), **issue.issue.captures}
    for _, value in sorted(captured.items()):
        if value and re.fullmatch(r"[\w.\-/@:]{3,120}", value):
            found[value] = None
    for pattern in (_QUOTED, _PATH, _DOTTED, _SNAKE):
        found.update(dict.fromkeys(pattern.findall(text)))
    # where it was raised is weighed by the frames; here it would count twice
    placed = {part for frame in issue.signature.frames for part in (frame.file, frame.function)}
    kept = [name for name in found if _telling(name) and name not in exception and name not in placed][:MOST]
    return Terms(tuple(kept), tuple(dict.fromkeys(path for name in kept if (path := _as_path(name)))))


def _telling(name: str) -> bool:
    return len(name) >= _SHORT and name.lower() not in _COMMON and not name.replace(".", "").isdigit()


def _as_path(name: str) -> str:
    """`a.b.c` → a/b/c, `src/app.py` → src/app; "" for a bare name."""
    if "/" in name:
        path = name.strip("/")
        return next((path.removesuffix(end) for end in SOURCES if path.endswith(end)), path)
    return name.replace(".", "/") if "." in name and not name.endswith(SOURCES) else ""
