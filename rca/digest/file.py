"""Digest files: one parquet table with a version, written whole or not at all."""

import io
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl
from pydantic import ValidationError

from rca.errors import InputUnusableError, UsageError
from rca.ingest.storage import put, remote
from rca.model import DIGEST_VERSION, Change, Digest, Parcel, Source
from rca.model.digest import CHECK_KEY, FRAMES, LAYOUT, METADATA_KEY, checksum, pack, unpack
from rca.redact import redact
from rca.redact.bulk import series
from rca.safe import clean_model, clean_tree, strip

LEVEL = 3  # zstd; 19 is 12 % smaller and nine times slower on a digest of 1 M lines


def write(parcel: Parcel, place: Path | str) -> None:
    """Write a file, or an object of a bucket; the same parcel gives the same bytes.

    What stood there is replaced only by something complete. Raises UsageError when the file cannot be written, and what
    `rca.ingest.storage.put` raises for a gs:// address.
    """
    if remote(str(place)):
        put(str(place), frozen(parcel))
        return
    _write(frozen(parcel), Path(place))


def _write(content: bytes, path: Path) -> None:
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~_umask())  # mkstemp makes 0600; a digest is meant to be passed on
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise UsageError(
            f"cannot be written: {error.strerror or error}", where=str(path), hint="choose another place"
        ) from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    """The process's umask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def frozen(parcel: Parcel) -> bytes:
    """The bytes of a digest file."""
    table = pack(
        masked(parcel.digest),
        tuple(_change(one) for one in parcel.changes),
        tuple(clean_model(one).model_dump_json() for one in parcel.sources),
    )
    metadata = {METADATA_KEY: DIGEST_VERSION}
    return _parquet(table, {**metadata, CHECK_KEY: checksum(_parquet(table, metadata))})


def read(path: Path) -> Parcel:
    """The parcel of a digest file; raises InputUnusableError for another file, another version or a damaged file."""
    try:
        return thawed(path.read_bytes(), str(path))
    except OSError as error:
        raise _unreadable(str(path), error) from error


def thawed(data: bytes, where: str = "digest") -> Parcel:
    """The parcel whose `frozen` bytes are `data`; raises as `read` does."""
    try:
        metadata = pl.read_parquet_metadata(io.BytesIO(data))
        version = metadata.get(METADATA_KEY)
        if version != DIGEST_VERSION:
            raise InputUnusableError(
                f"a digest of version {version or 'unknown'}",
                where=where,
                hint=f"this rca reads {DIGEST_VERSION}; digest the logs again",
            )
        if metadata.get(CHECK_KEY) != checksum(data):
            raise InputUnusableError("a digest that was damaged or edited", where=where, hint="digest the logs again")
        table = pl.read_parquet(io.BytesIO(data))
        if table.schema != LAYOUT:
            raise InputUnusableError("not the columns of a digest", where=where, hint="digest the logs again")
        digest, changes, sources = unpack(table)
        return Parcel(
            digest,
            tuple(Change.model_validate_json(text) for text in changes),
            tuple(Source.model_validate_json(text) for text in sources),
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, ValidationError) as error:
        raise _unreadable(where, error) from error


def _unreadable(where: str, error: BaseException) -> InputUnusableError:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return InputUnusableError(f"not a readable digest: {reason}", where=where, hint="digest the logs again")


def masked(digest: Digest) -> Digest:
    """`digest` without secrets in its texts: a file of it is an output like any other.

    Terminal sequences stay, for they may be what a signature is made of; whoever prints a text cleans it.
    """
    return replace(digest, **{name: _without(getattr(digest, name)) for name in FRAMES})


def _without(frame: pl.DataFrame) -> pl.DataFrame:
    """Every text is what somebody chose, names of services and ids of entries too; equal ones stay equal."""
    changed = []
    for column in frame.select(pl.col(pl.String)).get_columns():
        told = column.drop_nulls().unique()
        shown = series(told, _masked)
        if not shown.equals(told):
            changed.append(column.replace_strict(told, shown, default=None))
    return frame.with_columns(changed)


def _masked(text: str) -> str:
    bare = strip(text)
    shown = redact(bare)
    return text if shown == bare else shown


def _parquet(table: pl.DataFrame, metadata: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    table.write_parquet(buffer, compression="zstd", compression_level=LEVEL, metadata=metadata)
    return buffer.getvalue()


def _change(change: Change) -> str:
    """JSON of a change with the fields that the report leaves out; patches belong to commits, which are read from git."""
    kept = {name: getattr(change, name) for name in type(change).model_fields if name != "patches"}
    return msgspec.json.encode(clean_tree(msgspec.to_builtins(kept)), order="sorted").decode()
