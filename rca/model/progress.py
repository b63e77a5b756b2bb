"""Progress: what long reading tells of itself while it goes on; the command line decides whether anybody sees it."""

from typing import Protocol


class Progress(Protocol):
    """Told in bytes as they lie on disk, compressed or not, and in records understood."""

    def expect(self, size: int | None) -> None:
        """So many bytes will be read; None when that cannot be known. The first to say so knows the whole, others a part."""

    def advance(self, size: int, records: int) -> None:
        """So many more bytes were read, and so many more records understood."""
