"""Pieces: what the readers yield, one after the other; a Source closes each input."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rca.model.case import TestRun
from rca.model.change import Change
from rca.model.digest import Digest
from rca.model.origins import widened
from rca.model.report import Report
from rca.model.source import Source


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Log entries, tracebacks already stitched: `rows` (ROWS schema) and what their `origin` names (ORIGINS schema)."""

    rows: pl.DataFrame
    origins: pl.DataFrame

    @property
    def frame(self) -> pl.DataFrame:
        """The same in the ENTRIES schema."""
        return widened(self.rows, self.origins)


@dataclass(frozen=True, slots=True)
class Cases:
    """One test report."""

    run: TestRun


@dataclass(frozen=True, slots=True)
class Changes:
    """Deploys, config changes, commits … in no particular order."""

    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Topology:
    """Service → services it calls."""

    calls: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A git bundle on disk; the composition hands it to `rca.git`."""

    path: Path


@dataclass(frozen=True, slots=True)
class Summary:
    """A digest made earlier."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier report of ours."""

    report: Report


Piece = Occurrences | Cases | Changes | Topology | Bundle | Summary | Earlier | Source
"""Sources come in the order of their index: the n-th Source yielded closes source n (0-based) and is the last of its pieces."""
