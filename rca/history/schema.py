"""The tables of the memory, and how an older file becomes the newest.

Rollback journal and FULL sync: SQLite before 3.51.3 may corrupt a WAL file that two processes write, and stock Pythons link
such versions; at this volume WAL buys nothing (reliability notes, sections 1 and 5).
"""

import sqlite3
from pathlib import Path

from rca.errors import InputUnusableError

APPLICATION_ID = 0x72636131  # "rca1": tells a foreign database from ours
VERSION = 1
BUSY_MS = 30_000

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at TEXT NOT NULL, verdict TEXT NOT NULL, summary TEXT NOT NULL,
            anchor TEXT NOT NULL, version TEXT NOT NULL, total INTEGER NOT NULL, failed INTEGER NOT NULL)""",
        """CREATE TABLE issues (
            fingerprint TEXT PRIMARY KEY, title TEXT NOT NULL, rule TEXT, cause TEXT NOT NULL DEFAULT '',
            note TEXT NOT NULL DEFAULT '', ticket TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '',
            fixed_in TEXT NOT NULL DEFAULT '', expected_until TEXT NOT NULL DEFAULT '') WITHOUT ROWID""",
        """CREATE TABLE seen (
            fingerprint TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, count INTEGER NOT NULL,
            role TEXT NOT NULL, first_at TEXT, last_at TEXT, tests TEXT NOT NULL,
            PRIMARY KEY (fingerprint, run)) WITHOUT ROWID""",
        "CREATE TABLE tests (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
        """CREATE TABLE outcomes (
            test INTEGER NOT NULL REFERENCES tests, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
            outcome TEXT NOT NULL, PRIMARY KEY (test, run)) WITHOUT ROWID""",
        """CREATE TABLE changes (
            id TEXT NOT NULL, run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, kind TEXT NOT NULL, at TEXT,
            title TEXT NOT NULL, PRIMARY KEY (id, run)) WITHOUT ROWID""",
        "CREATE INDEX runs_by_time ON runs (at, key)",
    ),
)
"""One tuple of statements for each version; a new version appends one and never edits an old one."""


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
        _migrate(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise InputUnusableError(
            f"the memory cannot be read: {error}",
            where=str(path),
            hint="it may be cut off or no history of rca; move it away, or use --no-history",
        ) from error
    except InputUnusableError:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection, path)
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        if version < VERSION:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except (sqlite3.Error, InputUnusableError):
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the file, 0 for a new one; refuses what is not ours, or newer."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION_ID and tables:
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
