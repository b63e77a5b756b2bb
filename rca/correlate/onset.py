"""Where the rate of an issue rose: the likelihood of an onset in each cell of the window (Gamma-Poisson, exact)."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rca.correlate.exposure import SECOND

SHAPE = 0.5  # of the Gamma prior on a rate (Jeffreys)
HALF = math.log(0.5)
ENDURES = 0.6  # weight of "it still goes on"; the rest is shared by episodes that end
GRID = 60
OFFSETS_S = (-120, -30, 0, 15, 45, 90, 180, 420, 900, 2400, 7200)
GAPS = 4
COARSE = 40
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
        return math.fsum(cell * (right - left) for cell, left, right in pairs) / max(width, 1)

    def mass(self, cdf: Callable[[float], float], at: int) -> float:
        """Likelihood when the onset follows a change at `at` with this delay; outside the window: constant."""
        total, known = 0.0, math.nan  # known: the distribution at the left edge, when the cell before needed it too
        for cell, left, right in zip(self.cells, self.edges, self.edges[1:], strict=False):
            if cell <= NEGLIGIBLE or (right - at) / SECOND <= EARLIEST_S:
                known = math.nan
                continue
            low = cdf((left - at) / SECOND) if math.isnan(known) else known
            known = cdf((right - at) / SECOND)
            total += cell * (known - low)
        inside = cdf((self.edges[-1] - at) / SECOND) - cdf((self.edges[0] - at) / SECOND)
        return total + self.constant * (1.0 - inside)

    def coarser(self) -> "Onset":
        """The same with a few wide cells, each the mean of those it holds: for changes that are near no event."""
        step = -(-len(self.cells) // COARSE)
        edges = (*self.edges[:-1:step], self.edges[-1])
        cells = []
        for i in range(0, len(self.cells), step):
            bounds = self.edges[i : i + step + 1]
            area = math.fsum(
                cell * (b - a) for cell, a, b in zip(self.cells[i : i + step], bounds, bounds[1:], strict=False)
            )
            cells.append(area / max(bounds[-1] - bounds[0], 1))
        return Onset(edges, tuple(cells), self.constant, self.base)

    def peak(self) -> tuple[int, int]:
        """The cell with the highest likelihood."""
        i = max(range(len(self.cells)), key=lambda k: (self.cells[k], -k))
        return self.edges[i], self.edges[i + 1]


Marginal = Callable[[int, float, float], float]
"""Natural log of the mean over some scales of m(n, e; k); arguments n, e and lnG(a + n)."""


def _marginals(total: int) -> tuple[Marginal, Marginal]:
    """Before (scales 1, .1) and after (scales 1, 10, 100, 1000) an onset, b = a / N.

    m(n, e; k) = lnG(a+n) - lnG(a) + a ln(b/k) - (a+n) ln(b/k+e). Written out for each scale: this is the innermost
    loop, and a comprehension over the scales took twice the time.
    """
    log, exp, b = math.log, math.exp, SHAPE / max(total, 1)
    b1, b2, b3, b4, b0 = b, b / 10, b / 100, b / 1000, b * 10
    h1, h2, h3, h4, h0 = (SHAPE * log(each) - math.lgamma(SHAPE) for each in (b1, b2, b3, b4, b0))

    def pre(n: int, e: float, gamma: float) -> float:
        power = SHAPE + n
        v1, v0 = h1 - power * log(b1 + e), h0 - power * log(b0 + e)
        top = max(v1, v0)
        return gamma + top + log((exp(v1 - top) + exp(v0 - top)) / 2)

    def post(n: int, e: float, gamma: float) -> float:
        power = SHAPE + n
        v1, v2 = h1 - power * log(b1 + e), h2 - power * log(b2 + e)
        v3, v4 = h3 - power * log(b3 + e), h4 - power * log(b4 + e)
        top = max(v1, v2, v3, v4)
        return gamma + top + log((exp(v1 - top) + exp(v2 - top) + exp(v3 - top) + exp(v4 - top)) / 4)

    return pre, post


def _constant(total: int) -> float:
    """Natural log of m(N, 1; 1): one rate over the whole window."""
    b = SHAPE / max(total, 1)
    head = SHAPE * math.log(b) - math.lgamma(SHAPE)
    return math.lgamma(SHAPE + total) + head - (SHAPE + total) * math.log(b + 1.0)


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
    pre, post = _marginals(total)
    constant = _constant(total)
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
            before = HALF + pre(n0, e0, gammas[n0])
            if n0 == 0:
                before = math.log(0.5 + math.exp(before))
            terms[i].append(log_weight + before + post(n2, e2, gammas[n2]))
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
    return top + math.log(math.fsum(math.exp(value - top) for value in values))
