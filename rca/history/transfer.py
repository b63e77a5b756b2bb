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
_EXECUTION = ("key", "at_ns", "told")
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
            yield _run(connection, number, run)
        for number, *told in _select(connection, "executions", ("id", *_EXECUTION), "ORDER BY at_ns, key"):
            yield _execution(connection, number, told)


def _run(connection: Connection, number: int, run: list[Any]) -> str:
    parts = {
        table: _select(connection, table, columns, "WHERE run = ? ORDER BY 1", number)
        for table, columns in _PARTS.items()
    }
    return _line({"run": run, **parts})


def _execution(connection: Connection, number: int, told: list[Any]) -> str:
    return _line({"execution": told, "outcomes": unpacked(connection, number)})


def _select(
    connection: Connection, table: str, columns: tuple[str, ...], rest: str, *given: object
) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {', '.join(columns)} FROM {table} {rest}", given).fetchall()  # noqa: S608  # names of the tables above


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def merge(history: History, lines: Iterable[str], *, where: str) -> int:
    """Add what `lines` hold and the memory does not; how many analyses were new.

    Where both know the same thing, but not alike, the order of merging must not decide: of two notes the longer stays, of
    two judgements and of two records of one run the one whose line sorts last.
    """
    added, number = 0, 0
    with history.writing() as connection:
        try:
            for number, line in enumerate(lines, 1):
                item = _item(line, first=number == 1)
                if "issue" in item:
                    _merge_issue(connection, item["issue"])
                elif "verdict" in item:
                    _merge_verdict(connection, item["verdict"])
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
    _insert(connection, "issues", _ISSUE[:2], [[issue[name] for name in _ISSUE[:2]]])
    for name in ("title", "rule", *NOTED):
        said = str(issue.get(name) or "")
        connection.execute(
            f"UPDATE issues SET {name} = ? WHERE fingerprint = ? AND (length(?), ?) > (length(coalesce({name}, '')), coalesce({name}, ''))",  # noqa: S608  # NOTED
            (said, issue["fingerprint"], said, said),
        )


def _merge_verdict(connection: Connection, row: list[Any]) -> None:
    if _insert(connection, "verdicts", _VERDICT, [row]):
        return
    key = "WHERE fingerprint = ? AND at_ns = ? AND anchor = ?"
    mine = connection.execute(f"SELECT {', '.join(_VERDICT)} FROM verdicts {key}", row[:3]).fetchone()  # noqa: S608  # _VERDICT
    if _line(row) > _line(mine):
        connection.execute(f"UPDATE verdicts SET verdict = ?, p = ?, needs = ? {key}", (*row[3:], *row[:3]))  # noqa: S608  # key


def _merge_run(connection: Connection, item: dict[str, Any]) -> int:
    wanted = item["run"]
    for number, *run in _select(connection, "runs", ("id", *_RUN), "WHERE key = ?", wanted[0]):
        if _line({name: item[name] for name in ("run", *_PARTS)}) <= _run(connection, number, run):
            return 0
        connection.execute("DELETE FROM runs WHERE id = ?", (number,))  # its parts go with it
        return _add_run(connection, item) - 1
    return _add_run(connection, item)


def _add_run(connection: Connection, item: dict[str, Any]) -> int:
    _insert(connection, "runs", _RUN, [item["run"]])
    (run,) = connection.execute("SELECT id FROM runs WHERE key = ?", (item["run"][0],)).fetchone()
    for table, columns in _PARTS.items():
        _insert(connection, table, ("run", *columns), [[run, *row] for row in item[table]])
    return 1


def _merge_execution(connection: Connection, item: dict[str, Any]) -> None:
    wanted = item["execution"]
    for number, *told in _select(connection, "executions", ("id", *_EXECUTION), "WHERE key = ?", wanted[0]):
        if _line({name: item[name] for name in ("execution", "outcomes")}) <= _execution(connection, number, told):
            return
        connection.execute("DELETE FROM executions WHERE id = ?", (number,))
    _insert(connection, "executions", _EXECUTION, [wanted])
    (made,) = connection.execute("SELECT id FROM executions WHERE key = ?", (wanted[0],)).fetchone()
    store(connection, made, {clean(str(name)): told for name, told in item["outcomes"] if told in CODES})
