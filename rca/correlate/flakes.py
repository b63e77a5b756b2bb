"""Flaky or broken, for each failing test: its outcomes in the memory, in earlier runs and in these, split at the changes.

The split decides: at a recorded change the formula of the notes (section 6) is right in .915 of simulated cases with 8 runs
before and 2 after, at the last green run in .881, "never failed before" in .782 (bench/memory.py).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rca.correlate.betainc import quantile
from rca.correlate.flaky import History
from rca.model import Change, Outcomes, TestRun
from rca.when import to_ns

FAILING = frozenset({"failed", "error"})
JEFFREYS = 0.5  # both parameters of the prior of a share
MOST = 0.98  # passed and failed without a change in between; nothing is surer
LEAST = 2  # executions; of a test that ran once nothing is known
KINDS = ("deploy", "config", "traffic", "flag", "dependency", "migration")


@dataclass(frozen=True, slots=True)
class Flake:
    """Probability that the present failure is a flake, and the share of executions that failed before it broke (95 %)."""

    p: float
    share: tuple[float, float, float]  # mean, low, high


def flakes(
    outcomes: Mapping[str, Outcomes], earlier: Sequence[TestRun], runs: Sequence[TestRun], changes: Sequence[Change]
) -> dict[str, Flake]:
    """One answer for each test that failed in `runs` and ran at least twice in all; runs are oldest first."""
    failing = {case.id for run in runs for case in run.cases if case.outcome in FAILING}
    marks: dict[str, list[tuple[int | None, bool]]] = {}
    mixed: set[str] = set()
    for name in failing:
        told = outcomes[name].recent if name in outcomes else ()
        marks[name] = [(None, red) for one in told for red in _reds(one)]
    for run in chain(earlier, runs):
        for case in run.cases:
            if case.id in failing and case.outcome != "skipped":
                tries = [attempt.outcome in FAILING for attempt in case.attempts]
                last = case.outcome in FAILING
                marks[case.id] += [
                    (run.started_ns, red)
                    for red in ([*tries, last] if tries and tries[-1] != last else tries or [last])
                ]
                if last and not all(tries):
                    mixed.add(case.id)
    cuts = sorted(
        at
        for one in changes
        if one.kind in KINDS and not one.date_only and (at := to_ns(one.live_at or one.at or "")) is not None
    )
    return {
        name: _flake(told, cuts, mixed=name in mixed)
        for name, told in sorted(marks.items())
        if len(told) >= LEAST
        and not all(red for _, red in told)  # what never passed is broken, whatever the formula says
    }


def _reds(outcome: str) -> tuple[bool, ...]:
    """Executions behind one remembered outcome: one that was tried again is a failure and a pass."""
    return (True, False) if outcome == "flaked" else () if outcome == "skipped" else (outcome in FAILING,)


def _flake(marks: Sequence[tuple[int | None, bool]], cuts: Sequence[int], *, mixed: bool) -> Flake:
    red = [failed for _, failed in marks]
    green = 1 + max((n for n, failed in enumerate(red) if not failed), default=-1)
    splits = sorted({sum(at is None or at < cut for at, _ in marks) for cut in cuts} - {0, len(marks)}) or [green]
    factors = [_factor(red[:split], red[split:]) for split in splits]
    top = max(factors)
    factor = top + math.log(sum(math.exp(each - top) for each in factors) / len(factors))
    p = 1.0 / (1.0 + math.exp(max(-60.0, min(factor, 60.0))))
    before = (
        red[: max(splits[-1], green)] if p < JEFFREYS else red
    )  # what it did before it broke; of a flake, all it did
    a, b = JEFFREYS + sum(before), JEFFREYS + len(before) - sum(before)
    return Flake(MOST if mixed else min(p, MOST), (a / (a + b), quantile(a, b, 0.025), quantile(a, b, 0.975)))


def _factor(before: Sequence[bool], after: Sequence[bool]) -> float:
    """Ln of the Bayes factor of "it broke at the split" against "it is flaky"."""
    return History(sum(before), len(before) - sum(before), sum(after), len(after) - sum(after), mixed=False).log_factor
