"""The tables of the memory, and how an older file becomes the newest.

Rollback journal and FULL sync: SQLite before 3.51.3 may corrupt a WAL file that two processes write, and stock Pythons link
such versions; at this volume WAL buys nothing (reliability notes, sections 1 and 5).
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from rca.errors import InputUnusableError
from rca.history.migrate import begin, executions, names

APPLICATION_ID = 0x72636131  # "rca1": tells a foreign database from ours
BUSY_MS = 30_000

MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    begin,
    executions,
    names,
)
"""One function for each version; a new version appends one and never edits an old one."""

VERSION = len(MIGRATIONS)


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file and bring it to VERSION, in one transaction; refuses what is not ours or newer."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise InputUnusableError(
            f"the memory cannot be opened: {error}", where=str(path), hint="use --no-history or another --history FILE"
        ) from error
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if _version(connection, path) < VERSION:  # else nothing is written: a read-only memory can still be read
            _migrate(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise unreadable(path, error) from error
    except InputUnusableError:
        connection.close()
        raise
    return connection


_HINTS = {
    sqlite3.SQLITE_FULL: "make room, or use another --history FILE or --no-history",
    sqlite3.SQLITE_BUSY: "another process holds it; try again, or use --no-history",
    sqlite3.SQLITE_READONLY: "it cannot be brought up to date; use another --history FILE or --no-history",
    sqlite3.SQLITE_IOERR: "the disk or the file size limit refuses it; use another --history FILE or --no-history",
}


def unreadable(path: Path, error: sqlite3.Error) -> InputUnusableError:
    """What SQLite says of a file it cannot read, as one line for the user."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return InputUnusableError(
        f"the memory cannot be {'used' if code in _HINTS else 'read'}: {error}",
        where=str(path),
        hint=_HINTS.get(code, "it may be cut off or no history of rca; move it away, or use --no-history"),
    )


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[_version(connection, path) :]:  # asked again: another process may have been faster
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except (sqlite3.Error, InputUnusableError):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the file, 0 for a new one; refuses what is not ours, or newer."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and (tables or version):
        raise InputUnusableError(
            "a database, but not a history of rca", where=str(path), hint="give another --history FILE"
        )
    if version > VERSION:
        raise InputUnusableError(
            f"written by a newer rca (history version {version}, this one knows {VERSION})",
            where=str(path),
            hint="update rca, or use --no-history",
        )
    return version
