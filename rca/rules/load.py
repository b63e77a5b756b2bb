"""Rule files → RuleSet; one bad rule refuses the whole set."""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rca import place
from rca.errors import InputUnusableError, RuleUnusableError, UsageError
from rca.model import Cross, Explain, Group, Match, Rule, RuleSet, RuleTest
from rca.model.base import Noun
from rca.place import Part
from rca.rules import checks, order

SIZE_CAP = 256 * 1024  # bytes; the longest rule with all its samples is below 8 KB


def builtin() -> Path:
    """The folder of the rules that come with rca: inside the package when installed, beside it in a checkout."""
    package = Path(str(files("rca")))
    inside = package / "data" / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    shown: str
    id: str
    source: str
    table: dict[str, Any]

    def refusal(self, field: Sequence[Part], what: str, remedy: str) -> RuleUnusableError:
        line = place.line_of(self.source, field)
        where = f"{self.shown}:{line}" if line else self.shown
        at = place.dotted(field)
        return RuleUnusableError(what, where=f"{where}: {at}" if at else where, hint=remedy)


def load(dirs: Sequence[Path], *, silence: Sequence[str] = ()) -> RuleSet:
    """All rules of the folders, later folders beside earlier ones, in order of precedence.

    A file with `extends = "ID"` adds to the rule of that id: its lists are appended, its other fields replace.
    `silence` names rules that shall not run. Any error → RuleUnusableError: file, line, field, what, remedy.
    """
    loaded: dict[str, tuple[_File, dict[str, Any]]] = {}
    notes: list[str] = []
    for folder in dirs:
        for file in _files(folder):
            _place(file, loaded, notes)
    for name in silence:
        if name not in loaded:
            raise UsageError(f"cannot silence '{name}': there is no such rule", hint="see `rca rules list`")
        notes.append(f"{name} is silenced")
    rules = [_rule(file, table) for name, (file, table) in sorted(loaded.items()) if name not in silence]
    silenced = [_rule(file, table) for name, (file, table) in sorted(loaded.items()) if name in silence]
    for rule, complaint in checks.unknown_references([*rules, *silenced]):
        raise loaded[rule.id][0].refusal(complaint.field, complaint.what, complaint.remedy)
    circle = order.circle(rules)
    if circle:
        file = loaded[circle[0]][0]
        raise file.refusal(("overrides",), f"{' overrides '.join(circle)}", "break the circle")
    return RuleSet(rules=tuple(order.by_precedence(rules)), hash=digest(rules), notes=tuple(notes))


def digest(rules: Sequence[Rule]) -> str:
    """Hash of the content of the rules, without their paths and independent of their order."""
    content = [rule.model_dump(mode="json") for rule in sorted(rules, key=lambda rule: rule.id)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _files(folder: Path) -> list[_File]:
    if not folder.is_dir():
        raise InputUnusableError("is not a folder of rules", where=str(folder), hint="give a folder with .toml files")
    return [_read(path, folder) for path in sorted(folder.rglob("*.toml"))]


def _read(path: Path, folder: Path) -> _File:
    relative = path.relative_to(folder)
    shown = f"{folder.name}/{relative.as_posix()}"
    if path.stat().st_size > SIZE_CAP:
        raise RuleUnusableError("is larger than 256 KiB", where=shown, hint="shorten its samples")
    try:
        source = path.read_text(encoding="utf-8")
        table = tomllib.loads(source)
    except UnicodeDecodeError as error:
        raise RuleUnusableError(f"is not UTF-8 (byte {error.start})", where=shown, hint="save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuleUnusableError(
            f"is not TOML: {error}", where=shown, hint="put regexes and samples in '''…'''"
        ) from error
    return _File(path, shown, ".".join(relative.with_suffix("").parts), source, table)


def _place(file: _File, loaded: dict[str, tuple[_File, dict[str, Any]]], notes: list[str]) -> None:
    base = file.table.get("extends")
    if base is not None:
        if base not in loaded:
            raise file.refusal(("extends",), f"there is no rule '{base}' to extend", "see `rca rules list`")
        loaded[base] = (file, merged(loaded[base][1], file.table))
        notes.append(f"{base} is extended by {file.shown}")
        return
    if "id" not in file.table:
        raise file.refusal(("id",), "is missing", f'add `id = "{file.id}"`, or `extends` to add to another rule')
    if file.table.get("id") != file.id:
        raise file.refusal(("id",), f"id is '{file.table.get('id')}'", f"the path says '{file.id}'; make them equal")
    if file.id in loaded:
        raise file.refusal(("id",), f"'{file.id}' exists already", f'say extends = "{file.id}", or choose another id')
    loaded[file.id] = (file, file.table)


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The base with the additions of an extending file: lists appended, tables merged, the rest replaced."""
    result = dict(base)
    for key, value in more.items():
        if key in {"extends", "id"}:
            continue
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result


def _rule(file: _File, table: Mapping[str, Any]) -> Rule:
    listed = _listed(table)
    try:
        rule = Rule.model_validate(listed | {"file": file.shown})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise file.refusal(first["loc"], *_said(first["type"], first["msg"], first["loc"])) from error
    for complaint in checks.complaints(rule):
        raise file.refusal(complaint.field, complaint.what, complaint.remedy)
    return rule


CLAUSES = (
    "exception",
    "message",
    "unless",
    "frame",
    "logger",
    "log",
    "resource",
    "status",
    "outcome",
    "source",
    "rule",
)


def _listed(table: Mapping[str, Any]) -> dict[str, Any]:
    """A clause may be one value instead of a list of one."""
    result = dict(table)
    if isinstance(table.get("match"), Mapping):
        result["match"] = _clauses(table["match"])
    if isinstance(table.get("cross"), Mapping):
        result["cross"] = {
            key: _clauses(value) if isinstance(value, Mapping) else value for key, value in table["cross"].items()
        }
    return result


def _clauses(match: Mapping[str, Any]) -> dict[str, Any]:
    return {key: [value] if key in CLAUSES and not isinstance(value, list) else value for key, value in match.items()}


NOUNS: Mapping[str, type[Noun]] = {
    "match": Match,
    "cross": Cross,
    "group": Group,
    "explain": Explain,
    "tests": RuleTest,
    "event": Match,
    "first": Match,
    "then": Match,
    "of": Match,
}


def _said(kind: str, message: str, field: Sequence[Part]) -> tuple[str, str]:
    """What is wrong, and what to do, in the words of the file rather than of the validator."""
    if kind == "extra_forbidden":
        table = next((part for part in reversed(field[:-1]) if isinstance(part, str)), "")
        noun = NOUNS.get(table, Rule)
        near = difflib.get_close_matches(str(field[-1]), noun.model_fields, n=1)
        guess = f"did you mean `{near[0]}`? " if near else ""
        return "no such field", f"{guess}one of: {', '.join(name for name in noun.model_fields if name != 'file')}"
    if kind == "missing":
        return "is missing", f"add `{place.dotted(field)}`"
    what = message.replace("valid tuple", "list").replace("valid string", "text")
    return what[:1].lower() + what[1:], "correct the value"
