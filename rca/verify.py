"""Did the fix hold? Each known issue before and after a change, judged with what exercised its path. Pure.

Statistics: correlation notes, section 5. With n0 thinned events in exposure e0 before, and none in e1 after, the chance of
seeing none although nothing was fixed is (e0 / (e0 + e1)) ** (n0 + .5): the predictive, not the plug-in, because the rate
before is itself only estimated. Thinning (10 s) keeps a burst from counting as many events.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Change, Count, FixVerdict, Occurring, TestRun
from rca.when import span, to_ns

DEAD_NS = 10_000_000_000  # events of one issue closer than this are one
SURE = 0.05
RELAPSE_SHARE = 0.25  # of the rate before: two such events after say that nothing was fixed
RULE_OF_THREE = 3.0  # upper 95 % limit of a rate with no event in e: 3 / e
SKIPPED = "skipped"
FAILING = ("failed", "error")


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the change: events as they are and thinned, and what could have failed."""

    events: int
    thinned: int
    exposure: float
    seconds: float


def judge(
    issues: Sequence[Occurring],
    *,
    fix: Change,
    traffic: pl.DataFrame,
    runs: Sequence[TestRun],
    first_ns: int,
    last_ns: int,
) -> tuple[FixVerdict, ...]:
    """A verdict for every failing issue that was seen before `fix` went live, in order of issue id."""
    at = to_ns(fix.live_at or fix.at or "")
    if at is None:
        return ()
    verdicts = [
        _verdict(one, fix, at, _exposures(one, traffic, runs, at, first_ns, last_ns), (first_ns, last_ns))
        for one in sorted(issues, key=lambda each: each.issue.id)
        if one.failing and any(seen.at is not None and seen.at < at for seen in one.occurrences)
    ]
    return tuple(verdict for verdict in verdicts if verdict is not None)


def _exposures(
    one: Occurring, traffic: pl.DataFrame, runs: Sequence[TestRun], at: int, first: int, last: int
) -> tuple[float, float, str]:
    """What could have failed before and after: requests of its services, executions of its tests, entries, seconds."""
    rows = traffic.filter(pl.col("service").is_in(list(one.issue.services)) & pl.col("first_at").is_not_null())
    for unit in ("requests", "entries"):
        if unit == "entries" and one.issue.tests:
            break
        if rows.height and int(rows[unit].sum()):
            split = [_share(row["first_at"], row["last_at"], at) for row in rows.iter_rows(named=True)]
            counts = rows[unit].to_list()
            before = sum(n * share for n, share in zip(counts, split, strict=True))
            return float(before), float(sum(counts) - before), unit
    if one.issue.tests:
        names = set(one.issue.tests)
        ran = [(case, run) for run in runs for case in run.cases if case.id in names and case.outcome != SKIPPED]
        before = sum((case.start_ns or run.started_ns or 0) < at for case, run in ran)
        return float(before), float(len(ran) - before), "tests"
    return max(at - first, 0) / 1e9, max(last - at, 0) / 1e9, "seconds"


def _share(first: int, last: int, at: int) -> float:
    """Share of a minute's traffic that came before `at`, as if it were even."""
    if at <= first:
        return 0.0
    return 1.0 if at > last else (at - first) / max(last - first, 1)


def _thin(times: Sequence[int]) -> int:
    count, free = 0, -1
    for time in times:
        if time >= free:
            count, free = count + 1, time + DEAD_NS
    return count


def _verdict(
    one: Occurring, fix: Change, at: int, exposed: tuple[float, float, str], extent: tuple[int, int]
) -> FixVerdict:
    times = sorted(seen.at for seen in one.occurrences if seen.at is not None)
    earlier, later = [time for time in times if time < at], [time for time in times if time >= at]
    before = _Side(len(earlier), _thin(earlier), exposed[0], (at - extent[0]) / 1e9)
    after = _Side(len(later), _thin(later), exposed[1], (extent[1] - at) / 1e9)
    word, p, needs, reasons = _judged(before, after, exposed[2])
    return FixVerdict(
        issue=one.issue.id,
        title=one.issue.title,
        verdict=word,
        p=p,
        needs=needs,
        before=Count(count=before.events, exposure=round(before.exposure, 3), unit=exposed[2]),
        after=Count(count=after.events, exposure=round(after.exposure, 3), unit=exposed[2]),
        anchor=fix.id,
        reasons=tuple(reasons),
    )


def _judged(before: _Side, after: _Side, unit: str) -> tuple[str, float | None, str, list[str]]:
    if after.exposure <= 0:
        return (
            "inconclusive",
            None,
            f"run what failed again: no {unit} exercised its path after the change",
            ["not exercised after the change"],
        )
    if before.exposure <= 0:
        return (
            "inconclusive",
            None,
            f"inputs from before the change: no {unit} on record there",
            ["nothing on record before the change"],
        )
    if after.events:
        return _recurred(before, after)
    p = _none_by_chance(before.exposure, after.exposure, before.thinned)
    raw = _none_by_chance(before.exposure, after.exposure, before.events)
    told = [
        f"{before.thinned} separate failures in {before.exposure:g} {unit} before, none in {after.exposure:g} after"
    ]
    if p < SURE:
        return "fixed", p, "", told
    return ("no_recurrence_yet" if raw < SURE else "inconclusive"), p, _more(before, after, unit), told


def _recurred(before: _Side, after: _Side) -> tuple[str, float | None, str, list[str]]:
    rate = (after.thinned / after.exposure) / (before.thinned / before.exposure)
    told = [f"seen {after.events} times after the change, at {100 * rate:.0f} % of the rate before"]
    upper = _upper(after.thinned) / after.exposure * before.exposure / before.thinned
    if upper < 1.0:
        return "improved", None, "the cause of what is left", told
    if after.thinned >= 2 and rate > RELAPSE_SHARE:  # one event may be a straggler of the old revision
        return "not_fixed", None, "another fix", told
    return "inconclusive", None, "more runs: one failure after the change says little", told


def _none_by_chance(e0: float, e1: float, n0: int) -> float:
    return float((e0 / (e0 + e1)) ** (n0 + 0.5))


def _upper(n: int) -> float:
    """Upper 95 % limit of a Poisson mean with n events (Wilson–Hilferty; within 1 % of exact for n ≥ 1)."""
    m = n + 1
    return float(m * (1 - 1 / (9 * m) + 1.645 / (3 * m**0.5)) ** 3)


def _more(before: _Side, after: _Side, unit: str) -> str:
    """How much more exposure would make p < .05, and how long that takes at today's pace."""
    factor = SURE ** (-1 / (before.thinned + 0.5)) - 1
    missing = max(before.exposure * factor - after.exposure, RULE_OF_THREE if unit == "tests" else 1.0)
    pace = after.exposure / after.seconds if after.seconds > 0 else 0.0
    takes = f", or {span(missing / pace)} at today's traffic" if pace > 0 and unit != "tests" else ""
    return f"about {missing:.0f} more {unit} without it{takes}"
