"""When an issue happened: its events thinned, and its true counts, which the single occurrences do not hold."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.correlate.exposure import SECOND, Curve, curve
from rca.model import Occurrence, Occurring

DEAD_NS = 10 * SECOND
"""Events of one issue closer than this are one burst: without thinning, background bursts look like onsets."""

DEAD_PER_WINDOW = 1080
"""The dead time is 10 s for three hours or more and shrinks with the window down to 1 s: a recording of minutes has no bursts of its length to protect from."""

KEPT = 120
"""Events kept for the posterior; more only cost time (the answer at 300 and at 120 differs in the third digit)."""


@dataclass(frozen=True, slots=True)
class Cell:
    """True count of an issue in one service, revision and minute."""

    service: str | None
    revision: str | None
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Times (ns, sorted) of one issue.

    `times` are the thinned events, `exact` all datable occurrences, `counts` the true counts as a curve (None when
    `exact` is complete), `shares` how the count divides over services, `revisions` (time, revision, service).
    """

    times: tuple[int, ...]
    exact: tuple[int, ...]
    counts: Curve | None
    shares: Mapping[str | None, float]
    revisions: tuple[tuple[int, str | None, str | None], ...]
    from_tests: bool

    def between(self, a: int, b: int) -> int:
        """How often it happened in (a, b]."""
        if b <= a:
            return 0
        if self.counts is None:
            return bisect_right(self.exact, b) - bisect_right(self.exact, a)
        return round(self.counts.upto(b)) - round(self.counts.upto(a))

    def before(self, at: int) -> int:
        """How often it happened strictly before `at`."""
        return bisect_left(self.exact, at) if self.counts is None else round(self.counts.upto(at - 1))

    @property
    def total(self) -> int:
        """How often it happened at a known time."""
        return len(self.exact) if self.counts is None else round(self.counts.total)


def cells_of(frame: pl.DataFrame) -> dict[str, tuple[Cell, ...]]:
    """Frame [issue, service, revision, minute, count, first_at, last_at] → cells by issue, in time order."""
    columns = ["issue", "first_at", "last_at", "service", "revision", "minute", "count"]
    cells: dict[str, list[Cell]] = defaultdict(list)
    for issue, first, last, service, revision, minute, count in (
        frame.select(columns).drop_nulls("minute").sort(columns).iter_rows()
    ):
        begin = minute if first is None else first
        cells[issue].append(Cell(service, revision, count, begin, begin if last is None else last))
    return {issue: tuple(kept) for issue, kept in cells.items()}


def thin(times: Sequence[int], dead: int, limit: int = KEPT) -> tuple[int, ...]:
    """Keep an event when `dead` ns have passed since the last kept one; raise `dead` until at most `limit` remain."""
    while True:
        kept: list[int] = []
        for at in times:
            if not kept or at - kept[-1] >= dead:
                kept.append(at)
        if len(kept) <= limit:
            return tuple(kept)
        dead = max(dead * 2, (times[-1] - times[0]) // limit)


def _spread(cells: Sequence[Cell], dead: int) -> list[int]:
    """Times that stand for a cell's events: evenly from its first to its last, no denser than thinning keeps."""
    times: list[int] = []
    for cell in cells:
        steps = max(1, min(cell.count, (cell.last - cell.first) // max(dead, 1) + 1))
        times += [cell.first + (cell.last - cell.first) * i // max(steps - 1, 1) for i in range(steps)]
    return times


def timeline(issue: Occurring, cells: Sequence[Cell], window_ns: int) -> Timeline:
    """Times of one issue. Log occurrences decide where there are any; tests only where there are none."""
    dated = [one for one in issue.occurrences if one.at is not None]
    logged = [one for one in dated if one.test is None]
    from_tests = not logged and not cells
    used: list[Occurrence] = dated if from_tests else logged
    exact = sorted(one.at for one in used if one.at is not None)
    true = sum(cell.count for cell in cells)
    dead = min(DEAD_NS, max(SECOND, window_ns // DEAD_PER_WINDOW))
    capped = true > len(exact)
    merged = sorted(exact + _spread(cells, dead)) if capped else exact
    by_service: Counter[str | None] = Counter()
    for cell in cells:
        by_service[cell.service] += cell.count
    if not by_service:
        by_service.update(one.service for one in used)
    total = sum(by_service.values())
    return Timeline(
        times=thin(merged, dead) if merged else (),
        exact=tuple(exact),
        counts=curve((cell.first, cell.last, float(cell.count)) for cell in cells) if capped else None,
        shares={key: by_service[key] / total for key in sorted(by_service, key=lambda name: name or "")},
        revisions=tuple(
            sorted(((one.at, one.revision, one.service) for one in used if one.at is not None), key=_by_time),
        ),
        from_tests=from_tests,
    )


def _by_time(row: tuple[int, str | None, str | None]) -> tuple[int, str, str]:
    return row[0], row[1] or "", row[2] or ""
