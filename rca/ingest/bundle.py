"""A git bundle: named here, opened by the composition."""

from collections.abc import Iterator
from pathlib import Path

from rca.model import Source
from rca.model.piece import Bundle, Piece


def read(path: str, local: Path) -> Iterator[Piece]:
    """The Bundle and its Source; the commits are counted by whoever opens it."""
    yield Bundle(local)
    yield Source(path=path, kind="git")
