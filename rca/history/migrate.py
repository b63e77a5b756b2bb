"""The versions of the tables, oldest first, and what each did to the data of the one before."""

from sqlite3 import Connection

from rca.history.names import keep
from rca.history.packed import CODES, write
from rca.when import to_ns

_FIRST = (
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
)
"""One row per outcome; times as text, which does not sort where the number of decimals differs."""

_SECOND = (
    "ALTER TABLE runs ADD COLUMN at_ns INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN began_ns INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE seen ADD COLUMN minutes INTEGER NOT NULL DEFAULT 1",  # in which it occurred: a burst counts once
    "ALTER TABLE seen ADD COLUMN services TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE seen ADD COLUMN cause TEXT NOT NULL DEFAULT ''",  # as found then; that of issues is what people say
    "UPDATE seen SET cause = (SELECT cause FROM issues WHERE issues.fingerprint = seen.fingerprint)",
    "UPDATE issues SET cause = ''",
    "ALTER TABLE changes ADD COLUMN at_ns INTEGER",
    # what one test run (or an analysis without one) was, as a row of the loop; `told` is an Iteration as JSON
    "CREATE TABLE executions (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at_ns INTEGER NOT NULL, told TEXT NOT NULL)",
    "CREATE INDEX executions_by_time ON executions (at_ns, key)",
    # outcomes of 256 tests of one execution, one byte each: 2 M results are 2 MB, and are read in milliseconds
    """CREATE TABLE packed (
        part INTEGER NOT NULL, execution INTEGER NOT NULL REFERENCES executions ON DELETE CASCADE, codes BLOB NOT NULL,
        PRIMARY KEY (part, execution)) WITHOUT ROWID""",
    """CREATE TABLE exposures (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, service TEXT NOT NULL, unit TEXT NOT NULL,
        amount INTEGER NOT NULL, PRIMARY KEY (run, service)) WITHOUT ROWID""",
    """CREATE TABLE verdicts (
        fingerprint TEXT NOT NULL, at_ns INTEGER NOT NULL, anchor TEXT NOT NULL, verdict TEXT NOT NULL, p REAL,
        needs TEXT NOT NULL, PRIMARY KEY (fingerprint, at_ns, anchor)) WITHOUT ROWID""",
    "DROP INDEX runs_by_time",
    "CREATE INDEX runs_by_time ON runs (at_ns, key)",
)


def begin(connection: Connection) -> None:
    """Version 1: runs, issues, outcomes, changes."""
    for statement in _FIRST:
        connection.execute(statement)


def executions(connection: Connection) -> None:
    """Version 2: outcomes packed by test run, times as numbers, and what verdicts on fixes need."""
    for statement in _SECOND:
        connection.execute(statement)
    for run, key, at in connection.execute("SELECT id, key, at FROM runs").fetchall():
        at_ns = to_ns(at) or 0
        connection.execute("UPDATE runs SET at_ns = ?, began_ns = ? WHERE id = ?", (at_ns, at_ns, run))
        told = connection.execute("SELECT test, outcome FROM outcomes WHERE run = ?", (run,)).fetchall()
        if told:
            made = connection.execute(
                "INSERT INTO executions (key, at_ns, told) VALUES (?, ?, '')", (key, at_ns)
            ).lastrowid
            assert made is not None
            write(connection, made, {test: CODES[outcome] for test, outcome in told if outcome in CODES})
    for name, run, at in connection.execute("SELECT id, run, at FROM changes").fetchall():
        connection.execute("UPDATE changes SET at_ns = ? WHERE id = ? AND run = ?", (to_ns(at or ""), name, run))
    connection.execute("DROP TABLE outcomes")


def names(connection: Connection) -> None:
    """Version 3: names of tests packed like their outcomes; the number of a test stays."""
    connection.execute("CREATE TABLE names (part INTEGER PRIMARY KEY, names TEXT NOT NULL)")
    known = dict(connection.execute("SELECT id, name FROM tests").fetchall())
    if known:
        keep(connection, 0, [known.get(number, "") for number in range(max(known) + 1)])
    connection.execute("DROP TABLE tests")
