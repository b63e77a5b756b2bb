"""The test–deploy–fix loop as rows: what each run passed, what was open in it, and what was deployed before it. Pure."""

from collections.abc import Mapping, Sequence

from rca.model import Change, Iteration, Occurring, TestRun, Window
from rca.model.report import Role
from rca.when import rfc3339, to_ns

EDGE_NS = 2_000_000_000  # clocks of the runner and of the service differ
KINDS = ("deploy", "config", "traffic")
SUITES = 40  # per row; a table for people
OPEN = 40


def loop(
    earlier: Sequence[Iteration],
    runs: Sequence[TestRun],
    issues: Sequence[Occurring],
    roles: Mapping[str, Role],
    changes: Sequence[Change],
    window: Window,
) -> tuple[Iteration, ...]:
    """`earlier` rows and one for each run, oldest first; without a run, one for the whole of the logs."""
    failing = [one for one in issues if roles.get(one.issue.id, "background") != "background"]
    own = [_of_run(run, failing) for run in runs] or [
        Iteration(at=window.until, label="logs", open=tuple((one.issue.id, one.issue.title) for one in failing))
    ]
    dated = sorted(
        (at, change.title or change.id)
        for change in changes
        if change.kind in KINDS and not change.part_of and (at := to_ns(change.live_at or change.at or "")) is not None
    )
    rows: list[Iteration] = []
    for row in (*earlier, *own):  # moves of remembered rows, too: what was known when they were stored does not matter
        made = row.changes if row.remembered else _between(rows, row, dated)
        rows.append(row.model_copy(update={"changes": made, "moves": _moves(rows, row)}))
    return tuple(rows)


def _of_run(run: TestRun, failing: Sequence[Occurring]) -> Iteration:
    counted = run.counts()
    suites: dict[str, list[int]] = {}
    for case in run.cases:
        if case.outcome != "skipped":
            both = suites.setdefault(case.suite, [0, 0])
            both[0] += case.outcome == "passed"
            both[1] += 1
    return Iteration(
        at=rfc3339(run.started_ns) if run.started_ns else None,
        label=run.path,
        total=counted["total"],
        passed=counted["passed"],
        failed=counted["failed"] + counted["errors"],
        skipped=counted["skipped"],
        suites=tuple((name, passed, ran) for name, (passed, ran) in list(suites.items())[:SUITES]),
        open=tuple((one.issue.id, one.issue.title) for one in failing if _in(one, run))[:OPEN],
    )


def _in(one: Occurring, run: TestRun) -> bool:
    """Whether a test of this run failed with it, or it was logged while the run lasted."""
    refs = {case.ref for case in run.cases}
    low = None if run.started_ns is None else run.started_ns - EDGE_NS
    high = None if run.ended_ns is None else run.ended_ns + EDGE_NS
    return any(
        seen.ref in refs
        if seen.test
        else low is not None and high is not None and seen.at is not None and low <= seen.at <= high
        for seen in one.occurrences
    )


def _between(rows: Sequence[Iteration], row: Iteration, dated: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    """Changes since the row before; before the first row only the last one, which it ran against."""
    at, since = to_ns(row.at or ""), to_ns(rows[-1].at or "") if rows else None
    found = [title for when, title in dated if (at is None or when <= at) and (since is None or when > since)]
    return tuple(dict.fromkeys(found if rows else found[-1:]))


def _moves(rows: Sequence[Iteration], row: Iteration) -> tuple[str, ...]:
    if not rows:
        return ()
    now, last = dict(row.open), dict(rows[-1].open)
    ever = {name for one in rows for name, _ in one.open}
    come = [f"{'back' if name in ever else 'new'}: {title}" for name, title in row.open if name not in last]
    return (*come, *(f"not seen: {title}" for name, title in rows[-1].open if name not in now))
