"""Time order of entries, with ties broken so that the lines of one write keep theirs."""

from collections.abc import Mapping

import polars as pl

from rca.ingest.tally import Tally


def ordered(frame: pl.DataFrame, tallies: Mapping[int, Tally]) -> pl.DataFrame:
    """`frame` by (time, source, place); unknown times last.

    A newest-first export counts its places backwards. Where time runs neither way through a file its places say nothing,
    and the insert id decides: the trailing number of one (Cloud Build), else the id as text.
    """
    if _in_order(frame):
        return frame
    backward = [index for index, tally in tallies.items() if tally.newest_first]
    shuffled = [index for index, tally in tallies.items() if tally.shuffled]
    place = pl.col("line").cast(pl.Int64)
    turned = pl.when(pl.col("source").is_in(backward)).then(-place).otherwise(place) if backward else place
    if not shuffled:
        return frame.sort("at", "source", turned, nulls_last=True)
    lost = pl.col("source").is_in(shuffled)
    number = pl.when(lost).then(pl.col("insert_id").str.extract(r"-(\d{1,9})$").cast(pl.Int64)).fill_null(0)
    text = pl.when(lost).then("insert_id").fill_null("")
    return frame.sort("at", "source", number, text, turned, nulls_last=True)


def _in_order(frame: pl.DataFrame) -> bool:
    """One source whose times go forwards; a shuffled one does not."""
    source = frame["source"]
    one = source.min() == source.max()
    return bool(one and frame["at"].is_sorted(nulls_last=True) and frame["line"].is_sorted())
