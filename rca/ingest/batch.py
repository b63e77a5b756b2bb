"""Batches: what the log readers hand to the window, before tracebacks are joined."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import polars as pl

from rca.ingest.tally import Tally
from rca.model.origins import Registry, narrowed, widened
from rca.model.piece import Piece


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one source in input order (ROWS and ORIGINS schemas), and the audit entries among them as records."""

    tally: Tally
    rows: pl.DataFrame
    origins: pl.DataFrame
    audits: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, tally: Tally, frame: pl.DataFrame, audits: tuple[dict[str, Any], ...] = ()) -> Self:
        """The batch of a frame in the ENTRIES schema."""
        return cls(tally, *narrowed(frame), audits)

    @property
    def frame(self) -> pl.DataFrame:
        """The entries in the ENTRIES schema."""
        return widened(self.rows, self.origins)


def registered(batch: Batch, registry: Registry) -> pl.DataFrame:
    """The rows of a batch, their origins numbered as the registry numbers them."""
    numbers = registry.number(batch.origins)
    return batch.rows.with_columns(numbers.gather(batch.rows["origin"]).alias("origin"))


Read = Iterator[Batch | Tally | Piece]
"""What a reader yields; its Tally (log readers) or Source (all others) comes last."""
