"""Flaky or broken, for each failing test: its outcomes in the memory, in earlier runs and in these, split where it may have broken.

Where it broke is not known, so the formula of the notes (section 6) is averaged over all places: three quarters of the odds lie
at recorded changes, if there are any, and a place counts half as much with each run that the break would have lasted unseen,
for people look soon. How it failed before says more: a flake mostly fails as it failed before, a break mostly does not. What
each is worth on simulated runs stands in bench/results/memory.txt.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain

from rca.correlate.betainc import quantile
from rca.correlate.flaky import History
from rca.model import Change, Facts, Outcomes, TestCase
from rca.when import to_ns

FAILING = frozenset({"failed", "error"})
JEFFREYS = 0.5  # both parameters of the prior of a share
MOST = 0.98  # passed and failed without a change in between; nothing is surer
LEAST = 2  # executions; of a test that ran once nothing is known
KINDS = ("deploy", "config", "traffic", "flag", "dependency", "migration")
AT_CHANGES = 0.75  # of the odds that it broke, at the recorded changes; not every change is on record
LOOK_BACK = 0.5  # for each run that a break would have lasted
ALIKE = 0.2  # chance that what newly broke looks like an earlier failure of the same test
BREAK = 2  # failures in a row that a change ends were no flakes; one may have been
MODES = 4  # earlier failures that count: how it fails is worth a factor of four, either way

SUREST = 600.0  # ln of a factor; e ** 710 is no number any more

Marks = Sequence[tuple[int | None, bool]]  # (start of the run, failed), oldest first


@dataclass(frozen=True, slots=True)
class Flake:
    """Probability that the present failure is a flake, and the share of executions that failed before it broke (95 %)."""

    p: float
    share: tuple[float, float, float]  # mean, low, high


def flakes(facts: Facts, failing_as: Mapping[str, str]) -> dict[str, Flake]:
    """One answer for each test that failed in the runs under analysis and ran at least twice in all.

    `failing_as`: test → issue with which it fails now.
    """
    failing = {case.id for run in facts.runs for case in run.cases if case.outcome in FAILING}
    marks = {name: _remembered(facts.outcomes.get(name)) for name in failing}
    mixed: set[str] = set()
    for run in chain(facts.earlier, facts.runs):
        for case in run.cases:
            if case.id in failing and case.outcome != "skipped":
                tries = list(_tries(case))
                marks[case.id] += [(run.started_ns, red) for red in tries]
                if case.outcome in FAILING and not all(tries):
                    mixed.add(case.id)
    cuts = sorted({*facts.deployed, *_cuts(facts.changes)})
    kept = {name: _unrepaired(told, cuts) for name, told in sorted(marks.items())}
    return {
        name: _flake(
            told, cuts, _alike(told, cuts, facts.outcomes.get(name), failing_as.get(name)), mixed=name in mixed
        )
        for name, told in kept.items()
        if len(told) >= LEAST
        and not all(red for _, red in told)  # what never passed is broken, whatever the formula says
    }


def _remembered(told: Outcomes | None) -> list[tuple[int | None, bool]]:
    if told is None:
        return []
    times = told.times or (None,) * len(told.recent)
    return [(at, red) for at, one in zip(times, told.recent, strict=True) for red in _reds(one)]


def _reds(outcome: str) -> tuple[bool, ...]:
    """Executions behind one remembered outcome: one that was tried again is a failure and a pass."""
    return (True, False) if outcome == "flaked" else () if outcome == "skipped" else (outcome in FAILING,)


def _tries(case: TestCase) -> Iterator[bool]:
    """Every execution of one case, the last one its outcome."""
    told = [attempt.outcome in FAILING for attempt in case.attempts]
    last = case.outcome in FAILING
    yield from told
    if not told or told[-1] != last:
        yield last


def _cuts(changes: Iterable[Change]) -> Iterator[int]:
    for one in changes:
        at = to_ns(one.live_at or one.at or "")
        if one.kind in KINDS and not one.date_only and at is not None:
            yield at


def _unrepaired(marks: Marks, cuts: Sequence[int]) -> Marks:
    """Without the breaks that a change repaired: failures one after the other, then a change, then it passed."""
    kept: list[tuple[int | None, bool]] = []
    streak: list[tuple[int | None, bool]] = []
    for at, red in marks:
        if red:
            streak.append((at, red))
            continue
        if len(streak) < BREAK or not _between(cuts, streak[-1][0], at):
            kept += streak
        streak = []
        kept.append((at, red))
    return [*kept, *streak]


def _between(cuts: Sequence[int], since: int | None, until: int | None) -> bool:
    return since is not None and until is not None and bisect_right(cuts, until) > bisect_right(cuts, since)


def _flake(marks: Marks, cuts: Sequence[int], alike: float, *, mixed: bool) -> Flake:
    red = [failed for _, failed in marks]
    places = _places(marks, cuts)
    sums = list(accumulate(red, initial=0))
    odds = {
        place: weight
        * math.exp(min(SUREST, _factor(sums[place], place - sums[place], sums[-1] - sums[place], len(red) - place)))
        for place, weight in places.items()
    }
    p = 1.0 / (1.0 + math.fsum(odds.values()) * math.exp(alike))
    broke = max(odds, key=lambda place: (odds[place], place))
    before = red[:broke] if p < JEFFREYS else red  # what it did before it broke; of a flake, all it did
    return Flake(MOST if mixed else min(p, MOST), _share(sum(before), len(before)))


def _places(marks: Marks, cuts: Sequence[int]) -> dict[int, float]:
    """Where it may have broken (number of executions before) and the prior of each; they sum to 1."""
    everywhere = _weighed(range(1, len(marks)))
    recorded = {bisect_left(_times(marks), cut) for cut in cuts} - {0, len(marks)}
    if not recorded:
        return everywhere
    at_changes = _weighed(sorted(recorded))
    return {
        place: (1.0 - AT_CHANGES) * weight + AT_CHANGES * at_changes.get(place, 0.0)
        for place, weight in everywhere.items()
    }


def _times(marks: Marks) -> list[int]:
    """Start of each execution; one without a time is as old as the one before it."""
    found: list[int] = []
    for at, _ in marks:
        found.append(max(at or 0, found[-1] if found else 0))
    return found


def _weighed(places: Sequence[int]) -> dict[int, float]:
    raw = {place: LOOK_BACK ** (places[-1] - place) for place in places}
    total = math.fsum(raw.values())
    return {place: weight / total for place, weight in raw.items()}


def _alike(marks: Marks, cuts: Sequence[int], told: Outcomes | None, issue: str | None) -> float:
    """Ln of what its way of failing says for "it broke": how it failed and passed again without a change, and fails now."""
    if told is None or issue is None:
        return 0.0
    passed = [at for at, red in marks if not red and at is not None]
    healed = [(mode, passed[n]) for mode in told.modes if (n := bisect_left(passed, mode[0])) < len(passed)]
    modes = [mode for (at, mode), again in healed if not _between(cuts, at, again)][-MODES:]
    if not modes:
        return 0.0
    again = len(modes) / (len(modes) + 1)  # rule of succession: a flake that failed so n times fails so again
    return math.log(ALIKE / again) if any(issue in mode for mode in modes) else math.log((1 - ALIKE) / (1 - again))


@lru_cache(maxsize=1 << 14)  # where a whole suite fails, its tests share their counts
def _factor(failed: int, passed: int, failed_after: int, ran_after: int) -> float:
    """Ln of the Bayes factor of "it broke at the split" against "it is flaky"."""
    return History(failed, passed, failed_after, ran_after - failed_after, mixed=False).log_factor


@lru_cache(maxsize=1 << 12)
def _share(failed: int, ran: int) -> tuple[float, float, float]:
    """Share of executions that fail: mean and 95 % interval."""
    a, b = JEFFREYS + failed, JEFFREYS + ran - failed
    return a / (a + b), quantile(a, b, 0.025), quantile(a, b, 0.975)
