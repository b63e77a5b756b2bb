"""Paced: how far the reading is, counted where the bytes come in, so that every format and every engine is covered."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from rca.errors import RcaError
from rca.ingest.archive import Plain
from rca.ingest.batch import Batch
from rca.ingest.paths import Given, expand
from rca.model.progress import Progress

P = TypeVar("P")


def size(paths: Sequence[str]) -> int | None:
    """Bytes that `paths` will give, as they lie on disk; None when one of them cannot tell.

    What is wrong with a path is not said here but when it is read.
    """
    if any(path == "-" or path.startswith("gs://") for path in paths):
        return None
    try:
        return size_of(expand(paths, None, lambda _: iter(())))
    except RcaError:
        return None


def size_of(given: Iterable[Given]) -> int | None:
    """The same of inputs already listed."""
    total = 0
    for one in given:
        if one.local is None:
            return None
        try:
            total += 0 if one.refused else one.local.stat().st_size
        except OSError:
            return None
    return total


def counted(pieces: Iterator[P], layer: Plain, told: Progress | None) -> Iterator[P]:
    """`pieces` as they are, made of the bytes that came through `layer`."""
    if told is None:
        yield from pieces
        return
    seen = 0
    for piece in pieces:
        told.advance(layer.came - seen, piece.frame.height if isinstance(piece, Batch) else 0)
        seen = layer.came
        yield piece
    told.advance(layer.came - seen, 0)
