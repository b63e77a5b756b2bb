"""Events: the earliest single occurrences of each shape, service and revision, kept whole."""

import polars as pl

from rca.model.frames import EVENTS, EVENTS_KEPT
from rca.signatures import mask, shapes

KEY = ["shape", "service", "revision"]
ORDER = ["at", "source", "line"]
_NULLS_LAST = [False, False, False, True, True, True]  # names as everywhere, unknown times after known ones
OWN = ["message", "insert_id", "trace", "url"]
"""Texts of single entries. A row that was picked from a large frame would keep all of its texts alive."""


def earliest(events: pl.DataFrame) -> pl.DataFrame:
    """The first EVENTS_KEPT of each shape, service and revision, in a fixed order of rows, with texts of their own."""
    short = [*KEY, *ORDER]
    keys = events.select(*(shapes.ranked(events[name])[0].alias(name) for name in KEY), *ORDER).with_row_index("row")
    ordered = keys.sort(short, nulls_last=_NULLS_LAST)
    if _repeats(ordered, short):  # lines of two readings: only then all columns decide
        longer = [*short, *(name for name in EVENTS.names() if name not in short)]
        ordered = events.with_row_index("row").sort(longer, nulls_last=[*_NULLS_LAST, *(True for _ in longer[6:])])
    rows = ordered.filter(pl.int_range(pl.len()).over(KEY) < EVENTS_KEPT)["row"]
    return events[rows].with_columns(pl.col(OWN) + "")


def full(events: pl.DataFrame) -> pl.DataFrame:
    """Groups that have all the events they may keep, and the time of their last (`last`, ns)."""
    counted = events.group_by(KEY).agg(pl.len().alias("count"), pl.col("at").max().alias("last"))
    return counted.filter((pl.col("count") >= EVENTS_KEPT) & pl.col("last").is_not_null()).drop("count")


def not_later(events: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Without events that are later than the last one of a group that is `full`."""
    told = events.select(*KEY, "at").join(groups, on=KEY, how="left", nulls_equal=True, maintain_order="left")
    late = told.select((pl.col("at") > pl.col("last")).fill_null(value=False))["at"]
    return shapes.compact(events.filter(~late)) if late.any() else events


def first_rows(rows: pl.DataFrame) -> pl.Series | None:
    """Numbers (`row`) of the EVENTS_KEPT earliest of each (`shape`, `owner`), in order; None when a tie must be broken.

    Takes numbers in place of names, which sort as the names do, so that nothing else has to be put in order later.
    """
    short = ["shape", "owner", *ORDER]
    ordered = rows.sort(short, nulls_last=True)
    if _repeats(ordered, short):
        return None
    return ordered.filter(pl.int_range(pl.len()).over("shape", "owner") < EVENTS_KEPT)["row"]


def _repeats(ordered: pl.DataFrame, key: list[str]) -> bool:
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in key)
    return bool(ordered.height and ordered.select(same.any()).item())


def shorten(text: pl.Expr, head: int, tail: int) -> pl.Expr:
    """Both ends of a text that is longer than head + tail characters."""
    cut = pl.concat_str(text.str.head(head), pl.lit("\n" + mask.CUT + "\n"), text.str.tail(tail))
    return pl.when(text.str.len_bytes() > head + tail + 10).then(cut).otherwise(text)
