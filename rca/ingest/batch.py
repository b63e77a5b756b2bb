"""Batches: what the log readers hand to the window, before tracebacks are joined."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from rca.ingest.tally import Tally
from rca.model.piece import Piece


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries of one source in input order (ENTRIES schema), and the audit entries among them as decoded records."""

    tally: Tally
    frame: pl.DataFrame
    audits: tuple[dict[str, Any], ...] = ()


Read = Iterator[Batch | Tally | Piece]
"""What a reader yields; its Tally (log readers) or Source (all others) comes last."""
