"""rca.toml → Config: found from the working folder up to the root of the repository; a bad one never runs."""

import difflib
import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rca import place
from rca.errors import InputUnusableError, UsageError
from rca.model.base import Noun
from rca.model.config import Config, Linking, Performance, Priority, Redaction, Target
from rca.place import Part

NAME = "rca.toml"
PROJECT = "pyproject.toml"
SIZE_CAP = 256 * 1024  # bytes; thousands of priorities fit
TABLES: Mapping[str, type[Noun]] = {
    "priorities": Priority,
    "targets": Target,
    "performance": Performance,
    "redact": Redaction,
    "links": Linking,
}
_GIVEN = ("file", "hash")  # fields of the noun that no file may set


@dataclass(frozen=True, slots=True)
class _Text:
    """A file that holds the configuration, and the table in it."""

    path: Path
    shown: str
    source: str
    table: Mapping[str, Any]
    below: tuple[Part, ...] = ()  # where in the file the table stands: ("tool", "rca") in pyproject.toml

    def refusal(self, field: tuple[Part, ...], what: str, remedy: str) -> InputUnusableError:
        line = place.line_of(self.source, (*self.below, *field))
        at = place.dotted(field)
        where = f"{self.shown}:{line}" if line else self.shown
        return InputUnusableError(what, where=f"{where}: {at}" if at else where, hint=remedy)


def find(start: Path) -> Path | None:
    """The file that holds the configuration, nearest first: rca.toml, else pyproject.toml with a table [tool.rca].

    Looked for in `start` and its parents up to the root of the repository; outside a repository in `start` alone.
    """
    folders = [start, *start.parents]
    root = next((number for number, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in folders[: root + 1]:
        if (folder / NAME).is_file():
            return folder / NAME
        project = folder / PROJECT
        if project.is_file() and _tool(_parsed(project, _shown(project, start))) is not None:
            return project
    return None


def load(file: Path | None, *, start: Path) -> Config:
    """The configuration in `file`, or the one found from `start`; without any, the defaults.

    Raises InputUnusableError (file, line, field, what, remedy) for anything that is not understood.
    """
    path = file or find(start)
    if path is None:
        return Config()
    text = _text(path, start)
    for name in _GIVEN:
        if name in text.table:
            raise text.refusal((name,), "no such field", _fields())
    try:
        found = Config.model_validate({**text.table, "file": text.shown, "hash": _hash(text.table)})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise text.refusal(first["loc"], *_said(first["type"], first["msg"], first["loc"])) from error
    folders = tuple(str(_folder(text, number, given)) for number, given in enumerate(found.rules))
    return found.model_copy(update={"rules": folders})


def _folder(text: _Text, number: int, given: str) -> Path:
    folder = text.path.parent / given
    if not folder.is_dir():
        raise text.refusal(("rules", number), f"{given!r} is not a folder", f"give a folder beside {text.path.name}")
    return folder


def _text(path: Path, start: Path) -> _Text:
    shown = _shown(path, start)
    parsed = _parsed(path, shown)
    source = path.read_text(encoding="utf-8")
    if path.name != PROJECT:
        return _Text(path, shown, source, parsed)
    table = _tool(parsed)
    if table is None:
        raise UsageError("has no table [tool.rca]", where=shown, hint="add one, or name an rca.toml")
    if not isinstance(table, Mapping):
        raise InputUnusableError("tool.rca is not a table", where=shown, hint="write [tool.rca]")
    return _Text(path, shown, source, table, ("tool", "rca"))


def _tool(parsed: Mapping[str, Any]) -> Any:
    tools = parsed.get("tool")
    return tools.get("rca") if isinstance(tools, Mapping) else None


def _parsed(path: Path, shown: str) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > SIZE_CAP and path.name == NAME:
            raise InputUnusableError("is larger than 256 KiB", where=shown, hint="is this the right file?")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputUnusableError(
            error.strerror or "cannot be read", where=shown, hint="name a readable file"
        ) from error
    except UnicodeDecodeError as error:
        raise InputUnusableError(f"is not UTF-8 (byte {error.start})", where=shown, hint="save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputUnusableError(f"is not TOML: {error}", where=shown, hint="quote texts, close brackets") from error


def _shown(path: Path, start: Path) -> str:
    """As a user would write it from where they are: same bytes in every checkout."""
    return Path(os.path.relpath(path, start)).as_posix()


def _hash(table: Mapping[str, Any]) -> str:
    """Of the content, not of its layout; 16 hex digits."""
    return hashlib.sha256(repr(_sorted(table)).encode()).hexdigest()[:16]


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [(key, _sorted(value[key])) for key in sorted(value)]
    return [_sorted(item) for item in value] if isinstance(value, list) else value


def _fields(table: str = "") -> str:
    noun = TABLES.get(table, Config)
    return f"one of: {', '.join(name for name in noun.model_fields if noun is not Config or name not in _GIVEN)}"


def _said(kind: str, message: str, field: tuple[Part, ...]) -> tuple[str, str]:
    """What is wrong, and what to do, in the words of the file rather than of the validator."""
    if kind == "extra_forbidden":
        table = str(field[0]) if len(field) > 1 else ""
        near = difflib.get_close_matches(str(field[-1]), TABLES.get(table, Config).model_fields, n=1)
        return "no such field", f"{f'did you mean `{near[0]}`? ' if near else ''}{_fields(table)}"
    if kind == "missing":
        return "is missing", f"add `{field[-1]} = …`"
    what, _, remedy = message.removeprefix("Value error, ").replace("valid tuple", "list of texts").partition("; ")
    return what[:1].lower() + what[1:], remedy or "correct the value"
