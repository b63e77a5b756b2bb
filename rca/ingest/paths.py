"""Paths as users give them: files, folders, globs, `-` and gs://, to a sorted list of things that can be opened."""

import glob
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from rca.errors import InputUnusableError
from rca.safe import clean

_GLOB = frozenset("*?[")
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Given:
    """One input. `member`: found in a folder or by a glob, so it may turn out to be of no use without an error.

    `refused` says why it cannot be opened at all; `size` is in bytes, where it is known without a look at the disk.
    """

    path: str
    open: Callable[[], BinaryIO]
    local: Path | None = None
    member: bool = False
    refused: str = ""
    size: int | None = None


def expand(paths: Sequence[str], stdin: BinaryIO | None, remote: Callable[[str], Iterator[Given]]) -> Iterator[Given]:
    """Every file meant by `paths`, in their order, folders and globs sorted by name. `remote` lists gs:// addresses.

    All local paths are looked at before the first is given out. Raises InputUnusableError for what does not exist, holds
    nothing, or cannot be opened.
    """
    for found in [_one(path, stdin, remote) for path in paths]:
        yield from found


def _one(path: str, stdin: BinaryIO | None, remote: Callable[[str], Iterator[Given]]) -> Iterable[Given]:
    if path == "-":
        if stdin is None:
            raise InputUnusableError("standard input is not available here", where="-", hint="name a file")
        source = stdin
        return [Given("-", lambda: source)]
    if path.startswith("gs://"):
        return remote(path)
    if not path or "\0" in path:
        raise InputUnusableError("not a path", where=repr(path), hint="name a file or a folder")
    place = Path(path)
    mode = _mode(place)
    if mode is None:
        return _matching(path)
    if stat.S_ISDIR(mode):
        members = list(_walk(place, set()))
        if not members:
            raise InputUnusableError("an empty folder", where=clean(path), hint="put the logs and test reports into it")
        return members
    given = _file(place, mode, member=False)
    if given.refused:
        raise InputUnusableError(given.refused, where=clean(path), hint="pipe the data in and name it -")
    return [given]


def _matching(path: str) -> list[Given]:
    if not _GLOB & set(path):
        raise InputUnusableError("no such file or folder", where=clean(path), hint="check the path")
    matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not matches:
        raise InputUnusableError("matches no file", where=clean(path), hint="quote the pattern, or check the folder")
    return [given for match in matches for given in _members(Path(match))]


def _mode(place: Path) -> int | None:
    try:
        return place.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as wrong:
        raise InputUnusableError(_said(wrong), where=clean(str(place)), hint="check the path") from None


def _said(wrong: OSError) -> str:
    return (wrong.strerror or "cannot be read").lower()


def _file(place: Path, mode: int, *, member: bool) -> Given:
    refused = next((f"is {name}, not a file" for test, name in _KINDS if test(mode)), "")
    return Given(str(place), lambda: _opened(place), place, member, refused)


def _opened(place: Path) -> BinaryIO:
    """Non-blocking: should the file have become a pipe since, opening must not hang."""
    try:
        return os.fdopen(os.open(place, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as wrong:
        raise InputUnusableError(_said(wrong), where=clean(str(place)), hint="check its permissions") from None


def _members(place: Path) -> Iterator[Given]:
    mode = _mode(place)
    if mode is not None and stat.S_ISDIR(mode):
        yield from _walk(place, set())
    elif mode is not None:
        yield _file(place, mode, member=True)


def _walk(folder: Path, above: set[tuple[int, int]]) -> Iterator[Given]:
    """All files below, sorted by name; hidden ones are left out, as `ls` does; a link to a folder above ends there."""
    try:
        info = folder.stat()
        names = sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
    except OSError as wrong:
        reason = f"cannot be opened: {_said(wrong)}"
        yield Given(str(folder), lambda: _opened(folder), folder, member=True, refused=reason)
        return
    here = (info.st_dev, info.st_ino)
    if here in above:
        return
    for name in names:
        place = folder / name
        try:
            mode = place.stat().st_mode
        except OSError as wrong:  # a dangling link, a loop, or gone since
            yield Given(
                str(place), lambda: _opened(folder), place, member=True, refused=f"cannot be opened: {_said(wrong)}"
            )
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(place, above | {here})
        else:
            yield _file(place, mode, member=True)
