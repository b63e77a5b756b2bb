"""What `rca ingest` and `rca changes` print: a table a person can check in ten seconds, and the same as data."""

from collections.abc import Sequence
from typing import Any

from rca.model import Change, Facts, Source, Suite
from rca.safe import command, cut_short, line

FAILING = ("failed", "error")
COUNTED = ("total", "passed", "failed", "errors", "skipped")


def inventory(facts: Facts) -> dict[str, Any]:
    """`sources`, `tests` and `changes` with the shapes of the JSON report, texts cleaned."""
    from rca.safe import clean_model

    cases = [case for run in facts.runs for case in run.cases]
    suites: dict[str, list[str]] = {}
    for run in facts.runs:
        for case in run.cases:
            suites.setdefault(case.suite, []).append(case.outcome)
    rows = [
        Suite(
            name=name,
            total=len(outcomes),
            passed=outcomes.count("passed"),
            failed=outcomes.count("failed"),
            errors=outcomes.count("error"),
            skipped=outcomes.count("skipped"),
        )
        for name, outcomes in suites.items()
    ]
    return {
        "sources": [clean_model(source).model_dump(by_alias=True) for source in facts.sources],
        "tests": {
            **{name: sum(run.counts()[name] for run in facts.runs) for name in COUNTED},
            "duration_s": round(sum(case.duration_s or 0.0 for case in cases), 3),
            "suites": [clean_model(row).model_dump() for row in rows],
            "failures": [
                {
                    "id": line(case.id),
                    "suite": line(case.suite),
                    "name": line(case.name),
                    "outcome": case.outcome,
                    "message": line(case.message),
                }
                for case in cases
                if case.outcome in FAILING
            ],
        },
        "changes": timeline(facts),
    }


def timeline(facts: Facts) -> list[dict[str, Any]]:
    """All changes, commits included, oldest first."""
    from rca.safe import clean_model
    from rca.when import to_ns

    def made(change: Change) -> tuple[int, str]:
        return (to_ns(change.live_at or change.at or "") or 0, change.id)

    return [clean_model(one).model_dump(by_alias=True) for one in sorted((*facts.changes, *facts.commits), key=made)]


def inventory_text(found: dict[str, Any]) -> str:
    """The table of sources, one line of test counts, the number of changes."""
    rows = [("input", "kind", "read", "kept", "dup", "skipped", "from", "to")]
    notes: list[str] = []
    for source in (Source.model_validate(one) for one in found["sources"]):
        rows.append((
            _path(source.path), source.kind, str(source.read), str(source.kept), str(source.duplicates), str(source.skipped),
            _short(source.first_at), _short(source.last_at),
        ))  # fmt: skip
        notes += [
            f"  {_path(source.path)}: skipped {count}: {reason}" for reason, count in source.skipped_reasons.items()
        ]
        notes += [f"  {_path(source.path)}: {note}" for note in source.notes]
        if not source.complete:
            notes.append(f"  {_path(source.path)}: incomplete")
    tests = found["tests"]
    counted = f"tests: {tests['total']} ({tests['passed']} passed, {tests['failed']} failed, {tests['errors']} errors, {tests['skipped']} skipped)"
    kinds: dict[str, int] = {}
    for change in found["changes"]:
        kinds[change["kind"]] = kinds.get(change["kind"], 0) + 1
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return command("\n".join([*table(rows), *notes, "", counted, f"changes: {listed}"]))


def timeline_text(found: Sequence[dict[str, Any]]) -> str:
    """One line per change."""
    if not found:
        return "no change found in the inputs"
    rows = [("at (UTC)", "live", "kind", "service", "what", "source")]
    rows += [
        (
            _short(one["at"]),
            _short(one["live_at"]) if one["live_at"] != one["at"] else "",
            one["kind"],
            one["service"] or "",
            cut_short(line(one["title"] or one["id"]), 90),
            one["source"],
        )
        for one in found
    ]
    return command("\n".join(table(rows)))


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns padded to their widest cell, two spaces apart."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _short(at: str | None) -> str:
    """An instant without its fraction of a second: a table is read, not parsed."""
    return at[:19].replace("T", " ") if at else ""


def _path(path: str, limit: int = 60) -> str:
    """The end of a long path: its beginning is the same for all rows."""
    shown = line(path, 4096)
    return shown if len(shown) <= limit else f"…{shown[1 - limit :]}"
