"""Test outcomes in little room: one byte per test and execution, 256 tests to a row.

A row per outcome costs 200,000 inserts and index entries a night; here a night of 200,000 is 800 rows, and all outcomes of
one test are one strided slice of the rows laid side by side.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection

PART = 256
CODES = {
    "passed": 1,
    "failed": 2,
    "error": 3,
    "skipped": 4,
    "flaked": 5,
}  # flaked: failed first, passed when tried again
NAMES = {code: name for name, code in CODES.items()}
MANY = 4
FEW = 20  # executions that are looked up one by one
RED = bytes((CODES["failed"], CODES["error"]))


def write(connection: Connection, execution: int, codes: Mapping[int, int]) -> None:
    """Store the codes of one execution, test id → code."""
    parts: dict[int, bytearray] = {}
    for test, code in codes.items():
        parts.setdefault(test // PART, bytearray(PART))[test % PART] = code
    connection.executemany(
        "INSERT INTO packed VALUES (?,?,?)", [(part, execution, bytes(kept)) for part, kept in sorted(parts.items())]
    )


def identified(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Ids of the tests that are known by these names."""
    wanted = frozenset(names)
    (known,) = connection.execute("SELECT coalesce(max(id), 0) FROM tests").fetchone()
    if known <= MANY * len(wanted):  # most of the table: reading it whole is five times as fast as looking each up
        return {name: test for name, test in connection.execute("SELECT name, id FROM tests") if name in wanted}
    asked = json.dumps(sorted(wanted))
    rows = connection.execute(
        "SELECT t.name, t.id FROM json_each(?) AS asked CROSS JOIN tests t ON t.name = asked.value", (asked,)
    )
    return dict(rows.fetchall())


def enrolled(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Ids of these tests; those that are new get one."""
    known = identified(connection, names)
    new = [(name,) for name in names if name not in known]
    if new:
        connection.executemany("INSERT INTO tests (name) VALUES (?)", new)
        known |= identified(connection, [name for (name,) in new])
    return known


def sequences(connection: Connection, tests: Iterable[int], executions: Sequence[int]) -> dict[int, bytes]:
    """Codes of each test over `executions`, in their order; executions without the test are left out."""
    wanted: dict[int, list[int]] = {}
    for test in tests:
        wanted.setdefault(test // PART, []).append(test)
    position = {execution: n for n, execution in enumerate(executions)}
    found: dict[int, bytes] = {}
    for part, members in wanted.items():
        rows: list[bytes] = [b""] * len(executions)
        for execution, codes in _rows(connection, part, executions):
            rows[position[execution]] = codes
        laid = b"".join(rows)
        for test in members:
            told = laid[test % PART :: PART].replace(b"\0", b"")
            if told:
                found[test] = told
    return found


def tallied(connection: Connection, tests: Iterable[int], executions: Sequence[int]) -> tuple[int, int, int]:
    """(executions of the tests, runs with any of them, runs in which any failed); what was skipped does not count."""
    wanted: dict[int, list[int]] = {}
    for test in tests:
        wanted.setdefault(test // PART, []).append(test % PART)
    runs, red, total = set[int](), set[int](), 0
    for part, places in wanted.items():
        for execution, codes in _rows(connection, part, executions):
            told = [code for place in places if (code := codes[place]) and code != CODES["skipped"]]
            total += len(told)
            runs |= {execution} if told else set()
            red |= {execution} if any(code in RED for code in told) else set()
    return total, len(runs), len(red)


def _rows(connection: Connection, part: int, executions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """Codes of one part in these executions: all of its rows, or one by one where few are asked for."""
    if len(executions) <= FEW:
        for execution in executions:
            yield from connection.execute(
                "SELECT execution, codes FROM packed WHERE part = ? AND execution = ?", (part, execution)
            ).fetchall()
        return
    among = frozenset(executions)
    for execution, codes in connection.execute("SELECT execution, codes FROM packed WHERE part = ?", (part,)):
        if execution in among:
            yield execution, codes


def unpacked(connection: Connection, execution: int) -> list[tuple[str, str]]:
    """(test, outcome) of one execution, by name."""
    names: list[tuple[str, str]] = []
    for part, codes in connection.execute(
        "SELECT part, codes FROM packed WHERE execution = ?", (execution,)
    ).fetchall():
        low = part * PART
        rows = connection.execute("SELECT id, name FROM tests WHERE id >= ? AND id < ?", (low, low + PART))
        names += [(name, NAMES[codes[test - low]]) for test, name in rows if codes[test - low]]
    return sorted(names)
