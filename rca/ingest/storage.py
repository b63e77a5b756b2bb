"""gs:// addresses, through polars' own object store: objects are read one after the other, in order of name, never stored."""

import io
import os
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec
import polars as pl

from rca.errors import InputUnusableError, NoAccessError, RcaError
from rca.ingest.paths import Given
from rca.safe import clean

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
        except _StoreError as wrong:
            if last or wrong.denied:
                raise wrong.told(address) from None
            continue
        while found:
            yield Given(found, shared.reader, member=True)
            found = _next(shared, address)
        if shared.count:
            return
    raise InputUnusableError("nothing is there", where=clean(address), hint="check the bucket and the name")


def _next(shared: "_Shared", address: str) -> str | None:
    """The object after the current one; an error here must not pass for the end of the list."""
    try:
        return shared.advance()
    except _StoreError as wrong:
        raise wrong.told(address) from None


def _is_pattern(address: str) -> bool:
    return any(sign in address for sign in "*?[")


class _StoreError(OSError):
    """The store refused; `denied`: for lack of a login or a permission. An OSError, as a file's reader expects."""

    def __init__(self, wrong: Exception, *, denied: bool) -> None:
        said = next(iter(str(wrong).splitlines()), type(wrong).__name__)[:200]
        super().__init__(None, said)
        self.said = said
        self.denied = denied or any(sign in said for sign in _DENIED)

    def told(self, address: str) -> RcaError:
        """What the user is told, with the exit status that fits."""
        where = clean(address)
        if self.denied:
            hint = "run `gcloud auth application-default login`; ask for roles/storage.objectViewer on the bucket"
            return NoAccessError(f"no access to the bucket: {self.said}", where=where, hint=hint)
        return InputUnusableError(f"cannot be read: {self.said}", where=where, hint="check the bucket and the name")


_DENIED = ("401", "403", "Unauthorized", "Forbidden", "PermissionDenied", "Unauthenticated")


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
            self._held = self._more()
            if self._held.is_empty():
                return None
        mine = int((self._held["path"] == (self._path or "")).cum_min().sum())
        if not mine:
            return None
        part, self._held = self._held["line"].head(mine), self._held.slice(mine)
        return part

    def _more(self) -> pl.DataFrame:
        """The next batch that holds lines; empty at the end."""
        from google.auth.exceptions import GoogleAuthError  # 40 ms, and only gs:// needs it

        try:
            return next((batch for batch in self._batches if batch.height), pl.DataFrame())
        except GoogleAuthError as wrong:
            raise _StoreError(wrong, denied=True) from None
        except (pl.exceptions.PolarsError, OSError) as wrong:
            raise _StoreError(wrong, denied=False) from None

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
