"""gs:// addresses, through polars' own object store: objects are read one after the other, in order of name, never stored."""

import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
import polars as pl

from rca.errors import InputUnusableError
from rca.ingest.paths import Given
from rca.safe import show

ENDPOINT = "RCA_STORAGE_ENDPOINT"
"""host:port of an insecure local store; without it the usual Google credentials are used."""
_BATCH = 50_000  # lines


def listed(address: str) -> Iterator[Given]:
    """The objects meant by an address: one object, a pattern, or everything below a folder.

    They share one reading, so each must be read before the next is asked for. Raises InputUnusableError when nothing is
    there, or the store refuses.
    """
    tries = [address] if _is_pattern(address) else [address, f"{address.rstrip('/')}/**/*"]
    if address.endswith("/"):
        tries.pop(0)
    for last, one in zip([False] * (len(tries) - 1) + [True], tries, strict=True):
        shared = _Shared(one)
        try:
            found = shared.advance()
        except (pl.exceptions.PolarsError, OSError) as wrong:
            if last:
                raise _refused(address, wrong) from None
            continue
        while found:
            yield Given(found, shared.reader, member=True)
            found = shared.advance()
        if shared.count:
            return
    raise InputUnusableError("nothing is there", where=show(address), hint="check the bucket and the name")


def _is_pattern(address: str) -> bool:
    return any(sign in address for sign in "*?[")


def _refused(address: str, wrong: Exception) -> InputUnusableError:
    said = next(iter(str(wrong).splitlines()), type(wrong).__name__)[:200]
    return InputUnusableError(
        f"cannot be read: {said}", where=show(address), hint="check the name, and gcloud auth application-default login"
    )


def _options() -> dict[str, Any]:
    endpoint = os.environ.get(ENDPOINT)
    if not endpoint:
        return {}
    key = {
        "gcs_base_url": f"http://{endpoint}",
        "disable_oauth": True,
        "client_email": "",
        "private_key": "",
        "private_key_id": "",
    }
    return {
        "storage_options": {"google_service_account_key": msgspec.json.encode(key).decode(), "allow_http": "true"},
        "credential_provider": None,
    }


class _Shared:
    """One pass over all objects of a pattern: batches of (path, line), in order."""

    def __init__(self, address: str) -> None:
        frame = pl.scan_lines(address, include_file_paths="path", **_options())
        self._batches = frame.collect_batches(chunk_size=_BATCH, maintain_order=True)
        self._held = pl.DataFrame()
        self._path: str | None = None
        self.count = 0

    def advance(self) -> str | None:
        """The path of the next object, its predecessor's rest being passed over; None at the end."""
        while (part := self.lines()) is not None:
            del part
        if self._held.is_empty():
            return None
        self._path = str(self._held["path"][0])
        self.count += 1
        return self._path

    def lines(self) -> pl.Series | None:
        """The next lines of the current object; None when the next object begins."""
        if self._held.is_empty():
            self._held = next((batch for batch in self._batches if batch.height), pl.DataFrame())
            if self._held.is_empty():
                return None
        mine = int((self._held["path"] == (self._path or "")).cum_min().sum())
        if not mine:
            return None
        part, self._held = self._held["line"].head(mine), self._held.slice(mine)
        return part

    def reader(self) -> BinaryIO:
        """The current object as bytes; every line ends in a newline."""
        return io.BufferedReader(_Lines(self))


class _Lines(io.RawIOBase):
    def __init__(self, shared: _Shared) -> None:
        super().__init__()
        self._shared = shared
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            part = self._shared.lines()
            if part is None:
                return 0
            self._ready = "".join(f"{line}\n" for line in part).encode()
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size
