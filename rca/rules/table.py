"""Samples of rules over several events: a table of log entries, test cases and changes, as frames and nouns.

A row is a test case when it has `case`, a change when it has `change`, else a log entry. `at` is in seconds from the
start of the story.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from rca.errors import RuleUnusableError
from rca.model import Change, TestCase, TestRun
from rca.model.frames import ENTRIES, SEVERITIES
from rca.when import SECOND_NS, rfc3339

START_NS = 1_767_225_600 * SECOND_NS  # 2026-01-01T00:00:00Z: the clock of all samples
DEFAULTS: dict[str, Any] = {
    "service": "api",
    "revision": "api-00002",
    "log": "stderr",
    "resource": "cloud_run_revision",
}
LOG_FIELDS = frozenset(
    {"at", "severity", "message", "service", "revision", "version", "instance", "log", "resource", "logger", "trace"}
    | {"method", "url", "status", "times", "every"}
)
CASE_FIELDS = frozenset({"case", "outcome", "at", "end", "text"})
CHANGE_FIELDS = frozenset({"change", "at", "service", "revision", "title"})


@dataclass(frozen=True, slots=True)
class Table:
    """The evidence of one sample: entries (ENTRIES), one test run if there are cases, changes."""

    entries: pl.DataFrame
    runs: tuple[TestRun, ...]
    changes: tuple[Change, ...]


def table(rows: Sequence[Mapping[str, Any]], where: str) -> Table:
    """Build the evidence; a row with an unknown field → RuleUnusableError at `where`."""
    logs: list[dict[str, Any]] = []
    cases: list[TestCase] = []
    changes: list[Change] = []
    for index, row in enumerate(rows):
        if found := misspelt(row):
            raise RuleUnusableError(f"no such field '{found[0]}'", where=f"{where}.events[{index}]", hint=found[1])
        if "case" in row:
            cases.append(_case(row, index))
        elif "change" in row:
            changes.append(_change(row, index))
        else:
            logs.extend(_entries(row))
    numbered = [
        {**row, "source": 0, "line": line, "lines": 1, "partial": False} for line, row in enumerate(logs, start=1)
    ]
    runs = (TestRun(path="sample", source=1, cases=tuple(cases)),) if cases else ()
    return Table(pl.DataFrame(numbered, schema=ENTRIES), runs, tuple(changes))


def misspelt(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first field of a row that its kind does not have, and what it may have; None when all are known."""
    kind = "case" if "case" in row else "change" if "change" in row else "log"
    allowed = {"case": CASE_FIELDS, "change": CHANGE_FIELDS, "log": LOG_FIELDS}[kind]
    unknown = sorted(set(row) - allowed)
    return (unknown[0], f"a {kind} row takes {', '.join(sorted(allowed))}") if unknown else None


def _entries(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One entry, or `times` of them, `every` so many seconds."""
    fields = {key: value for key, value in row.items() if key not in {"at", "times", "every", "severity"}}
    entry = {**DEFAULTS, **fields, "payload": "http" if "status" in row else "text"}
    entry["severity"] = SEVERITIES[str(row.get("severity", "DEFAULT"))]
    entry.setdefault("message", "")
    return [
        {**entry, "at": _ns(row.get("at", 0) + step * row.get("every", 1))} for step in range(int(row.get("times", 1)))
    ]


def _case(row: Mapping[str, Any], index: int) -> TestCase:
    start = row.get("at")
    return TestCase(
        id=str(row["case"]),
        ref=f"test:0:{index}:{row['case']}",
        suite="sample",
        classname="sample",
        name=str(row["case"]),
        outcome=row.get("outcome", "failed"),
        text=row.get("text", ""),
        start_ns=None if start is None else _ns(start),
        end_ns=None if start is None else _ns(row.get("end", start)),
    )


def _change(row: Mapping[str, Any], index: int) -> Change:
    return Change(
        id=f"sample-{index}",
        kind=row["change"],
        at=rfc3339(_ns(row.get("at", 0))),
        service=row.get("service", DEFAULTS["service"]),
        revision=row.get("revision"),
        title=row.get("title", ""),
    )


def _ns(seconds: float) -> int:
    return START_NS + int(seconds * SECOND_NS)
