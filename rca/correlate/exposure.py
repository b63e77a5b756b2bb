"""Exposure: what could have failed up to a time, in requests, entries, test executions or seconds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import TestRun

SECOND = 1_000_000_000
ENOUGH = 10  # fewer requests than this in the whole window cannot carry a rate; the next unit is taken
TIME_SHARE = 0.02  # of wall time mixed in, so that failures in a stretch without any request keep a finite rate

Piece = tuple[int, int, float]
"""(from ns, to ns, amount spread evenly between)."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A cumulative amount, linear between its edges."""

    edges: tuple[int, ...]
    sums: tuple[float, ...]

    def upto(self, at: int) -> float:
        """The amount up to and including `at`."""
        i = bisect_right(self.edges, at)
        if i == 0:
            return 0.0
        if i == len(self.edges):
            return self.sums[-1]
        left, right = self.edges[i - 1], self.edges[i]
        return self.sums[i - 1] + (self.sums[i] - self.sums[i - 1]) * (at - left) / (right - left)

    @property
    def total(self) -> float:
        """All of it."""
        return self.sums[-1] if self.sums else 0.0


def curve(pieces: Iterable[Piece]) -> Curve:
    """Sum of pieces, each spread evenly over at least a second."""
    slope: dict[int, float] = defaultdict(float)
    for start, end, amount in pieces:
        stop = max(end, start + SECOND)
        rate = amount / (stop - start)
        slope[start] += rate
        slope[stop] -= rate
    edges = sorted(slope)
    sums, level, rate = [], 0.0, 0.0
    for i, edge in enumerate(edges):
        if i:
            level += rate * (edge - edges[i - 1])
        rate += slope[edge]
        sums.append(level)
    return Curve(tuple(edges), tuple(sums))


@dataclass(frozen=True, slots=True)
class Exposure:
    """What could have failed between `start` and `end` (ns), counted in `unit`; `scope` names the routes it is limited to."""

    unit: str
    start: int
    end: int
    amount: Curve
    scope: str = ""

    def words(self, value: float) -> str:
        """`1,204 requests`, `3 requests to GET /menu`, `12 test executions`."""
        name = "test executions" if self.unit == "tests" else self.unit
        number = f"{value:,.0f}"
        return f"{number} {name.removesuffix('s') if number == '1' else name}" + (
            f" to {self.scope}" if self.scope else ""
        )

    def told(self, value: float) -> str:
        """` in 12 requests`, or that none is on record."""
        return f" in {self.words(value)}" if value >= 0.5 else f" (no {self.unit} on record there)"

    def between(self, a: int, b: int) -> float:
        """Amount in (a, b], in `unit`."""
        a, b = max(a, self.start), min(b, self.end)
        if b <= a:
            return 0.0
        return (b - a) / SECOND if self.unit == "seconds" else self.amount.upto(b) - self.amount.upto(a)

    def share(self, at: int) -> float:
        """Share of the window's exposure up to `at`, 0 to 1, with a little wall time mixed in."""
        at = min(max(at, self.start), self.end)
        clock = (at - self.start) / max(self.end - self.start, 1)
        total = self.amount.total
        if self.unit == "seconds" or total <= 0:
            return clock
        return (1 - TIME_SHARE) * min(1.0, self.amount.upto(at) / total) + TIME_SHARE * clock


@dataclass(frozen=True, slots=True)
class Row:
    """One row of traffic with a time."""

    revision: str | None
    version: str | None
    minute: int
    entries: int
    requests: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Traffic by service, in time order."""

    rows: Mapping[str | None, tuple[Row, ...]]
    start: int | None
    end: int | None

    def exposure(self, services: Sequence[str | None], start: int, end: int) -> Exposure:
        """Exposure of these services: requests if there are enough, else entries, else seconds."""
        rows = [row for service in services for row in self.rows.get(service, ())]
        if not rows:
            return Exposure("seconds", start, end, Curve((), ()))
        requests = curve((row.first, row.last, float(row.requests)) for row in rows if row.requests)
        if requests.total >= ENOUGH:
            return Exposure("requests", start, end, requests)
        entries = curve((row.first, row.last, float(row.entries)) for row in rows if row.entries)
        if entries.total >= ENOUGH:
            return Exposure("entries", start, end, entries)
        return Exposure("seconds", start, end, Curve((), ()))


def traffic_of(frame: pl.DataFrame) -> Traffic:
    """TRAFFIC frame → rows by service; rows without a time are left out, they expose nothing datable."""
    columns = ["service", "revision", "version", "minute", "entries", "requests", "first_at", "last_at"]
    rows: dict[str | None, list[Row]] = defaultdict(list)
    for service, revision, version, minute, entries, requests, first, last in (
        frame.select(columns).drop_nulls("minute").sort(columns).iter_rows()
    ):
        begin = minute if first is None else first
        rows[service].append(
            Row(revision, version, minute, entries, requests, begin, begin if last is None else last),
        )
    spans = [(row.first, row.last) for kept in rows.values() for row in kept]
    return Traffic(
        {service: tuple(kept) for service, kept in rows.items()},
        min((first for first, _ in spans), default=None),
        max((last for _, last in spans), default=None),
    )


def executions(runs: Sequence[TestRun], tests: frozenset[str], start: int, end: int) -> Exposure:
    """Exposure in executions of these tests; skipped cases expose nothing, runs without a time cannot be placed."""
    pieces: list[Piece] = []
    for run in runs:
        for case in run.cases:
            at = case.start_ns if case.start_ns is not None else run.started_ns
            if at is not None and case.outcome != "skipped" and case.id in tests:
                pieces.append((at, case.end_ns if case.end_ns is not None else at, float(max(1, len(case.attempts)))))
    return Exposure("tests" if pieces else "seconds", start, end, curve(pieces))
