"""Pages on disk: each one a parquet file, then the cursor; whatever the moment of a crash, nothing is lost or doubled."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from rca.errors import InputUnusableError
from rca.ingest.cloud_query import Slice

_VERSION = 1


@dataclass(slots=True)
class State:
    """How far a reading has come. `planned` is False until the deploys are known and the window is cut into slices."""

    key: str
    since: int | None
    until: int
    slices: list[Slice] = field(default_factory=list)
    planned: bool = False
    parts: int = 0
    entries: int = 0
    denied: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Store:
    """The folder of one reading. A page counts once the state names it: an unnamed one is overwritten by the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, key: str) -> State | None:
        """The state left by an earlier run, or None where there is none, or it is of another query or version."""
        try:
            raw = json.loads((self.folder / "state.json").read_bytes())
            if raw.pop("version") != _VERSION or raw["key"] != key:
                return None
            return State(**{**raw, "slices": [Slice(**one) for one in raw["slices"]]})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
            raise InputUnusableError(
                f"the stored reading cannot be used: {why}", where=str(self.folder), hint="read again without --resume"
            ) from None

    def clear(self) -> None:
        """Forget an earlier reading. Only files of this module are removed."""
        if self.folder.is_dir():
            for old in (
                *self.folder.glob("part-*.parquet"),
                *self.folder.glob("state.json"),
                *self.folder.glob("*.tmp"),
            ):
                old.unlink()

    def page(self, frame: pl.DataFrame, state: State) -> None:
        """Store a page (flat columns) and the state after it, in this order."""
        if frame.height:
            self._write(self._part(state.parts), frame)
            state.parts += 1
            state.entries += frame.height
        self.save(state)

    def save(self, state: State) -> None:
        """Replace the state file as a whole."""
        text = json.dumps({"version": _VERSION, **asdict(state)})
        self._write(self.folder / "state.json", text.encode())

    def parts(self, state: State) -> Iterator[pl.DataFrame]:
        """The stored pages in the order they were read."""
        for number in range(state.parts):
            path = self._part(number)
            try:
                yield pl.read_parquet(path)
            except (OSError, pl.exceptions.PolarsError) as why:
                raise InputUnusableError(
                    f"a stored page cannot be read: {why}", where=str(path), hint="read again without --resume"
                ) from None

    def _part(self, number: int) -> Path:
        return self.folder / f"part-{number:06d}.parquet"

    def _write(self, path: Path, content: bytes | pl.DataFrame) -> None:
        """Temporary file, fsync, rename: a reader finds the old content or the new one, never half of it."""
        temporary = path.with_suffix(".tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # logs hold secrets
            with temporary.open("wb") as file:
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    content.write_parquet(file, compression="lz4")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as why:
            raise InputUnusableError(
                f"cannot be written: {why.strerror or why}", where=str(path), hint="check space and rights"
            ) from None


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a reading that nobody wants to resume."""
    folder = Path(tempfile.mkdtemp(prefix="rca-live-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
