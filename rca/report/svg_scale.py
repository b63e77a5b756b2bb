"""Time to the width of a drawing: places in percent, so that a drawing fits any page while its text keeps its size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rca.when import SECOND_NS, rfc3339, to_ns

MINUTE = 60 * SECOND_NS
DAY = 1440 * MINUTE
BINS = 120  # at most: three pixels each on a phone
TICKS = 5  # at most: the times of day that fit side by side on a phone
_SECONDS = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
STEPS = (*(n * SECOND_NS for n in _SECONDS), *(days * DAY for days in (1, 2, 7, 14, 30, 90, 365)))
EDGE = 7.0  # percent from an edge within which text must not be centred on its mark


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` in nanoseconds, in bars of `step`."""

    low: int
    high: int

    @classmethod
    def over(cls, times: Iterable[int]) -> "Scale | None":
        """The scale that holds these times and a minute after the last; None without any."""
        known = sorted(times)
        return cls(known[0], known[-1] + MINUTE) if known else None

    @property
    def step(self) -> int:
        """Length of a bar: whole minutes, at most BINS bars."""
        return max(MINUTE, -(-(self.high - self.low) // BINS // MINUTE) * MINUTE)

    def at(self, ns: int) -> float:
        """Place of an instant in percent, two digits: the same bytes on every machine."""
        return round(100 * (min(max(ns, self.low), self.high) - self.low) / max(self.high - self.low, 1), 2)

    def holds(self, ns: int) -> bool:
        """Whether the instant lies on the drawing."""
        return self.low <= ns <= self.high


def bins(minutes: Sequence[tuple[str, int]], scale: Scale) -> dict[int, int]:
    """Start of bar → count, in time order."""
    found: dict[int, int] = {}
    for minute, n in minutes:
        if (ns := to_ns(minute)) is not None:
            start = scale.low + (ns - scale.low) // scale.step * scale.step
            found[start] = found.get(start, 0) + n
    return dict(sorted(found.items()))


def axis(scale: Scale, top: int, bottom: int) -> Markup:
    """A pale rule and a time of day at round times."""
    length = scale.high - scale.low
    step = next((one for one in STEPS if length <= one * TICKS), STEPS[-1])
    first = -(-scale.low // step) * step
    parts = [
        Markup(
            '<line class="grid" stroke="#ddd" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
            '<text class="tick" x="{x}%" y="{y}" text-anchor="{anchor}">{words}</text>'
        ).format(
            x=scale.at(ns),
            top=top,
            bottom=bottom,
            y=bottom + 14,
            anchor=anchor(scale.at(ns)),
            words=_words(ns, step, length),
        )
        for ns in range(first, scale.high + 1, step)
    ]
    return Markup("").join(parts)


def anchor(x: float) -> str:
    """Where a text centred on a mark would be cut by an edge, it begins or ends there."""
    return "start" if x < EDGE else "end" if x > 100 - EDGE else "middle"


def _words(ns: int, step: int, length: int) -> str:
    text = rfc3339(ns)
    if step >= DAY:
        return text[:10] if step >= 30 * DAY else text[5:10]
    clock = text[11:19] if step < MINUTE else text[11:16]
    return f"{text[5:10]} {clock}" if length > DAY else clock
