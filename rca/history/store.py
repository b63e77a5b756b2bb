"""The memory: remember a report, and tell what is known of its issues and tests."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rca.errors import InputUnusableError, UsageError
from rca.history.record import record
from rca.history.schema import connect, unreadable
from rca.model import FixVerdict, Report, TestRun
from rca.safe import clean
from rca.when import to_ns

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
            raise InputUnusableError(
                f"the memory cannot be written: {error}", where=str(self.path), hint="the earlier content is untouched"
            ) from error
        finally:  # of whatever kind the error is: nothing half done stays
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view; a damaged page is one line for the user."""
        try:
            self.connection.execute("BEGIN")
            yield self.connection
        except sqlite3.Error as error:
            raise unreadable(self.path, error) from error
        finally:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")

    def remember(self, report: Report, runs: Sequence[TestRun] = ()) -> bool:
        """Add one analysis and its test runs; False when it is known already (same content, same key)."""
        with self.writing() as connection:
            return record(connection, report, runs, run_key(report))

    def judged(self, verdicts: Sequence[FixVerdict], at: str | None) -> None:
        """Keep what `rca verify` said; the same judgement again changes nothing."""
        with self.writing() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO verdicts VALUES (?,?,?,?,?,?)",
                [(one.issue, to_ns(at or "") or 0, one.anchor, one.verdict, one.p, one.needs) for one in verdicts],
            )

    def runs(self) -> list[Remembered]:
        """All analyses, oldest first."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT key, at, verdict, summary, anchor, total, failed FROM runs ORDER BY at_ns, key"
            )
            return [Remembered(*row) for row in rows]

    def note(self, fingerprint: str, **said: str) -> str:
        """Set what people know of an issue (the fields of NOTED), and return its full fingerprint."""
        wanted = {name: clean(text) for name, text in said.items() if name in NOTED and text}
        if not wanted:
            raise UsageError(
                "nothing to note", hint="give --note, --ticket, --owner, --cause, --fixed-in or --expected-until"
            )
        with self.writing() as connection:
            found = self._one(connection, fingerprint)
            for name, text in sorted(wanted.items()):
                connection.execute(f"UPDATE issues SET {name} = ? WHERE fingerprint = ?", (text, found))  # noqa: S608  # NOTED
        return found

    def forget(self, fingerprint: str) -> str:
        """Remove an issue, where it was seen and what was judged of it; its full fingerprint."""
        with self.writing() as connection:
            found = self._one(connection, fingerprint)
            for table in ("seen", "verdicts", "issues"):
                connection.execute(f"DELETE FROM {table} WHERE fingerprint = ?", (found,))  # noqa: S608  # of the tuple above
        return found

    def find(self, fingerprint: str) -> str:
        """The full fingerprint for an unambiguous beginning of one; UsageError when there is none."""
        with self.reading() as connection:
            return self._one(connection, fingerprint)

    def verdicts(self, fingerprint: str) -> list[dict[str, Any]]:
        """What was judged of an issue, oldest first."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT at_ns, anchor, verdict, p, needs FROM verdicts WHERE fingerprint = ? ORDER BY at_ns, anchor",
                (fingerprint,),
            )
            return [dict(zip(("at_ns", "anchor", "verdict", "p", "needs"), row, strict=True)) for row in rows]

    def _one(self, connection: sqlite3.Connection, start: str) -> str:
        rows = connection.execute(
            "SELECT fingerprint FROM issues WHERE substr(fingerprint, 1, ?1) = ?2 OR substr(fingerprint, 4, ?1) = ?2 ORDER BY 1",
            (len(start), start),
        ).fetchall()
        if len(rows) != 1 or not start:
            which = (
                f"{len(rows)} issues in the memory begin with {start!r}"
                if rows
                else f"no issue {start!r} in the memory"
            )
            raise UsageError(which, where=str(self.path), hint="see `rca history list`")
        return str(rows[0][0])


def run_key(report: Report) -> str:
    """A hash of what was read and found, without what the memory added or how it was called: remembered once."""
    told = hashlib.blake2b(digest_size=16)
    window = report.window
    issues = [(one.id, one.count, one.first_at, one.last_at) for one in report.issues]
    changes = [(one.id, one.live_at or one.at) for one in report.changes]
    traffic = [(one.service, one.minutes) for one in report.traffic]
    cases = sorted(report.tests.cases.items())
    for part in (window.since, window.until, report.tests.total, cases, issues, changes, traffic):
        told.update(repr(part).encode("utf-8", "backslashreplace"))
    return told.hexdigest()
