"""How far two issues go together in time: lift over chance, a common onset, and which comes first."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from rca.model import Occurring

NEAR_NS = 8_000_000_000  # two events within 8 s may be one propagation (the measured window)
_SAMPLE = 60  # events of the effect that are looked at, evenly spread: bounds the cost of a pair
_ONSET_BEFORE_NS = 120_000_000_000
_ONSET_AFTER_NS = 35_000_000_000  # a client may report the failure one server time-out before the server does


@dataclass(frozen=True, slots=True)
class Together:
    """`lift` and `onset` in 0..1; `order`: share of the effect's events that have the cause before them."""

    lift: float
    onset: float
    order: float


def times(each: Occurring) -> list[int]:
    """Times of the kept occurrences, ascending."""
    return sorted(occurrence.at for occurrence in each.occurrences if occurrence.at is not None)


def together(cause: Sequence[int], effect: Sequence[int], span_s: float, fresh: bool) -> Together:
    """Compare two ascending lists of times.

    lift = (coverage - chance) / (1 - chance), where chance = 1 - exp(-n 16 s / window) is the coverage that n events
    scattered at random would reach. A cause that fires without pause makes chance 1 and lift undefined; then the
    common onset counts, but only if the cause is `fresh`: not there before.
    """
    if not cause or not effect:
        return Together(0.0, 0.0, 0.0)
    chosen = effect if len(effect) <= _SAMPLE else [effect[i * len(effect) // _SAMPLE] for i in range(_SAMPLE)]
    near = before = 0
    for at in chosen:
        low, high = bisect_left(cause, at - NEAR_NS), bisect_right(cause, at + NEAR_NS)
        near += low < high
        before += low < high and cause[low] <= at
    coverage = near / len(chosen)
    chance = 1.0 - exp(-len(cause) * 16.0 / span_s)
    lift = max(0.0, (coverage - chance) / (1.0 - chance)) if chance < 0.98 else 0.0
    gap = effect[0] - cause[0]
    onset = 1.0 if fresh and -_ONSET_AFTER_NS <= gap <= _ONSET_BEFORE_NS else 0.0
    return Together(lift, onset, before / near if near else 0.0)
