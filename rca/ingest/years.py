"""Time stamps without a year (syslog, klog): the year told by the file's own dates, else the one nearest to the other inputs."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

import polars as pl

from rca.ingest.stamps import Stamp
from rca.when import DAY_NS, SECOND_NS, rfc3339

FORMS = {"syslog": "%Y %b %e %H:%M:%S", "klog": "%Y %m%d %H:%M:%S%.f"}
"""Names of stamps → how to read them once a year stands before them. A clock alone has no day either: it stays unknown."""

_DATE = re.compile(r"\b((?:19|20)\d\d)[-/](\d\d)[-/](\d\d)(?!\d)")
_SEARCHED = 2_000  # characters of a line


def told(lines: Sequence[str], stamp: Stamp) -> int | None:
    """An instant (ns) of the file's year: from full dates in lines whose own stamp is of that day, or the day beside it.

    A date of another day may be anything: a certificate's end, a birthday.
    """
    found: Counter[int] = Counter()
    at: dict[int, int] = {}
    for line in lines:
        borne = re.match(stamp.pattern, line[:400])
        if borne is None:
            continue
        for year, month, day in _DATE.findall(line[:_SEARCHED]):
            own = _instants(pl.Series([borne[1]]), stamp, int(year)).item()
            other = _midnight(int(year), int(month), int(day))
            if own is not None and other is not None and -DAY_NS <= own - other < 2 * DAY_NS:
                found[int(year)] += 1
                at.setdefault(int(year), own)
    return at[max(found, key=lambda year: (found[year], year))] if found else None


def nearest(texts: pl.Series, stamp: Stamp, near: int) -> pl.Series:
    """Int64 ns of a column of stamps, each in the year that puts it nearest to `near`: the turn of a year needs no care."""
    year = datetime.fromtimestamp(near // SECOND_NS, tz=UTC).year
    tries = pl.DataFrame([_instants(texts, stamp, each).alias(str(each)) for each in (year, year - 1, year + 1)])
    far = [(pl.col(name) - near).abs() for name in tries.columns]
    least = pl.min_horizontal(far)
    return tries.select(
        pl.coalesce(pl.when(one == least).then(pl.col(name)) for one, name in zip(far, tries.columns, strict=True))
    ).to_series()


def said(near: int | None, *, own: bool) -> str:
    """The note that a source without years carries."""
    if near is None:
        return "the time stamps have no year, and nothing in the inputs tells it: these lines have no time"
    year = rfc3339(near)[:4]
    if own:
        return f"the time stamps have no year: {year} is that of full dates in the same lines"
    return f"the time stamps have no year: read as nearest to {rfc3339(near)[:10]}, the last day of the other inputs"


def _instants(texts: pl.Series, stamp: Stamp, year: int) -> pl.Series:
    spaced = (f"{year} " + texts).str.replace_all("  ", " ", literal=True)
    return spaced.str.to_datetime(FORMS[stamp.name].replace("%e", "%d"), time_unit="ns", strict=False).cast(pl.Int64)


def _midnight(year: int, month: int, day: int) -> int | None:
    try:
        return (date(year, month, day) - date(1970, 1, 1)).days * DAY_NS
    except ValueError:
        return None
