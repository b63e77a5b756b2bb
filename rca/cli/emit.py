"""The two ways out: data to standard output, everything else to standard error, one line each."""

import os
import sys
import tempfile
from pathlib import Path

from rca.errors import InputUnusableError, UsageError


def data(text: str) -> None:
    """Write a rendered text to standard output as UTF-8, whatever the locale says."""
    raw((text if text.endswith("\n") or not text else f"{text}\n").encode("utf-8", "backslashreplace"))


def raw(data: bytes) -> None:
    """Write bytes to standard output; a disk that is full is one line, a reader that has gone is none."""
    if sys.stdout is None:
        raise UsageError("standard output is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _forget()
        raise InputUnusableError(f"cannot write: {error.strerror or error}", where="standard output") from error


def _forget() -> None:
    """What could not be written must not be tried again when the interpreter ends, which would be a second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(text: str) -> None:
    """Write one cleaned line to standard error."""
    from rca.safe import command, line

    sys.stderr.write(command(f"rca: {line(text, 1000)}") + "\n")
    sys.stderr.flush()


def file(path: Path | str, text: str) -> None:
    """Write `text` atomically: temporary file in the same folder, fsync, rename, fsync of the folder; or a gs:// object."""
    if isinstance(path, str):
        from rca.ingest.storage import put

        put(path, text.encode("utf-8", "backslashreplace"))
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(text.encode("utf-8", "backslashreplace"))
                out.flush()
                os.fsync(out.fileno())
                os.fchmod(out.fileno(), 0o666 & ~_umask())  # mkstemp makes 0600; a report is meant to be read
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise InputUnusableError(
            f"cannot write: {error.strerror or error}", where=str(path), hint="the earlier file, if any, is untouched"
        ) from error


def _umask() -> int:
    """The process's umask; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
