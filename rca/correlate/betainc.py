"""The regularised incomplete beta function, its inverse, and the interval of a ratio of two rates that follows from them."""

import math
from functools import lru_cache

from rca.model import Ratio

_TINY = 1e-300
_TURNS = 300  # the continued fraction of Lentz converges in O(sqrt(max(a, b))) turns; 300 serves counts of 10^5
_CLOSE = 3e-16


def _fraction(a: float, b: float, x: float) -> float:
    """Continued fraction of I_x(a, b), modified Lentz (Numerical Recipes 6.4; DLMF 8.17.22)."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _TURNS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + term / c
            c = c if abs(c) > _TINY else _TINY
            value *= c * d
        if abs(c * d - 1.0) < _CLOSE:
            break
    return value


def betainc(a: float, b: float, x: float) -> float:
    """I_x(a, b) for a, b > 0 and 0 <= x <= 1: the distribution function of Beta(a, b)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x),
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return min(1.0, front * _fraction(a, b, x) / a)
    return max(0.0, 1.0 - front * _fraction(b, a, 1.0 - x) / b)


def quantile(a: float, b: float, p: float) -> float:
    """X with I_x(a, b) = p: Newton steps, kept inside a bracket that every step narrows; about eight evaluations."""
    low, high = 0.0, 1.0
    x = a / (a + b)
    norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(100):
        error = betainc(a, b, x) - p
        low, high = (x, high) if error < 0 else (low, x)
        slope = math.exp(norm + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x)) if 0 < x < 1 else 0.0
        step = x - error / slope if slope > 0 else -1.0
        best = step if low < step < high else (low + high) / 2
        if abs(best - x) <= 1e-15 + 1e-13 * x:
            break
        x = best
    return x


@lru_cache(maxsize=4096)
def clopper_pearson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact two-sided interval of a binomial share (Clopper and Pearson 1934), 0 <= k <= n, n > 0."""
    tail = (1.0 - confidence) / 2
    if k == 0:
        return 0.0, 1.0 - tail ** (1.0 / n)
    if k == n:
        return tail ** (1.0 / n), 1.0
    return quantile(k, n - k + 1, tail), quantile(k + 1, n - k, 1.0 - tail)


_MANY = 20_000  # above it the exact interval moves in the third digit only; the share is kept, the counts are scaled


def rate_ratio(before: int, exposure_before: float, after: int, exposure_after: float) -> Ratio:
    """Rate after over rate before with a 95 % interval: given n = before + after, `after` is binomial.

    Estimate and upper limit are None where they are infinite (nothing before); all are None without exposure on a
    side, or without a single failure.
    """
    total = before + after
    if exposure_before <= 0 or exposure_after <= 0 or total == 0:
        return Ratio(estimate=None, low=None, high=None)
    scale = exposure_before / exposure_after
    if total > _MANY:
        after, total = round(after * _MANY / total), _MANY
        before = min(before, total - after) if before == 0 else total - after
    low, high = clopper_pearson(after, total)
    return Ratio(
        estimate=after / before * scale if before else None,
        low=low / (1.0 - low) * scale,
        high=high / (1.0 - high) * scale if high < 1.0 else None,
    )
