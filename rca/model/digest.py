"""Digest: the mergeable summary of any amount of logs; the only form in which logs enter the analysis."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import polars as pl

from rca.model.change import Change
from rca.model.frames import CELLS, EVENTS, ROUTES, SHAPES, TRAFFIC
from rca.model.source import Source

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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a digest file holds: the digest, the changes that stood in the same logs, and what was read."""

    digest: Digest = field(default_factory=Digest)
    changes: tuple[Change, ...] = ()
    sources: tuple[Source, ...] = ()


FRAMES: Mapping[str, pl.Schema] = {
    "shapes": SHAPES,
    "cells": CELLS,
    "events": EVENTS,
    "traffic": TRAFFIC,
    "routes": ROUTES,
}

_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "part": pl.String,  # shapes | cells | events | traffic | routes | change | source
    "record": pl.String,  # JSON of the noun, for parts change and source
}
LAYOUT = pl.Schema({**_COLUMNS, **{name: pl.Struct(dict(schema)) for name, schema in FRAMES.items()}})
"""The file is one parquet table: each row belongs to one part and fills that part's struct column alone.

The key `rca.digest` of the file's metadata is DIGEST_VERSION; a reader refuses any other.
"""

METADATA_KEY = "rca.digest"
CHECK_KEY = "rca.digest.check"
"""Metadata that hold the version, and the `checksum` of what stands before the footer."""


PLACES = (1 << 16) - 1
"""Inputs that a source number tells apart; beyond, numbers repeat, and a ref may name the wrong one of them."""


def within(place: Any, source: int) -> Any:
    """The source number of input `place` of a digest that is itself input `source`: no other input has it (PLACES)."""
    return (place % PLACES + 1) * (PLACES + 1) + source


def apart(number: int) -> tuple[int, int | None]:
    """The inverse: the index of the input, and the place in it when it is a digest."""
    above, source = divmod(number, PLACES + 1)
    return source, above - 1 if above else None


def checksum(data: bytes) -> str:
    """Hash of the data pages of a parquet file: everything but its footer, whose length stands before the last four bytes.

    A damaged page can make the parquet reader panic; comparing this with the value under CHECK_KEY first avoids it.
    """
    footer = int.from_bytes(data[-8:-4], "little") + 8
    return hashlib.blake2b(data[: max(0, len(data) - footer)], digest_size=16).hexdigest()


def pack(digest: Digest, changes: tuple[str, ...] = (), sources: tuple[str, ...] = ()) -> pl.DataFrame:
    """The table of the file (LAYOUT); changes and sources as JSON, each kind sorted so that equal content gives equal bytes."""
    tables = [
        pl.DataFrame({name: getattr(digest, name).to_struct(name), "part": [name] * getattr(digest, name).height})
        for name in FRAMES
    ]
    records = [("change", text) for text in sorted(changes)] + [("source", text) for text in sorted(sources)]
    tables.append(pl.DataFrame({"part": [kind for kind, _ in records], "record": [text for _, text in records]}))
    parts = [
        table.select(
            [
                pl.col(name).cast(kind) if name in table.columns else pl.lit(None, kind).alias(name)
                for name, kind in LAYOUT.items()
            ]
        )
        for table in tables
        if table.height
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=LAYOUT)


def unpack(table: pl.DataFrame) -> tuple[Digest, tuple[str, ...], tuple[str, ...]]:
    """The inverse of `pack`: the digest, and the JSON of changes and sources."""
    frames = {
        one.name: table.filter(pl.col("part") == one.name).select(one.name).unnest(one.name).cast(FRAMES[one.name])
        for one in fields(Digest)
    }
    changes, sources = (
        tuple(table.filter(pl.col("part") == kind)["record"].to_list()) for kind in ("change", "source")
    )
    return Digest(**frames), changes, sources
