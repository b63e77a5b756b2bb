"""Merge: many digests become one; associative, commutative, independent of how the input was cut."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rca.model.digest import Digest
from rca.model.frames import CELLS, ROUTES, SHAPES, TRAFFIC
from rca.signatures import shapes
from rca.signatures.events import earliest, full, not_later
from rca.signatures.exposure import ROUTES_KEY, TRAFFIC_KEY

CELL = ["shape", "service", "revision", "minute"]
_SPAN = (pl.col("first_at").min(), pl.col("last_at").max())


AT_ONCE = 8  # digests merged at the least: a digest is a few MB


class Accumulator:
    """Digests added one by one; few are held at any time, and no row is merged more often than need be.

    The first is what was merged so far. When the later ones together are as large, all become one: so the work is twice
    the size of the result, however many there are.
    """

    def __init__(self) -> None:
        self._held: list[Digest] = []
        self._full: pl.DataFrame | None = None  # groups of events that take no later ones

    def add(self, digest: Digest) -> None:
        """Take a digest in."""
        news = digest.events if self._full is None else not_later(digest.events, self._full)
        self._held.append(replace(digest, events=news))
        first, *later = (_size(one) for one in self._held)
        if len(later) >= AT_ONCE - 1 and sum(later) >= first:
            self._held = [merge(self._held)]
            self._full = full(self._held[0].events)

    @property
    def digest(self) -> Digest:
        """The digest of all of them."""
        self._held = [merge(self._held)]
        return self._held[0]


def _size(digest: Digest) -> int:
    return digest.cells.height + 4 * digest.events.height  # an event has four times as many columns


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
