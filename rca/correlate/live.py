"""When users met a change: the reported time, sharpened by the first entry on the new and the last on the old revision."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rca.correlate.exposure import SECOND, Row, Traffic
from rca.model import Change
from rca.when import to_ns

EARLY_NS, LATE_NS = 10 * 60 * SECOND, 30 * 60 * SECOND  # labels this far from the reported time date the switch
BRACKET_NS = 30 * SECOND
DRAIN_NS = 90 * SECOND  # connections of the old revision are cut while it drains


@dataclass(frozen=True, slots=True)
class Live:
    """A change with the time `at` (ns) it took effect, and the overlap of the new with the old revisions."""

    change: Change
    at: int
    bracketed: bool
    overlap: tuple[int, int] | None
    olds: frozenset[str | None] = frozenset()  # revisions that served before it; later ones are neither new nor old
    flow: tuple[tuple[int, bool, int], ...] = ()  # (ns, on the new revision, requests or entries) in time order

    def new_share(self, at: int, events: int = 40) -> float:
        """Share of the new revision in the `events` requests nearest to `at`, clipped to .03–.97."""
        times = [row[0] for row in self.flow]
        left = right = bisect_left(times, at)
        new = total = 0
        while total < events and (left > 0 or right < len(times)):
            back = right >= len(times) or (left > 0 and at - times[left - 1] <= times[right] - at)
            left, right, i = (left - 1, right, left - 1) if back else (left, right + 1, right)
            total += self.flow[i][2]
            new += self.flow[i][2] if self.flow[i][1] else 0
        return min(0.97, max(0.03, new / total)) if total else 0.5


def _near(rows: Sequence[Row], at: int) -> list[Row]:
    return [row for row in rows if at - EARLY_NS <= row.last and row.first <= at + LATE_NS]


def _is_new(row: Row, change: Change) -> bool:
    if change.revision:
        return row.revision == change.revision
    return bool(change.commit and row.version and change.commit.startswith(row.version))


def live(change: Change, traffic: Traffic) -> Live | None:
    """The change with its effective time; None when it has no time at all."""
    reported = to_ns(change.live_at or change.at or "")
    if reported is None:
        return None
    alone = Live(change, reported, bracketed=False, overlap=None)
    if not change.service or change.date_only or not (change.revision or change.commit):
        return alone
    every = traffic.rows.get(change.service, ())
    rows = _near(every, reported)
    new = [row for row in rows if _is_new(row, change)]
    if not new or min(row.first for row in every if _is_new(row, change)) < reported - EARLY_NS:
        return alone  # never seen, or it served long before: a shift of traffic, or a wrong label
    first_new = min(row.first for row in new)
    olds = frozenset(_label(row, change) for row in every if row.first < first_new) - {None}
    old = [row for row in rows if _label(row, change) in olds]
    last_old_before = max((min(row.last, first_new) for row in old if row.first < first_new), default=None)
    last_old = max((row.last for row in old), default=None)
    low = reported if last_old_before is None else last_old_before
    at = min(max(reported, low), first_new) if low <= first_new else first_new
    bracketed = last_old_before is not None and first_new - last_old_before <= BRACKET_NS
    overlap = (first_new, last_old) if last_old is not None and last_old > first_new else None
    flow = tuple(sorted((_middle(row), _is_new(row, change), row.requests or row.entries) for row in [*new, *old]))
    return Live(change, at, bracketed=bracketed, overlap=overlap, olds=olds, flow=flow)


def _label(row: Row, change: Change) -> str | None:
    return row.revision if change.revision else row.version


def _middle(row: Row) -> int:
    return (row.first + row.last) // 2
