"""Times: the grammar a user may write, instants in integer nanoseconds UTC, and how they are printed."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from rca.errors import UsageError

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
_EPOCH = date(1970, 1, 1).toordinal()

_EXAMPLES = "write deploy, deploy[-2], 2026-03-04T05:06:07Z, 2026-03-04, @1772600767, 2h, 1d12h, '2 hours ago', yesterday, today or now"

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt_ ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,30}))?)?"
    r" ?(Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?: UTC)?)?"
)
"""RFC 3339 and what is commonly written for it: blank for T, comma decimals, +0530, no zone (then UTC), Go's "+0000 UTC"."""

_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hr": 3600, "hrs": 3600, "hour": 3600, "hours": 3600,
    "d": 86_400, "day": 86_400, "days": 86_400,
    "w": 604_800, "week": 604_800, "weeks": 604_800,
}  # fmt: skip
_SPAN = re.compile(r"-?(?:\d{1,9}[smhdw])+")
_SPAN_PART = re.compile(r"(\d{1,9})([smhdw])")
_AGO = re.compile(r"(\d{1,9}|an?|one) ([a-z]+) ago")
_EPOCH_TEXT = re.compile(r"@(\d{1,19})(?:\.(\d{1,9}))?")
_DEPLOY = re.compile(r"deploy(?:\[(-?\d{1,4})\])?")
_SLASHED = re.compile(r"\d{1,4}[/.]\d{1,2}[/.]\d{1,4}")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
_NUMBER = re.compile(r"\d+")

_MAGNITUDES = ((10**11, SECOND_NS), (10**14, 10**6), (10**17, 10**3))
"""Epoch numbers below 1e11 are seconds (year 5138), below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time, ns since the epoch. `note` says what was corrected (a leap second); `date_only`: no time of day."""

    ns: int
    note: str = ""
    date_only: bool = False


@dataclass(frozen=True, slots=True)
class DeployAnchor:
    """A deploy among those known: n is None for the one that best precedes the failures, -1 the latest, -2 the one before."""

    n: int | None = None


def parse(text: str, *, now_ns: int | None) -> Instant | DeployAnchor:
    """Read one time as a user writes it. Relative forms count back from `now_ns`.

    Raises UsageError for what is not a time, what could be two times, and relative forms when there is no `now_ns`.
    """
    given = text.strip()
    low = " ".join(given.lower().split())
    if found := _DEPLOY.fullmatch(low):
        return _anchor(found[1], given)
    if found := _EPOCH_TEXT.fullmatch(low):
        return Instant(_sane(_epoch_text(found[1], found[2] or ""), given))
    if (exact := to_ns(given)) is not None:
        leap = "leap second read as the last nanosecond before it" if re.search(r":\d\d:60", given) else ""
        return Instant(exact, note=leap, date_only=date_only(given))
    back = _back(low)
    if back is not None or low in {"yesterday", "today"}:
        if now_ns is None:
            raise UsageError(f"{given!r} counts from now, and there is no now", hint="give --now or an absolute time")
        if back is not None:
            return Instant(_sane(now_ns - back * SECOND_NS, given))
        midnight = now_ns - now_ns % DAY_NS
        return Instant(midnight - (DAY_NS if low == "yesterday" else 0), date_only=True)
    raise UsageError(_refusal(given), hint=_EXAMPLES)


def _sane(ns: int, given: str) -> int:
    if _kept(ns) is None:
        raise UsageError(f"{given!r} is outside the years 1677 to 2262", hint=_EXAMPLES)
    return ns


def seconds(text: str) -> int:
    """A span as a user writes it, in seconds: "60s", "90m", "1h30m". Raises UsageError for anything else, and for 0."""
    low = text.strip().lower()
    found = _back(low) if _SPAN.fullmatch(low) and not low.startswith("-") else None
    if not found:
        raise UsageError(f"{text.strip()!r} is not a span of time", hint="write 60s, 90m or 1h30m")
    return found


def _anchor(number: str | None, given: str) -> DeployAnchor:
    if number is None:
        return DeployAnchor()
    if int(number) >= 0:
        raise UsageError(
            f"{given!r}: deploys are counted from the latest, backwards",
            hint="deploy[-1] is the latest, deploy[-2] the one before",
        )
    return DeployAnchor(int(number))


def _back(low: str) -> int | None:
    """Seconds before now, or None when the text is not of a relative form."""
    if low == "now":
        return 0
    if _SPAN.fullmatch(low):
        return sum(int(count) * _UNITS[unit] for count, unit in _SPAN_PART.findall(low))
    if (found := _AGO.fullmatch(low)) and found[2] in _UNITS:
        return (int(found[1]) if found[1].isdigit() else 1) * _UNITS[found[2]]
    return None


def _refusal(given: str) -> str:
    if _SLASHED.match(given):
        return f"{given!r} can be read as two dates (day first or month first)"
    if _CLOCK.fullmatch(given):
        return f"{given!r} has no date"
    if _NUMBER.fullmatch(given):
        return f"{given!r} is a bare number: seconds since the epoch are written @{given}, a span needs a unit"
    return f"{given!r} is not a time"


def date_only(text: str) -> bool:
    """True for "2026-03-04": a day, not a time of day."""
    return len(text.strip()) == len("2026-03-04")


def to_ns(text: str) -> int | None:
    """Nanoseconds since the epoch (UTC) of an RFC 3339-like text, or None.

    No zone means UTC; a date means its midnight; 24:00 the next midnight; second 60 the last nanosecond before it;
    digits beyond the ninth are cut. Year 0, 30 February and the like are None. Never raises.
    """
    found = _STAMP.fullmatch(text.strip()) if len(text) <= 80 else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    midnight = _midnight_s(f"{year}-{month}-{day}")
    if midnight is None:
        return None
    if hour is None:
        return _kept(midnight * SECOND_NS)
    h, m, s = int(hour), int(minute), int(second or 0)
    nanos = int(((fraction or "") + "000000000")[:9])
    if h > 24 or m > 59 or s > 60 or (h == 24 and (m or s or nanos)):
        return None
    offset = _offset_s(zone)
    if offset is None:
        return None
    if s == 60:
        s, nanos = 59, SECOND_NS - 1
    return _kept((midnight + h * 3600 + m * 60 + s - offset) * SECOND_NS + nanos)


def _kept(ns: int) -> int | None:
    """None outside the years 1677 to 2262, which 64-bit nanoseconds (and the frames) cannot hold."""
    return ns if -(2**63) < ns < 2**63 else None


@lru_cache(maxsize=512)
def _midnight_s(day: str) -> int | None:
    """Seconds of a day's midnight; cached because a log file repeats a handful of days."""
    try:
        return (date.fromisoformat(day).toordinal() - _EPOCH) * 86_400
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _offset_s(zone: str | None) -> int | None:
    if zone is None or zone in {"Z", "z", "UTC", "GMT"}:
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 3600 + minutes * 60)


def _epoch_text(whole: str, fraction: str) -> int:
    value = int(whole)
    scale = next((scale for limit, scale in _MAGNITUDES if value < limit), 1)
    return value * scale + (int((fraction + "000000000")[:9]) if scale == SECOND_NS else 0)


def from_epoch(value: float) -> int | None:
    """Nanoseconds of an epoch number in s, ms, µs or ns, told apart by magnitude; None when it is no year of our calendar."""
    if value != value or abs(value) >= 2**63:  # noqa: PLR0124 - NaN is the one number that differs from itself
        return None
    scale = next((scale for limit, scale in _MAGNITUDES if abs(value) < limit), 1)
    return (
        round(value * scale)
        if isinstance(value, int) or scale == 1
        else int(value) * scale + round((value % 1) * scale)
    )


def rfc3339(ns: int) -> str:
    """UTC text, "2026-03-04T05:06:07Z"; microseconds or nanoseconds only where they are not zero. Years 1 to 9999."""
    seconds, nanos = divmod(ns, SECOND_NS)
    head = datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    if not nanos:
        return f"{head}Z"
    return f"{head}.{nanos // 1000:06d}Z" if nanos % 1000 == 0 else f"{head}.{nanos:09d}Z"


_STEPS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def span(seconds: float) -> str:
    """A duration for people, at most two units: "240 ms", "2 s", "3 min 4 s", "1 h 5 min", "2 d 3 h"."""
    sign, size = ("-" if seconds < 0 else ""), abs(seconds)
    if size < 0.9995:
        return f"{sign}{round(size * 1000)} ms" if round(size * 1000) else "0 s"
    if size < 9.95:
        return f"{sign}{round(size, 1):g} s"
    whole = round(size)
    at = next(i for i, (step, _) in enumerate(_STEPS) if whole >= step)
    unit = _STEPS[at + 1][0] if at + 1 < len(_STEPS) else 1
    whole = round(whole / unit) * unit  # rounded to the smaller unit shown, so that 59 min 59.6 s is 1 h
    parts = []
    for step, name in _STEPS:
        count, whole = divmod(whole, step)
        if count:
            parts.append(f"{count} {name}")
    return sign + " ".join(parts[:2])
