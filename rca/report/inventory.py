"""What `rca ingest` and `rca changes` print: a table a person can check in ten seconds, and the same as data."""

from collections.abc import Sequence
from typing import Any

from rca.model import Change, Facts, Source, Suite
from rca.safe import command, cut_short, line

FAILING = ("failed", "error")
NUMBERS = ("read", "kept", "duplicates", "skipped")
ROWS = 25
"""More rows than this nobody checks in ten seconds."""
COUNTED = ("total", "passed", "failed", "errors", "skipped")


def inventory(facts: Facts) -> dict[str, Any]:
    """`sources`, `tests` and `changes` with the shapes of the JSON report, texts cleaned."""
    from rca.safe import clean_model

    cases = [case for run in facts.runs for case in run.cases]
    suites: dict[str, list[str]] = {}
    spent: dict[str, float] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case.outcome)
        spent[case.suite] = spent.get(case.suite, 0.0) + (case.duration_s or 0.0)
    rows = [
        Suite(
            name=name,
            total=len(outcomes),
            passed=outcomes.count("passed"),
            failed=outcomes.count("failed"),
            errors=outcomes.count("error"),
            skipped=outcomes.count("skipped"),
            duration_s=round(spent[name], 3),
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


def inventory_text(found: dict[str, Any], missing: Sequence[str] = ()) -> str:
    """The table of sources, what is to be said of them, one line of test counts, the number of changes."""
    sources = [Source.model_validate(one) for one in found["sources"]]
    rows: list[tuple[str, ...]] = [("input", "kind", "read", "kept", "dup", "skipped", "from (UTC)", "to (UTC)", "")]
    rows += [_row(*one) for one in _folded(sources)]
    if len(sources) > 1:
        total = [str(sum(getattr(one, name) for one in sources)) for name in NUMBERS]
        rows.append((f"{len(sources)} inputs", "", *total, "", "", ""))
    notes: list[str] = []
    for source in sources:
        said = [*(f"skipped {count}: {reason}" for reason, count in source.skipped_reasons.items()), *source.notes]
        notes += [f"  {_path(source.path)}: {note}" for note in said]
    notes += [f"  missing: {one}" for one in missing]
    tests = found["tests"]
    counted = f"tests: {tests['total']} ({tests['passed']} passed, {tests['failed']} failed, {tests['errors']} errors, {tests['skipped']} skipped)"
    kinds: dict[str, int] = {}
    for change in found["changes"]:
        kinds[change["kind"]] = kinds.get(change["kind"], 0) + 1
    listed = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return command("\n".join([*table(rows), *notes, "", counted, f"changes: {listed}"]))


def _row(source: Source, name: str) -> tuple[str, ...]:
    numbers = (str(getattr(source, each)) for each in NUMBERS)
    mark = "" if source.complete else "INCOMPLETE"
    return (name, source.kind, *numbers, _short(source.first_at), _short(source.last_at), mark)


def _folded(sources: Sequence[Source]) -> list[tuple[Source, str]]:
    """Each source with its name; of many, those in one folder, of one kind, with nothing to say of them, as one."""
    if len(sources) <= ROWS:
        return [(one, _path(one.path)) for one in sources]
    groups: dict[tuple[str, ...], list[Source]] = {}
    for one in sources:
        plain = one.complete and not one.notes and not one.skipped
        key = (one.path.rpartition("/")[0], one.kind) if plain else (one.path,)
        groups.setdefault(key, []).append(one)
    return [
        (group[0], _path(group[0].path))
        if len(group) == 1
        else (_summed(group), f"{_path(key[0])}/ ({len(group)} files)")
        for key, group in groups.items()
    ]


def _summed(group: Sequence[Source]) -> Source:
    firsts = sorted(one.first_at for one in group if one.first_at)
    lasts = sorted(one.last_at for one in group if one.last_at)
    return Source(
        path=group[0].path,
        kind=group[0].kind,
        read=sum(one.read for one in group),
        kept=sum(one.kept for one in group),
        duplicates=sum(one.duplicates for one in group),
        first_at=firsts[0] if firsts else None,
        last_at=lasts[-1] if lasts else None,
    )


def timeline_text(found: Sequence[dict[str, Any]], missing: Sequence[str] = ()) -> str:
    """One line per change, then what a reader noticed to be absent."""
    said = [f"  missing: {one}" for one in missing]
    if not found:
        return command("\n".join(["no change found in the inputs", *said]))
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
    return command("\n".join([*table(rows), *said]))


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns padded to their widest cell, two spaces apart; numbers to the right."""
    columns = list(zip(*rows, strict=True))
    widths = [max(map(len, cells)) for cells in columns]
    right = [all(not cell or cell.isdigit() for cell in cells[1:]) and any(cells[1:]) for cells in columns]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def _short(at: str | None) -> str:
    """An instant without its fraction of a second: a table is read, not parsed."""
    return at[:19].replace("T", " ") if at else ""


def _path(path: str, limit: int = 60) -> str:
    """The end of a long path: its beginning is the same for all rows."""
    shown = line(path, 4096)
    return shown if len(shown) <= limit else f"…{shown[1 - limit :]}"
