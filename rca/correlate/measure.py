"""Counts with exposure before and after a change, their rate ratio, and the silence between a change and an onset."""

from dataclasses import dataclass

from rca.correlate.betainc import rate_ratio
from rca.correlate.exposure import SECOND, Exposure
from rca.correlate.live import Live
from rca.correlate.timeline import Timeline
from rca.model import Count, Ratio


@dataclass(frozen=True, slots=True)
class Measure:
    """`gap_s`: first failure minus live time. `silent`: exposure served between, and failures due in it at the later rate."""

    exposure: Exposure
    before: Count
    after: Count
    ratio: Ratio
    gap_s: float | None
    silent: tuple[float, float]


def measure(one: Live, line: Timeline, exposure: Exposure) -> Measure:
    """Before and after the change, within the window."""
    at = one.at
    count_before = line.before(at)
    count_after = max(0, line.total - count_before)
    exposed_before = exposure.between(exposure.start, at)
    exposed_after = exposure.between(at, exposure.end)
    ratio = rate_ratio(count_before, exposed_before, count_after, exposed_after)
    times = line.exact or line.times
    first = times[0] if times else None
    rose = ratio.low is not None and ratio.low > 1
    if first is not None and first < at and rose:
        first = next((time for time in times if time >= at), first)
    gap = None if first is None else (first - at) / SECOND
    return Measure(
        exposure=exposure,
        before=Count(count=count_before, exposure=round(exposed_before, 3), unit=exposure.unit),
        after=Count(count=count_after, exposure=round(exposed_after, 3), unit=exposure.unit),
        ratio=_rounded(ratio),
        gap_s=None if gap is None else round(gap, 3),
        silent=_silent(at, first, line, exposure),
    )


def _silent(at: int, first: int | None, line: Timeline, exposure: Exposure) -> tuple[float, float]:
    if first is None or first <= at:
        return 0.0, 0.0
    served = exposure.between(at, first)
    last = line.times[-1]
    active = exposure.between(first, last)
    return served, (len(line.times) - 1) / active * served if active > 0 else 0.0


def _rounded(ratio: Ratio) -> Ratio:
    def cut(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.6g}")

    return Ratio(estimate=cut(ratio.estimate), low=cut(ratio.low), high=cut(ratio.high))
