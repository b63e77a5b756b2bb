"""Does an issue keep a schedule: the Bayes factor of a period against a constant rate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rca.correlate.exposure import SECOND

PERIODS_S = (300, 600, 900, 1800, 3600, 7200, 86400)
CYCLES = 3  # distinct cycles in which it happened
NARROW = 0.35  # of a period: a wider arc is no schedule
ARC_S = 15  # the clock of a scheduler is not sharper


@dataclass(frozen=True, slots=True)
class Period:
    """Every `seconds`, at `phase` seconds into the cycle (UTC), with ln of the Bayes factor."""

    seconds: int
    phase: int
    log_factor: float


def _arc(phases: Sequence[float], period: float) -> tuple[float, float]:
    """(length, start) of the smallest arc of the cycle that holds all phases."""
    ordered = sorted(phases)
    gaps = [(ordered[i] - ordered[i - 1], i) for i in range(1, len(ordered))]
    gaps.append((ordered[0] + period - ordered[-1], 0))
    widest, after = max(gaps, key=lambda gap: (gap[0], -gap[1]))
    return period - widest, ordered[after]


def period(times: Sequence[int], window_ns: int) -> Period | None:
    """The best period with at least three cycles and all events in a narrow arc; None when there is none."""
    best: Period | None = None
    for seconds in PERIODS_S:
        if window_ns < 2 * seconds * SECOND:
            continue
        length = seconds * SECOND
        cycles = len({(at - times[0] + length // 2) // length for at in times})
        arc, start = _arc([float(at % length) for at in times], float(length))
        arc_s = max(arc / SECOND, float(ARC_S))
        if cycles < CYCLES or arc_s >= NARROW * seconds:
            continue
        factor = (cycles - 1) * math.log(seconds / arc_s) - math.log(6)
        if best is None or factor > best.log_factor:
            best = Period(seconds, int(start // SECOND), factor)
    return best
