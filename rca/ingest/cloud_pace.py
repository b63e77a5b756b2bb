"""Waiting: a token bucket below the service's quota, and longer and longer pauses after errors that pass."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

RATE_PER_MIN = 54.0
BURST = 5.0
"""The quota is 60 reads a minute and project, shared by everyone: at most 54 + 5 fall into any one minute."""

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 32.0
ATTEMPTS = 9
"""1 + 2 + 4 … 32 s and more: over two minutes, twice the length of a quota window."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Monotonic seconds and sleep; tests give their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Bucket:
    """A token for each request; refills at `rate` a minute up to `burst`."""

    clock: Clock
    rate: float = RATE_PER_MIN
    burst: float = BURST
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.burst, self.clock.now()

    def wait_s(self) -> float:
        """Take a token; seconds to wait before it may be used."""
        now = self.clock.now()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate / 60.0) - 1.0
        self._at = now
        return max(0.0, -self._tokens * 60.0 / self.rate)


def pause_s(attempt: int, salt: str) -> float:
    """Pause after the n-th failure in a row (from 0). Readers of different queries are spread by up to a quarter.

    The spread comes from the query and not from chance, so that a run can be repeated.
    """
    spread = int(salt[:4] or "0", 16) / 0xFFFF * 0.25
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0**attempt) * (1.0 + spread)
