"""Where the rate of an issue rose: the likelihood of an onset in each cell of the window (Gamma-Poisson, exact)."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rca.correlate.exposure import SECOND

SHAPE = 0.5  # of the Gamma prior on a rate (Jeffreys)
PRE_SCALES = (1.0, 0.1)
POST_SCALES = (1.0, 10.0, 100.0, 1000.0)  # bursts are intense: a narrow prior lost 5 points of top-1
ENDURES = 0.6  # weight of "it still goes on"; the rest is shared by episodes that end
GRID = 60
OFFSETS_S = (-120, -30, 0, 15, 45, 90, 180, 420, 900, 2400, 7200)
GAPS = 4
NEGLIGIBLE = 1e-9  # of the best hypothesis: such a cell cannot move a p in the sixth digit
EARLIEST_S = -900.0  # no change explains failures that precede it by a quarter of an hour


@dataclass(frozen=True, slots=True)
class Onset:
    """Likelihoods relative to `base`: of an onset in each cell between `edges` (ns), and of a constant rate."""

    edges: tuple[int, ...]
    cells: tuple[float, ...]
    constant: float
    base: float

    @property
    def unknown(self) -> float:
        """Mean over the window: an onset at any time, unrelated to a recorded change."""
        width = self.edges[-1] - self.edges[0]
        pairs = zip(self.cells, self.edges, self.edges[1:], strict=False)
        return sum(cell * (right - left) for cell, left, right in pairs) / max(width, 1)

    def mass(self, cdf: Callable[[float], float], at: int) -> float:
        """Likelihood when the onset follows a change at `at` with this delay; outside the window: constant."""
        total = sum(
            cell * (cdf((right - at) / SECOND) - cdf((left - at) / SECOND))
            for cell, left, right in zip(self.cells, self.edges, self.edges[1:], strict=False)
            if cell > NEGLIGIBLE and (right - at) / SECOND > EARLIEST_S
        )
        inside = cdf((self.edges[-1] - at) / SECOND) - cdf((self.edges[0] - at) / SECOND)
        return total + self.constant * (1.0 - inside)

    def peak(self) -> tuple[int, int]:
        """The cell with the highest likelihood."""
        i = max(range(len(self.cells)), key=lambda k: (self.cells[k], -k))
        return self.edges[i], self.edges[i + 1]


def _log_rate(scales: Sequence[float], total: int) -> tuple[tuple[float, float], ...]:
    """For each scale k: (b/k, a ln(b/k) - lnG(a)) with b = a / N."""
    b = SHAPE / max(total, 1)
    return tuple((b / k, SHAPE * math.log(b / k) - math.lgamma(SHAPE)) for k in scales)


def _marginal(n: int, e: float, gamma: float, scales: Sequence[tuple[float, float]]) -> float:
    """Ln of the mean over the scales of m(n, e; k); `gamma` is lnG(a + n)."""
    power = SHAPE + n
    values = [head - power * math.log(b + e) for b, head in scales]
    top = max(values)
    return gamma + top + math.log(sum([math.exp(value - top) for value in values]) / len(values))


def breakpoints(times: Sequence[int], changes: Sequence[int], start: int, end: int) -> tuple[int, ...]:
    """Edges of the cells: the events, an even grid, and steps around each change; inside [start, end]."""
    step = max((end - start) // GRID, 1)
    edges = {start, end, *times, *range(start, end, step)}
    edges.update(at + offset * SECOND for at in changes for offset in OFFSETS_S)
    return tuple(sorted(edge for edge in edges if start <= edge <= end))


def endings(times: Sequence[int], changes: Sequence[int], end: int) -> list[tuple[int, float]]:
    """(end of the episode, weight): the window's end, after the last event, after the widest gaps, at later changes."""
    others = {min(times[-1] + 30 * SECOND, end)}
    gaps = sorted(range(1, len(times)), key=lambda i: (times[i - 1] - times[i], i))[:GAPS]
    others |= {times[i - 1] + 1 for i in gaps}
    others |= {at for at in changes if times[0] < at < times[-1]}
    others.discard(end)
    ranked = sorted(others)
    if not ranked:
        return [(end, 1.0)]
    return [(end, ENDURES), *((other, (1 - ENDURES) / len(ranked)) for other in ranked)]


def onset(
    times: Sequence[int],
    share: Callable[[int], float],
    edges: tuple[int, ...],
    ends: Sequence[tuple[int, float]],
) -> Onset:
    """Likelihood of an increase in each cell (section 1.3 of the notes); `share` is the exposure up to a time, 0 to 1."""
    total = len(times)
    gammas = [math.lgamma(SHAPE + n) for n in range(total + 1)]
    pre, post = _log_rate(PRE_SCALES, total), _log_rate(POST_SCALES, total)
    constant = _marginal(total, 1.0, gammas[total], _log_rate((1.0,), total))
    middles = [(left + right) // 2 for left, right in pairwise(edges)]
    seen = [bisect_right(times, middle) for middle in middles]
    spent = [share(middle) for middle in middles]
    terms: list[list[float]] = [[] for _ in middles]
    for end, weight in ends:
        n_end, e_end, log_weight = bisect_right(times, end), share(end), math.log(weight)
        for i, (n, e) in enumerate(zip(seen, spent, strict=True)):
            n2, e2 = n_end - n, e_end - e
            if n2 <= 0 or e2 <= 0.0:
                break  # cells are in time order: nothing is left before this end
            n0, e0 = total - n2, 1.0 - e2
            if n2 * e0 <= n0 * e2:
                continue
            before = math.log(0.5) + _marginal(n0, e0, gammas[n0], pre)
            if n0 == 0:
                before = math.log(0.5 + math.exp(before))
            terms[i].append(log_weight + before + _marginal(n2, e2, gammas[n2], post))
    logs = [_log_sum(values) for values in terms]
    base = max(constant, *logs) if logs else constant
    return Onset(
        edges=edges,
        cells=tuple(math.exp(value - base) for value in logs),
        constant=math.exp(constant - base),
        base=base,
    )


def _log_sum(values: Sequence[float]) -> float:
    if not values:
        return -math.inf
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))
