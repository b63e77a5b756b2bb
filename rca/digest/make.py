"""Make: inputs become a parcel, file by file, so that the parts of N tasks merge to what one task would have made."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from rca import ingest, signatures
from rca.digest.file import thawed
from rca.digest.shard import Shard
from rca.errors import InputUnusableError
from rca.ingest.paced import size_of
from rca.ingest.paths import expand
from rca.ingest.storage import listed
from rca.model import Change, Parcel, Source
from rca.model.digest import PLACES, apart
from rca.model.piece import Changes, Occurrences, Summary
from rca.model.progress import Progress
from rca.safe import clean

LOGS = frozenset({"entries", "otlp", "lines", "digest", "changes"})
_REF = re.compile(r"^log:(\d{1,10}):")
NOT_A_LOG = "not a log: give it to analyze beside the digest"


def digest(
    paths: Sequence[str],
    shard: Shard | None = None,
    *,
    stdin: BinaryIO | None = None,
    progress: Progress | None = None,
) -> Parcel:
    """The parcel of the logs in `paths`, or of this shard's files among them.

    Each file is read by itself and keeps its number in the whole list, so evidence refs of different shards differ.
    Test reports, topology and earlier reports are not logs: they are given to `analyze` beside the digest.
    """
    part = shard or Shard()
    given = part.take(list(expand(paths, stdin, listed)))
    if progress is not None:
        progress.expect(size_of(one for _, one in given))
    return merge_parcels(parcel_of(place, one.path, stdin, progress) for place, one in given)


def merge_files(paths: Sequence[Path | str]) -> Parcel:
    """The parcel of many digests: files, folders of them, globs and gs://…, read one after the other."""
    return merge_parcels(_thawed(paths))


def _thawed(paths: Sequence[Path | str]) -> Iterator[Parcel]:
    for one in expand([str(path) for path in paths], None, listed):
        if one.refused:
            raise InputUnusableError(one.refused, where=clean(one.path), hint="name digests, or a folder of them")
        with one.open() as file:
            yield thawed(file.read(), clean(one.path))


def merge_parcels(parcels: Iterable[Parcel]) -> Parcel:
    """The parcel of the union; changes that stood in several are kept once."""
    union = _Union()
    for parcel in parcels:
        union.digests.add(parcel.digest)
        union.take(parcel.changes, parcel.sources)
    return union.parcel


def parcel_of(place: int, path: str, stdin: BinaryIO | None = None, progress: Progress | None = None) -> Parcel:
    """The parcel of one file, which has number `place` in the whole list."""
    union = _Union()
    for piece in ingest.read([path], stdin=stdin, progress=progress):
        match piece:
            case Occurrences(rows, origins):
                union.digests.count(rows.with_columns(pl.lit(place, pl.UInt32).alias("source")), origins)
            case Summary(digest=made):
                events = made.events.with_columns(_inner(pl.col("source")).cast(pl.UInt32))
                union.digests.add(replace(made, events=events))
            case Changes(changes):
                union.take((_here(one, place) for one in changes if one.kind != "commit"), ())
            case Source():
                union.take((), (piece if piece.kind in LOGS else _left_out(piece),))
            case _:
                pass
    return union.parcel


class _Union:
    """What parcels add up to."""

    def __init__(self) -> None:
        self.digests = signatures.Accumulator()
        self._changes: dict[tuple[str, str], Change] = {}
        self._sources: list[Source] = []

    def take(self, changes: Iterable[Change], sources: Iterable[Source]) -> None:
        for one in changes:
            key = (one.id, one.at or "")
            self._changes[key] = min(self._changes.get(key, one), one, key=repr)
        self._sources += sources

    @property
    def parcel(self) -> Parcel:
        changes = tuple(change for _, change in sorted(self._changes.items()))
        sources = tuple(sorted(self._sources, key=lambda one: (one.path, one.read)))
        return Parcel(self.digests.digest, changes, sources)


def _here(change: Change, place: int) -> Change:
    """A file read by itself calls itself number 0; here it has its number in the whole list.

    What comes out of a digest keeps the numbers it has there.
    """

    def renumbered(found: re.Match[str]) -> str:
        inner = apart(int(found[1]))[1]
        return f"log:{place if inner is None else inner}:"

    return change.model_copy(update={"refs": tuple(_REF.sub(renumbered, ref) for ref in change.refs)})


def _inner(source: pl.Expr) -> pl.Expr:
    return source // (PLACES + 1) - 1


def _left_out(source: Source) -> Source:
    """A source whose records are not part of the digest; they are counted as skipped, not lost."""
    counts = {
        "kept": 0,
        "duplicates": 0,
        "skipped": source.read,
        "skipped_reasons": {NOT_A_LOG: source.read} if source.read else {},
    }
    return source.model_copy(update={**counts, "notes": (*source.notes, NOT_A_LOG)})
