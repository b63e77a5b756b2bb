"""The statistics of "did the fix hold" (correlation notes, section 5), and the words for what is still needed. Pure numbers.

Failures of a service: with n0 thinned events in exposure e0 before and none in e1 after, the chance of seeing none although
nothing was repaired is (e0 / (e0 + e1)) ** (n0 + .5): the predictive, not the plug-in, because the rate before is itself
only estimated. Failures of tests: a run can fail once, so a Beta-binomial takes the place of the Gamma-Poisson.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rca.model.compare import FixWord
from rca.when import span

DEAD_NS = 10_000_000_000  # events of one issue closer than this are one
SURE = 0.05
FEW = 3  # separate failures before the change; with fewer a silence after it is no repair yet
RELAPSE_SHARE = 0.25  # of the rate before: two such events after say that nothing was repaired
ONE_SIDED = 1.645  # 95 %
MOST_RUNS = 10_000


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the change: failures as they are and thinned (by 10 s, or by run), what could have failed, its length."""

    events: int
    thinned: int
    exposure: float
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Odds:
    """The answer: word, chance that so little would have been seen without a repair, what is needed, and why."""

    verdict: FixWord
    p: float | None
    needs: str
    reasons: tuple[str, ...]


def thin(times: Iterable[int]) -> int:
    """Number of events that are at least 10 s apart."""
    count, free = 0, -1
    for time in sorted(times):
        if time >= free:
            count, free = count + 1, time + DEAD_NS
    return count


def served(before: Side, after: Side, unit: str, what: str) -> Odds:
    """Judge by requests, entries or seconds; `what` names the path for the reader ("requests to chat-backend")."""
    if after.events:
        return _recurred(before, after)
    p = (before.exposure / (before.exposure + after.exposure)) ** (before.thinned + 0.5)
    raw = (before.exposure / (before.exposure + after.exposure)) ** (before.events + 0.5)
    told = (
        f"{_n(before.thinned, 'separate failure')} in {before.exposure:.0f} {what} before, none in {after.exposure:.0f} after",
    )
    if p < SURE and before.thinned < FEW:  # two failures in a short look back tell little of the rate before
        return Odds(
            "no_recurrence_yet",
            p,
            f"a longer record from before the change: {_n(before.thinned, 'failure')} tells little of the rate",
            told,
        )
    if p < SURE:
        return Odds("fixed", p, "", told)
    factor = SURE ** (-1 / (before.thinned + 0.5)) - 1
    missing = max(before.exposure * factor - after.exposure, 1.0)
    pace = after.exposure / after.seconds if after.seconds > 0 else 0.0
    takes = f", or {span(missing / pace)} at today's traffic" if pace > 0 and unit != "seconds" else ""
    amount = span(missing) if unit == "seconds" else f"{missing:.0f} more {what}"
    return Odds("no_recurrence_yet" if raw < SURE else "inconclusive", p, f"about {amount} without it{takes}", told)


def tested(before: Side, after: Side) -> Odds:
    """Judge by runs of its tests: `exposure` is runs, `thinned` red runs, `events` failed executions."""
    if after.events:
        rate = (after.thinned / after.exposure) / (before.thinned / before.exposure)
        told = (f"its tests failed in {after.thinned:.0f} of {_n(after.exposure, 'run')} after the change",)
        if after.events >= 2 and rate > RELAPSE_SHARE:
            return Odds("not_fixed", None, "another repair", told)
        if _upper(before, after) < 1.0:
            return Odds("improved", None, "the cause of what is left", told)
        return Odds("inconclusive", None, "more runs: one failure after the change says little", told)
    red, ran, green = before.thinned, before.exposure, after.exposure
    p = silent_runs(red, ran, green)
    told = (f"its tests failed in {red} of {_n(ran, 'run')} before the change, in none of {_n(green, 'run')} after",)
    if p < SURE:
        return Odds("fixed", p, "", told)
    more = 1
    while more < MOST_RUNS and silent_runs(red, ran, green + more) >= SURE:
        more += 1
    always = red >= ran  # every execution failed before: not rare, only too few runs
    return Odds(
        "no_recurrence_yet" if always else "inconclusive",
        p,
        f"about {_n(more, 'more run')} of its tests without it",
        told,
    )


def silent_runs(red: float, ran: float, green: float) -> float:
    """Chance of `green` runs without it after `red` of `ran`, nothing repaired: Beta-binomial with the Jeffreys prior."""
    a, b = 0.5 + red, 0.5 + max(ran - red, 0.0)
    return math.exp(math.lgamma(b + green) + math.lgamma(a + b) - math.lgamma(b) - math.lgamma(a + b + green))


def _recurred(before: Side, after: Side) -> Odds:
    rate = (after.thinned / after.exposure) / (before.thinned / before.exposure)
    told = (f"seen {_n(after.events, 'time')} after the change, at {100 * rate:.0f} % of the rate before",)
    if _upper(before, after) < 1.0:
        return Odds("improved", None, "the cause of what is left", told)
    if after.thinned >= 2 and rate > RELAPSE_SHARE:  # one event may be a straggler of the old revision
        return Odds("not_fixed", None, "another repair", told)
    few = "one burst of failures" if after.events > 1 else "one failure"
    return Odds("inconclusive", None, f"more traffic: {few} after the change says little", told)


def _upper(before: Side, after: Side) -> float:
    """Upper 95 % limit of the ratio of two Poisson rates (log-normal; both counts are at least 1)."""
    ratio = (after.thinned / after.exposure) / (before.thinned / before.exposure)
    return ratio * math.exp(ONE_SIDED * math.sqrt(1 / max(before.thinned, 1) + 1 / max(after.thinned, 1)))


def _n(amount: float, word: str) -> str:
    return f"{amount:.0f} {word}" if round(amount) == 1 else f"{amount:.0f} {word}s"
