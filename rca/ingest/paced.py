"""Paced: how far the reading is, counted where the bytes come in, so that every format and every engine is covered."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rca.ingest.archive import Plain
from rca.ingest.batch import Batch
from rca.ingest.paths import Given
from rca.model.progress import Progress

P = TypeVar("P")


def size_of(given: Iterable[Given]) -> int | None:
    """Bytes that these inputs will give, as they lie on disk; None when one of them cannot tell."""
    total = 0
    for one in given:
        size = _size(one)
        if size is None:
            return None
        total += size
    return total


def _size(one: Given) -> int | None:
    if one.size is not None or one.refused:
        return one.size or 0
    try:
        return one.local.stat().st_size if one.local is not None else None
    except OSError:  # what is wrong with it is said when it is read
        return None


def counted(pieces: Iterator[P], layer: Plain, told: Progress | None) -> Iterator[P]:
    """`pieces` as they are, made of the bytes that came through `layer`."""
    if told is None:
        yield from pieces
        return
    seen = 0
    for piece in pieces:
        told.advance(layer.came - seen, piece.rows.height if isinstance(piece, Batch) else 0)
        seen = layer.came
        yield piece
    told.advance(layer.came - seen, 0)
