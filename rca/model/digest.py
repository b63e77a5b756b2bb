"""Digest: the mergeable summary of any amount of logs; the only form in which logs enter the analysis."""

from dataclasses import dataclass, field

import polars as pl

from rca.model.frames import CELLS, EVENTS, ROUTES, SHAPES, TRAFFIC

DIGEST_VERSION = "rca.digest/1"


def _empty(schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True, slots=True)
class Digest:
    """Five frames (schemas in `model.frames`), each a sum or a minimum over its rows.

    Merging is therefore associative, commutative and independent of how the input was cut.
    """

    shapes: pl.DataFrame = field(default_factory=lambda: _empty(SHAPES))
    cells: pl.DataFrame = field(default_factory=lambda: _empty(CELLS))
    events: pl.DataFrame = field(default_factory=lambda: _empty(EVENTS))
    traffic: pl.DataFrame = field(default_factory=lambda: _empty(TRAFFIC))
    routes: pl.DataFrame = field(default_factory=lambda: _empty(ROUTES))
