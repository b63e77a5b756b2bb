"""What the thinned events cannot tell: that a large share of the requests fails after the onset, and none did before."""

import math

from rca.correlate.exposure import Exposure
from rca.correlate.timeline import Timeline

COUNTED = frozenset({"requests", "tests"})  # units in which a failure is one of the trials
TEMPER = 0.35  # failures of one burst are not independent; thinning alone treats them as one
SELECTED = 1.5  # what choosing the first event as the break gains by chance
MOST = 4.0  # ln; the shares alone never outweigh about 50 : 1


def contrast(line: Timeline, exposure: Exposure) -> float:
    """Ln by which "constant rate" loses: log likelihood ratio of two failure shares, 0 before the first event, to one.

    Bernoulli trials with k failures in m, all of them in the m - m0 trials from the first event on. Zero where the
    exposure is not a number of trials.
    """
    k, m = float(len(line.exact) if line.counts is None else line.counts.total), exposure.amount.total
    if exposure.unit not in COUNTED or not line.times or m <= 0 or k <= 0:
        return 0.0
    m0 = exposure.between(exposure.start, line.times[0] - 1)
    after = max(m - m0, k)
    ratio = _best(k, after) - _best(k, max(m, after))
    return min(MOST, TEMPER * max(0.0, ratio - SELECTED))


def _best(k: float, m: float) -> float:
    """Ln likelihood of k failures in m trials at the share that fits best."""
    rest = m - k
    return k * math.log(k / m) + (rest * math.log(rest / m) if rest > 0 else 0.0)
