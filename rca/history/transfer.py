"""Export and merge as JSON lines: a memory in a CI cache or a bucket; merging is commutative and repeats do no harm."""

import json
from collections.abc import Iterable, Iterator
from sqlite3 import Connection
from typing import Any

from rca.errors import InputUnusableError
from rca.history.packed import CODES, unpacked
from rca.history.record import store
from rca.history.store import NOTED, History
from rca.safe import clean

FORMAT = "rca.history/2"
_ISSUE = ("fingerprint", "title", "rule", *NOTED)
_RUN = ("key", "at", "verdict", "summary", "anchor", "version", "total", "failed", "at_ns", "began_ns")
_PARTS: dict[str, tuple[str, ...]] = {
    "seen": ("fingerprint", "count", "role", "first_at", "last_at", "tests", "minutes", "services", "cause"),
    "changes": ("id", "kind", "at", "title", "at_ns"),
    "exposures": ("service", "unit", "amount"),
}
_VERDICT = ("fingerprint", "at_ns", "anchor", "verdict", "p", "needs")


def export(history: History) -> Iterator[str]:
    """JSON lines: a header, the issues, the verdicts, one line per analysis, one per test run."""
    with history.reading() as connection:
        yield _line({"format": FORMAT})
        for row in _select(connection, "issues", _ISSUE, "ORDER BY fingerprint"):
            yield _line({"issue": dict(zip(_ISSUE, row, strict=True))})
        for row in _select(connection, "verdicts", _VERDICT, "ORDER BY fingerprint, at_ns, anchor"):
            yield _line({"verdict": row})
        for number, *run in _select(connection, "runs", ("id", *_RUN), "ORDER BY at_ns, key"):
            parts = {
                table: _select(connection, table, columns, f"WHERE run = {int(number)} ORDER BY 1")
                for table, columns in _PARTS.items()
            }
            yield _line({"run": run, **parts})
        for number, *told in _select(connection, "executions", ("id", "key", "at_ns", "told"), "ORDER BY at_ns, key"):
            yield _line({"execution": told, "outcomes": unpacked(connection, number)})


def _select(connection: Connection, table: str, columns: tuple[str, ...], rest: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {', '.join(columns)} FROM {table} {rest}").fetchall()  # noqa: S608  # names of the tables above


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def merge(history: History, lines: Iterable[str], *, where: str) -> int:
    """Add what `lines` hold and the memory does not; how many analyses were new. Of two notes the longer stays."""
    added, number = 0, 0
    with history.writing() as connection:
        try:
            for number, line in enumerate(lines, 1):
                item = _item(line, first=number == 1)
                if "issue" in item:
                    _merge_issue(connection, item["issue"])
                elif "verdict" in item:
                    _insert(connection, "verdicts", _VERDICT, [item["verdict"]])
                elif "run" in item:
                    added += _merge_run(connection, item)
                elif "execution" in item:
                    _merge_execution(connection, item)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise InputUnusableError(
                f"not a line of {FORMAT}: {error}",
                where=f"{where}:{number}",
                hint="nothing was merged; write one with rca history export",
            ) from error
        if not number:
            raise InputUnusableError("is empty", where=where, hint="write one with rca history export")
    return added


def _item(line: str, *, first: bool) -> dict[str, Any]:
    item = _cleaned(json.loads(line)) if line.strip() else {}
    if first and (not isinstance(item, dict) or item.get("format") != FORMAT):
        raise ValueError("the first line names another format")
    if not isinstance(item, dict):
        raise TypeError("no JSON object")
    return item


def _cleaned(value: Any) -> Any:
    """An export passes through other hands: its texts are cleaned like any input."""
    if isinstance(value, str):
        return "\x1f".join(clean(part) for part in value.split("\x1f"))
    if isinstance(value, dict):
        return {str(_cleaned(key)): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


def _insert(connection: Connection, table: str, columns: tuple[str, ...], rows: list[list[Any]]) -> int:
    marks = ", ".join("?" * len(columns))
    found = connection.executemany(
        f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608  # names of the tables above
        rows,
    )
    return found.rowcount


def _merge_issue(connection: Connection, issue: dict[str, Any]) -> None:
    _insert(connection, "issues", _ISSUE[:3], [[issue[name] for name in _ISSUE[:3]]])
    for name in ("title", *NOTED):
        said = str(issue.get(name) or "")
        connection.execute(
            f"UPDATE issues SET {name} = ? WHERE fingerprint = ? AND (length(?), ?) > (length({name}), {name})",  # noqa: S608  # NOTED
            (said, issue["fingerprint"], said, said),
        )


def _merge_run(connection: Connection, item: dict[str, Any]) -> int:
    if not _insert(connection, "runs", _RUN, [item["run"]]):
        return 0
    (run,) = connection.execute("SELECT id FROM runs WHERE key = ?", (item["run"][0],)).fetchone()
    for table, columns in _PARTS.items():
        _insert(connection, table, ("run", *columns), [[run, *row] for row in item[table]])
    return 1


def _merge_execution(connection: Connection, item: dict[str, Any]) -> None:
    if not _insert(connection, "executions", ("key", "at_ns", "told"), [item["execution"]]):
        return
    (made,) = connection.execute("SELECT id FROM executions WHERE key = ?", (item["execution"][0],)).fetchone()
    store(connection, made, {clean(str(name)): told for name, told in item["outcomes"] if told in CODES})
