"""`rca eval --replay`: today's rules over stored incidents; which verdicts, causes and names change.

A stored incident is a JSON report with its inputs beside it (the folder `input`, else the folder of the report). Where there
are no inputs, today's rules classify the exemplars that the report kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from rca.errors import InputUnusableError, RcaError
from rca.model import Issue, Report, RuleSet
from rca.rules import Text, classify
from rca.signatures import extract

SCHEMA = b"rca.report/1"
HEAD = 400  # bytes that hold the schema of a report
LARGEST = 512 << 20


@dataclass(frozen=True, slots=True)
class Replayed:
    """One stored report against today: `changes` in words, empty when all is as it was."""

    name: str
    how: str  # analysed again | classified again
    before: str  # verdict
    after: str
    changes: tuple[str, ...]


def replay(folder: Path, analyse: Callable[[Path], Report], rules: RuleSet) -> tuple[Replayed, ...]:
    """Every stored report below `folder`, by name. Raises InputUnusableError where there is none."""
    found = []
    for path, report in _stored(folder):
        name = str(path.relative_to(folder)) if path != folder else path.name
        inputs = _inputs(path)
        try:
            found.append(_again(name, report, analyse(inputs)) if inputs else _named(name, report, rules))
        except RcaError as error:
            found.append(Replayed(name, "not analysed", report.verdict.status, "", (str(error),)))
    if not found:
        raise InputUnusableError(
            "no stored report here",
            where=str(folder),
            hint="write one beside its inputs: rca analyze input -o report.json",
        )
    return tuple(found)


def _stored(folder: Path) -> Iterator[tuple[Path, Report]]:
    for path in sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]:
        if path.is_file() and path.stat().st_size <= LARGEST:
            with path.open("rb") as file:
                head = file.read(HEAD)
            if SCHEMA in head:
                try:
                    yield path, Report.model_validate_json(path.read_bytes())
                except ValidationError as error:
                    raise InputUnusableError(
                        f"not a report of schema rca.report/1: {error.errors()[0]['msg']}",
                        where=str(path),
                        hint="remove it",
                    ) from error


def _inputs(path: Path) -> Path | None:
    beside = path.parent / "input"
    if beside.is_dir():
        return beside
    others = [
        one for one in path.parent.iterdir() if one.is_file() and one.suffix in {".xml", ".jsonl", ".log", ".ndjson"}
    ]
    return path.parent if others else None


def _again(name: str, before: Report, after: Report) -> Replayed:
    changes = [
        f"{what}: {old or 'none'} → {new or 'none'}"
        for what, old, new in (
            ("verdict", before.verdict.status, after.verdict.status),
            ("first cause", _cause(before), _cause(after)),
            ("set off by", _trigger(before), _trigger(after)),
        )
        if old != new
    ]
    old, new = _rules(before), _rules(after)
    changes += [
        f"{key}: rule {old[key] or 'none'} → {new[key] or 'none'}" for key in old if key in new and old[key] != new[key]
    ]
    return Replayed(name, "analysed again", before.verdict.status, after.verdict.status, tuple(changes))


def _named(name: str, before: Report, rules: RuleSet) -> Replayed:
    """Without inputs: what today's rules call the exemplars."""
    issues = [one for one in before.issues if one.exemplar in before.evidence]
    texts = [_text(one, before) for one in issues]
    found = classify([Text(text=text, signature=extract(text)) for text in texts], rules)
    changes = [
        f"{one.id}: rule {one.rule or 'none'} → {finding.rule if finding else 'none'}"
        for one, finding in zip(issues, found, strict=True)
        if one.rule != (finding.rule if finding else None)
    ]
    return Replayed(name, "classified again", before.verdict.status, before.verdict.status, tuple(changes))


def _text(issue: Issue, report: Report) -> str:
    return report.evidence[issue.exemplar or ""].text


def _cause(report: Report) -> str:
    first = report.causes[0] if report.causes else None
    issue = next((one for one in report.issues if first and one.id == first.issue), None)
    return f"{issue.title}" if issue else first.statement if first else ""


def _trigger(report: Report) -> str:
    return (report.causes[0].trigger or "") if report.causes else ""


def _rules(report: Report) -> dict[str, str | None]:
    return {one.id: one.rule for one in report.issues if one.role != "background"}


def text(found: tuple[Replayed, ...]) -> str:
    """One line per incident, what changed below, the sum last."""
    lines = []
    for one in found:
        lines.append(f"{'changed' if one.changes else 'same':<8} {one.name} ({one.how}): {one.before}")
        lines += [f"         {change}" for change in one.changes]
    changed = sum(bool(one.changes) for one in found)
    verdicts = sum(one.before != one.after for one in found if one.after)
    lines.append(f"{len(found)} stored, {changed} changed, {verdicts} with another verdict")
    return "\n".join(lines) + "\n"
