"""How long after a change its failures begin: a mixture with a little mass before the reported time."""

import math
from collections.abc import Callable
from dataclasses import dataclass

Cdf = Callable[[float], float]
"""Distribution function of the delay; argument in seconds, negative when the failure precedes the reported time."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Mass `early` before the reported time with scale `lead` s, the rest a mixture of exponentials (scale s, share)."""

    early: float
    lead: float
    parts: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]

    def cdf(self, x: float) -> float:
        """P(delay <= x seconds)."""
        if x < 0:
            return self.early * math.exp(x / self.lead)
        (s1, w1), (s2, w2), (s3, w3) = self.parts
        return 1.0 - (1.0 - self.early) * (w1 * math.exp(-x / s1) + w2 * math.exp(-x / s2) + w3 * math.exp(-x / s3))


_USUAL = ((45.0, 0.65), (600.0, 0.20), (7200.0, 0.15))
_SLOW = ((60.0, 0.15), (1800.0, 0.25), (9000.0, 0.60))  # memory, pools, disks and quotas fill up before they fail

LOOSE = Delay(0.12, 30.0, _USUAL)
TIGHT = Delay(0.04, 4.0, _USUAL)  # revision labels bracket the switch within 30 s
SLOW = Delay(0.12, 30.0, _SLOW)
SLOW_TIGHT = Delay(0.04, 4.0, _SLOW)


def delay(*, slow: bool, bracketed: bool) -> Delay:
    """The delay that fits the class of failure and how well the switch is dated (section 1.3 of the notes)."""
    if slow:
        return SLOW_TIGHT if bracketed else SLOW
    return TIGHT if bracketed else LOOSE
