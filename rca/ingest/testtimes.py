"""Times and durations as test reports write them."""

import math
import re
from email.utils import mktime_tz, parsedate_tz

from rca.when import to_ns

LONGEST_S = 30 * 86_400.0
"""A case of over 30 days is a unit mistake (container-structure-test writes nanoseconds): its duration is not known."""

_ZONED = re.compile(r"(?:[Zz]|UTC|GMT|[+-]\d\d:?\d\d)$")
_GAP = re.compile(r"(?<=\d)[Tt]\s+(?=\d)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_CLOCK = re.compile(r"(?:(\d{1,4})[.:])?(\d{1,3}):(\d{1,2}):(\d{1,2}(?:[.,]\d{1,12})?)")
_UNITS = re.compile(r"(\d{1,12}(?:[.,]\d{1,12})?) ?(ns|us|µs|ms|s|sec|secs|seconds?|m|min|h)")
_SCALE = {"n": 1e-9, "u": 1e-6, "µ": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def instant(text: str | None) -> tuple[int | None, bool]:
    """Nanoseconds UTC of a report's timestamp, and whether it names its zone; (None, True) when it is no time."""
    if not text:
        return None, True
    given = _GAP.sub("T", text.strip())
    if given[:1].isalpha() and len(given) < 60:  # mocha's xunit reporter: "Fri, 20 Nov 2026 11:29:36 GMT"
        parsed = parsedate_tz(given)
        if parsed is not None and parsed[0] > 1970:
            return mktime_tz(parsed) * 1_000_000_000, True
    ns = to_ns(given)
    return ns, ns is None or _ZONED.search(given) is not None


def seconds(text: str | None) -> float | None:
    """Seconds of a duration: "1.5", "2,503.1", "0,014", "00:01:02.5", "12 ms"; None for what is none, negative, or absurd."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        found = _written(text.strip())
        if found is None:
            return None
        value = found
    return value if math.isfinite(value) and 0 <= value <= LONGEST_S else None


def _written(text: str) -> float | None:
    if len(text) > 40:
        return None
    if clock := _CLOCK.fullmatch(text):
        days, hours, minutes, rest = clock.groups()
        return int(days or 0) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(rest.replace(",", "."))
    if unit := _UNITS.fullmatch(text):
        return float(unit[1].replace(",", ".")) * _SCALE[unit[2] if unit[2] == "ms" else unit[2][0]]
    # "2,503.1" and "1,234" hold thousands (Jenkins reads them so); "0,014" and "36,7820544" are decimals of .NET cultures.
    plain = text.replace(",", "") if "." in text or _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return None
