"""What could have failed before and after a change: requests of the failing services, else runs of the tests, else time."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Known, Occurring, TestRun
from rca.model.frames import MINUTE_NS

SKIPPED = "skipped"
FAILING = ("failed", "error")
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Exposed:
    """Amounts before and after; `what` says them in words."""

    before: float
    after: float
    unit: str  # requests | entries | tests | seconds
    what: str


@dataclass(frozen=True, slots=True)
class Tested:
    """Runs with at least one of the tests executed, those in which one failed, executions and failed executions."""

    runs: int
    red: int
    executed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Record:
    """All that was observed, and the change that splits it."""

    at: int  # ns, the change
    first: int
    last: int
    traffic: pl.DataFrame
    routes: pl.DataFrame
    runs: tuple[TestRun, ...]


def tested(record: Record, tests: frozenset[str], refs: frozenset[str] | None) -> tuple[Tested, Tested]:
    """Before and after; with `refs`, only these failed cases count as failures of the issue."""
    sides = [[0, 0, 0, 0], [0, 0, 0, 0]]
    for run in record.runs:
        ran = [case for case in run.cases if case.id in tests and case.outcome != SKIPPED]
        if not ran:
            continue
        red = [case for case in ran if case.outcome in FAILING and (refs is None or case.ref in refs)]
        start = min((case.start_ns or run.started_ns or 0) for case in ran)
        side = sides[start >= record.at]
        for n, amount in enumerate((1, int(bool(red)), len(ran), len(red))):
            side[n] += amount
    return Tested(*sides[0]), Tested(*sides[1])


def served(one: Occurring | None, known: Known | None, record: Record) -> Exposed:
    """Requests on the failing routes, else of the services, else their entries, else time."""
    services = list(one.issue.services if one else known.services if known else ())
    rows = record.traffic.filter(pl.col("service").is_in(services) & pl.col("first_at").is_not_null())
    failing = _failing(one, record) if one else ()
    if failing and not (known and known.exposure):  # the memory counts by service
        return _by_route(record, failing)
    for unit in ("requests", "entries"):
        told = known.exposure.get(unit, 0.0) if known else 0.0
        total = float(int(rows[unit].sum())) if rows.height else 0.0
        if total or (told and not rows.height):
            early = sum(
                row[unit] * _share(row["first_at"], row["last_at"], record.at) for row in rows.iter_rows(named=True)
            )
            what = f"{unit} {'to' if unit == 'requests' else 'of'} {', '.join(services[:3])}"
            return Exposed(told + early, total - early, unit, what)
    return Exposed(max(record.at - record.first, 0) / 1e9, max(record.last - record.at, 0) / 1e9, "seconds", "seconds")


def _failing(one: Occurring, record: Record) -> tuple[tuple[str, str], ...]:
    """(service, route) answered with 5xx by its services in the minutes in which it occurred before the change."""
    minutes = sorted(
        {seen.at // MINUTE_NS * MINUTE_NS for seen in one.occurrences if seen.at is not None and seen.at < record.at}
    )
    if not minutes or not record.routes.height:
        return ()
    hit = record.routes.filter(
        (pl.col("status") >= SERVER_ERROR)
        & pl.col("service").is_in(list(one.issue.services))
        & pl.col("minute").is_in(minutes)
    )
    return tuple(sorted(set(hit.select("service", "route").iter_rows())))


def _by_route(record: Record, failing: Sequence[tuple[str, str]]) -> Exposed:
    wanted = pl.DataFrame(failing, schema=["service", "route"], orient="row")
    rows = record.routes.filter(pl.col("minute").is_not_null()).join(wanted, on=["service", "route"], how="semi")
    before, total = 0.0, 0.0
    for minute, count in rows.select("minute", "count").iter_rows():
        low, high = max(minute, record.first), min(minute + MINUTE_NS, record.last)
        before += count * _share(low, high, record.at)
        total += count
    names = ", ".join(route for _, route in failing[:2]) + (f" and {len(failing) - 2} more" if len(failing) > 2 else "")
    return Exposed(before, total - before, "requests", f"requests to {names}")


def _share(first: int, last: int, at: int) -> float:
    """Share of what happened from `first` to `last` that came before `at`, as if it were even."""
    if at <= first:
        return 0.0
    return 1.0 if at > last else (at - first) / max(last - first, 1)
