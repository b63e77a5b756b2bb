"""Arriving: what a pipe holds now, in large pieces while more keeps coming, at once when nothing does."""

import os
import select
from typing import BinaryIO

PATIENCE = 0.02  # seconds without a byte after which what is there is passed on


class Arriving:
    """Reads a file descriptor: full pieces of a fast writer, and each line of a slow one as it is written."""

    def __init__(self, source: BinaryIO) -> None:
        self.number = source.fileno()

    def read(self, size: int) -> bytes:
        """At most `size` bytes; empty at the end. Waits for the first byte, and for further ones PATIENCE at most."""
        found = [os.read(self.number, size)]
        left = size - len(found[0])
        while found[-1] and left and select.select([self.number], [], [], PATIENCE)[0]:
            found.append(os.read(self.number, left))
            left -= len(found[-1])
        return b"".join(found)
