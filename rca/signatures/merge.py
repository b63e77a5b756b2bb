"""Merge: many digests become one; associative, commutative, independent of how the input was cut."""

from collections.abc import Sequence

import polars as pl

from rca.model.digest import Digest
from rca.model.frames import CELLS, ROUTES, SHAPES, TRAFFIC
from rca.signatures import shapes
from rca.signatures.events import earliest
from rca.signatures.exposure import ROUTES_KEY, TRAFFIC_KEY

CELL = ["shape", "service", "revision", "minute"]
_SPAN = (pl.col("first_at").min(), pl.col("last_at").max())


def merge(digests: Sequence[Digest]) -> Digest:
    """The digest of the union of what the given digests were made of."""
    if not digests:
        return Digest()
    if len(digests) == 1:
        return digests[0]
    return Digest(
        shapes=_shapes(pl.concat([one.shapes for one in digests])),
        cells=_sum(pl.concat([one.cells for one in digests]), CELL, [pl.col("count").sum(), *_SPAN], CELLS),
        events=earliest(pl.concat([one.events for one in digests])),
        traffic=_sum(
            pl.concat([one.traffic for one in digests]),
            TRAFFIC_KEY,
            [pl.col("entries", "requests", "failed").sum(), *_SPAN],
            TRAFFIC,
        ),
        routes=_sum(
            pl.concat([one.routes for one in digests]),
            ROUTES_KEY,
            [pl.col("count").sum(), pl.col("sample").min()],
            ROUTES,
        ),
    )


def _sum(rows: pl.DataFrame, key: list[str], sums: list[pl.Expr], schema: pl.Schema) -> pl.DataFrame:
    """Rows of equal `key` as one, sorted by it."""
    texts = [name for name in key if schema[name] == pl.String]
    ranks = {name: shapes.ranked(rows[name]) for name in texts}
    numbers = rows.with_columns(ranks[name][0].alias(name) for name in texts)
    made = numbers.group_by(key).agg(sums).sort(key)
    named = made.with_columns(ranks[name][1].gather(made[name]).alias(name) for name in texts)
    return named.select(schema.names()).cast(schema)


def _shapes(rows: pl.DataFrame) -> pl.DataFrame:
    earliest_sample = pl.col("sample").filter(pl.col("first_at").eq_missing(pl.col("first_at").min())).min()
    return _sum(
        rows,
        ["shape"],
        [
            pl.col("text", "notable").first(),
            earliest_sample.alias("sample"),
            pl.col("family").min(),
            pl.col("severity").max(),
            pl.col("count", "lines").sum(),
            *_SPAN,
        ],
        SHAPES,
    )
