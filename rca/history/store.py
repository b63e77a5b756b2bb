"""The memory: remember a report, and tell what is known of its issues and tests."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from rca.errors import InputUnusableError, UsageError
from rca.history.schema import connect
from rca.model import Report

NOTED = ("note", "ticket", "owner", "cause", "fixed_in", "expected_until")


def default_path(environ: Mapping[str, str]) -> Path:
    """The file in the user's data directory (XDG base directory specification)."""
    base = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".local" / "share")
    return Path(base) / "rca" / "history.sqlite"


@dataclass(frozen=True, slots=True)
class Remembered:
    """One earlier analysis."""

    key: str
    at: str
    verdict: str
    summary: str
    anchor: str
    total: int
    failed: int


def open_history(path: Path) -> "History":
    """Open or create a memory; InputUnusableError says in one line why it cannot be used."""
    return History(path, connect(path))


class History:
    """An open memory; use it as a context manager."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all or nothing; a full or read-only disk is one line for the user."""
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            yield self.connection
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise InputUnusableError(
                f"the memory cannot be written: {error}", where=str(self.path), hint="the earlier content is untouched"
            ) from error

    def remember(self, report: Report) -> bool:
        """Add one analysis; False when it is known already (same content, same key)."""
        key = run_key(report)
        at = report.window.until or report.window.since or ""
        with self.writing() as connection:
            found = connection.execute(
                "INSERT OR IGNORE INTO runs (key, at, verdict, summary, anchor, version, total, failed) VALUES (?,?,?,?,?,?,?,?)",
                (key, at, report.verdict.status, report.verdict.summary, report.window.anchor, report.tool.version, report.tests.total, report.tests.failed + report.tests.errors),
            )  # fmt: skip
            if not found.rowcount:
                return False
            run = found.lastrowid
            assert run is not None
            _issues(connection, run, report)
            _tests(connection, run, report.tests.cases)
            connection.executemany(
                "INSERT OR IGNORE INTO changes VALUES (?,?,?,?,?)",
                [
                    (one.id, run, one.kind, one.live_at or one.at, one.title)
                    for one in report.changes
                    if one.kind != "commit"
                ],
            )
        return True

    def runs(self) -> list[Remembered]:
        """All analyses, oldest first."""
        rows = self.connection.execute(
            "SELECT key, at, verdict, summary, anchor, total, failed FROM runs ORDER BY at, id"
        )
        return [Remembered(*row) for row in rows]

    def note(self, fingerprint: str, **said: str) -> None:
        """Set what people know of an issue: note, ticket, owner, cause, fixed_in, expected_until."""
        wanted = {name: text for name, text in said.items() if name in NOTED and text}
        if not wanted:
            raise UsageError(
                "nothing to note", hint="give --note, --ticket, --owner, --cause, --fixed-in or --expected-until"
            )
        with self.writing() as connection:
            if not connection.execute("SELECT 1 FROM issues WHERE fingerprint = ?", (fingerprint,)).fetchone():
                raise UsageError(
                    f"no issue {fingerprint!r} in the memory", where=str(self.path), hint="see `rca history list`"
                )
            for name, text in sorted(wanted.items()):
                connection.execute(f"UPDATE issues SET {name} = ? WHERE fingerprint = ?", (text, fingerprint))  # noqa: S608  # NOTED

    def forget(self, fingerprint: str) -> bool:
        """Remove an issue and where it was seen; whether it was there."""
        with self.writing() as connection:
            connection.execute("DELETE FROM seen WHERE fingerprint = ?", (fingerprint,))
            return bool(connection.execute("DELETE FROM issues WHERE fingerprint = ?", (fingerprint,)).rowcount)


def run_key(report: Report) -> str:
    """A hash of what the report says, without how it was called: the same analysis is remembered once."""
    told = report.model_dump_json(by_alias=True, exclude={"tool": {"command"}})
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _issues(connection: sqlite3.Connection, run: int, report: Report) -> None:
    causes = {cause.issue: cause.statement for cause in report.causes if cause.issue}
    failing = [issue for issue in report.issues if issue.role != "background"]
    connection.executemany(
        "INSERT INTO issues (fingerprint, title, rule, cause) VALUES (?,?,?,?) ON CONFLICT (fingerprint) DO UPDATE SET title = excluded.title,"
        " rule = excluded.rule, cause = CASE WHEN excluded.cause = '' THEN cause ELSE excluded.cause END",
        [(issue.id, issue.title, issue.rule, causes.get(issue.id, "")) for issue in failing],
    )
    connection.executemany(
        "INSERT INTO seen VALUES (?,?,?,?,?,?,?)",
        [
            (issue.id, run, issue.count, issue.role, issue.first_at, issue.last_at, "\x1f".join(issue.tests))
            for issue in failing
        ],
    )


def _tests(connection: sqlite3.Connection, run: int, cases: Mapping[str, str]) -> None:
    connection.executemany("INSERT OR IGNORE INTO tests (name) VALUES (?)", [(name,) for name in cases])
    connection.executemany(
        "INSERT INTO outcomes SELECT id, ?, ? FROM tests WHERE name = ?",
        [(run, outcome, name) for name, outcome in cases.items()],
    )
