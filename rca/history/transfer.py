"""Export and merge as JSON lines: a memory in a CI cache or a bucket; merging is commutative and repeats do no harm."""

import json
from collections.abc import Iterable, Iterator
from sqlite3 import Connection

from rca.errors import InputUnusableError
from rca.history.store import NOTED, History

FORMAT = "rca.history/1"
_ISSUES = "SELECT fingerprint, title, rule, note, ticket, owner, cause, fixed_in, expected_until FROM issues ORDER BY fingerprint"
"""The columns after `rule` in the order of NOTED."""


def export(history: History) -> Iterator[str]:
    """JSON lines: a header, the issues, then one line per run with what was seen in it."""
    yield _line({"format": FORMAT})
    select = history.connection.execute
    for row in select(_ISSUES).fetchall():
        yield _line({"issue": dict(zip(("fingerprint", "title", "rule", *NOTED), row, strict=True))})
    for run in select(
        "SELECT id, key, at, verdict, summary, anchor, version, total, failed FROM runs ORDER BY at, key"
    ).fetchall():
        seen = select(
            "SELECT fingerprint, count, role, first_at, last_at, tests FROM seen WHERE run = ? ORDER BY fingerprint",
            (run[0],),
        )
        outcomes = select(
            "SELECT t.name, o.outcome FROM outcomes o JOIN tests t ON t.id = o.test WHERE o.run = ? ORDER BY t.name",
            (run[0],),
        )
        changes = select("SELECT id, kind, at, title FROM changes WHERE run = ? ORDER BY id", (run[0],))
        yield _line(
            {
                "run": list(run[1:]),
                "seen": seen.fetchall(),
                "outcomes": outcomes.fetchall(),
                "changes": changes.fetchall(),
            }
        )


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def merge(history: History, lines: Iterable[str], *, where: str) -> int:
    """Add what `lines` hold and the memory does not; how many runs were new. Of two notes the longer stays."""
    added = 0
    with history.writing() as connection:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                item = json.loads(line)
                if number == 1 and item.get("format") != FORMAT:
                    raise InputUnusableError(
                        f"not an export of schema {FORMAT}",
                        where=f"{where}:1",
                        hint="write one with rca history export",
                    )
                if "issue" in item:
                    _merge_issue(connection, item["issue"])
                elif "run" in item:
                    added += _merge_run(connection, item)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InputUnusableError(
                    f"not a line of {FORMAT}: {error}", where=f"{where}:{number}", hint="nothing was merged"
                ) from error
    return added


def _merge_issue(connection: Connection, issue: dict[str, str | None]) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO issues (fingerprint, title, rule) VALUES (?,?,?)",
        (issue["fingerprint"], issue["title"], issue["rule"]),
    )
    for name in NOTED:
        said = issue.get(name) or ""
        connection.execute(
            f"UPDATE issues SET {name} = ? WHERE fingerprint = ? AND (length(?), ?) > (length({name}), {name})",  # noqa: S608  # NOTED
            (said, issue["fingerprint"], said, said),
        )


def _merge_run(connection: Connection, item: dict[str, list[list[object]]]) -> int:
    made = connection.execute(
        "INSERT OR IGNORE INTO runs (key, at, verdict, summary, anchor, version, total, failed) VALUES (?,?,?,?,?,?,?,?)",
        item["run"],
    )
    if not made.rowcount:
        return 0
    run = made.lastrowid
    connection.executemany("INSERT INTO seen VALUES (?,?,?,?,?,?,?)", [(row[0], run, *row[1:]) for row in item["seen"]])
    connection.executemany("INSERT OR IGNORE INTO tests (name) VALUES (?)", [(row[0],) for row in item["outcomes"]])
    connection.executemany(
        "INSERT INTO outcomes SELECT id, ?, ? FROM tests WHERE name = ?",
        [(run, row[1], row[0]) for row in item["outcomes"]],
    )
    connection.executemany(
        "INSERT INTO changes VALUES (?,?,?,?,?)", [(row[0], run, *row[1:]) for row in item["changes"]]
    )
    return 1
