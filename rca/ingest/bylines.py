"""Every line of the input with the occurrence it belongs to, for `rca signatures`."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from rca.ingest import stitch
from rca.ingest.batch import Batch, registered
from rca.ingest.order import ordered
from rca.ingest.tally import Tally
from rca.model.origins import Registry, widened

INDEX = pl.Schema({"line": pl.UInt32, "insert_id": pl.String, "occurrence": pl.UInt32})


@dataclass(frozen=True, slots=True)
class Lined:
    """One input: `occurrences` (ENTRIES, tracebacks joined) and `index` (INDEX), one row per line or entry in input order.

    `occurrence` is the row in `occurrences`; null for a blank line and for one that could not be read.
    """

    path: str
    occurrences: pl.DataFrame
    index: pl.DataFrame


def lined(path: str, pieces: Iterable[Batch | Tally]) -> Lined:
    """Put one source together; duplicates keep a line each, as every line of the input must come out."""
    frames: list[pl.DataFrame] = []
    registry = Registry()
    tally: Tally | None = None
    for piece in pieces:
        tally = piece if isinstance(piece, Tally) else piece.tally
        frames += [registered(piece, registry)] if isinstance(piece, Batch) else []
    if tally is None or not frames:
        extent = tally.extent if tally else 0
        return Lined(path, pl.DataFrame(), _whole(pl.DataFrame(schema=INDEX), extent))
    frame = ordered(pl.concat(frames, rechunk=True), {tally.index: tally})
    found = stitch.find(frame, registry.frame)
    occurrences = stitch.apply(frame.with_row_index("row"), found)
    place = occurrences.select("row").with_row_index("occurrence")
    index = (
        frame.select("line", "insert_id", "lines")
        .with_row_index("row")
        .join(found.members, on="row", how="left")
        .with_columns(pl.coalesce("leader", "row").alias("leader"))
        .join(place, left_on="leader", right_on="row", how="left")
        .with_columns(pl.int_ranges("line", pl.col("line") + pl.col("lines"), dtype=pl.UInt32).alias("line"))
        .explode("line")
        .sort("line", "occurrence")
        .select("line", "insert_id", "occurrence")
    )
    whole = widened(occurrences, registry.frame)
    return Lined(path, whole, _whole(index, tally.extent) if tally.kind == "lines" else index)


def _whole(index: pl.DataFrame, extent: int) -> pl.DataFrame:
    """With the lines that hold no record."""
    every = pl.DataFrame({"line": pl.Series(range(1, extent + 1), dtype=pl.UInt32)})
    return every.join(index.cast(INDEX), on="line", how="left", maintain_order="left")
