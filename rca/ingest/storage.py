"""gs:// addresses: listing and reading through polars' own object store."""

from collections.abc import Iterator

from rca.errors import InputUnusableError
from rca.ingest.paths import Given


def listed(address: str) -> Iterator[Given]:
    """The objects below an address."""
    raise InputUnusableError("gs:// is not read yet", where=address, hint="copy it with gcloud storage cp")
    yield
