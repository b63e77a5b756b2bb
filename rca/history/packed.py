"""Test outcomes in little room: one byte per test and execution, 256 tests to a row.

A row per outcome costs 200,000 inserts and index entries a night; here a night of 200,000 is 800 rows, and all outcomes of
one test are one strided slice of the rows laid side by side.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection

from rca.history.names import PART, named

CODES = {
    "passed": 1,
    "failed": 2,
    "error": 3,
    "skipped": 4,
    "flaked": 5,
}  # flaked: failed first, passed when tried again
NAMES = {code: name for name, code in CODES.items()}
FEW = 20  # executions that are looked up one by one
RED = bytes((CODES["failed"], CODES["error"]))
_RED = bytes(code in RED for code in range(256))  # one bit per byte: columns are counted as whole numbers
_RAN = bytes(code in NAMES and NAMES[code] != "skipped" for code in range(256))


def write(connection: Connection, execution: int, codes: Mapping[int, int]) -> None:
    """Store the codes of one execution, number of the test → code."""
    laid = bytearray((max(codes, default=-1) // PART + 1) * PART)
    for test, code in codes.items():
        laid[test] = code
    rows = [(part, execution, bytes(laid[part * PART : (part + 1) * PART])) for part in range(len(laid) // PART)]
    connection.executemany("INSERT INTO packed VALUES (?,?,?)", [row for row in rows if any(row[2])])


def columns(connection: Connection, tests: Iterable[int], executions: Sequence[int]) -> dict[int, bytes]:
    """Codes of each test over `executions`, in their order, 0 where it was not there; tests of none are left out."""
    wanted: dict[int, list[int]] = {}
    for test in tests:
        wanted.setdefault(test // PART, []).append(test)
    position = {execution: n for n, execution in enumerate(executions)}
    found: dict[int, bytes] = {}
    for part, members in wanted.items():
        rows = [bytes(PART)] * len(executions)
        for execution, codes in _rows(connection, part, executions):
            rows[position[execution]] = codes
        laid = b"".join(rows)
        for test in members:
            told = laid[test % PART :: PART]
            if any(told):
                found[test] = told
    return found


def sequences(connection: Connection, tests: Iterable[int], executions: Sequence[int]) -> dict[int, bytes]:
    """Codes of each test over `executions`, in their order; executions without the test are left out."""
    laid = columns(connection, tests, executions)
    return {test: told.replace(b"\0", b"") for test, told in laid.items()}


def tally(told: Iterable[bytes]) -> tuple[int, int, int]:
    """(executions, runs with any of them, runs in which any failed) of columns of equal length; skipped does not count."""
    total = runs = red = 0
    for column in told:
        ran = int.from_bytes(column.translate(_RAN), "big")
        total += ran.bit_count()
        runs |= ran
        red |= int.from_bytes(column.translate(_RED), "big")
    return total, runs.bit_count(), red.bit_count()


def ran(connection: Connection, tests: Iterable[int], execution: int) -> bool:
    """Whether any of these tests was executed in it, skipped ones aside."""
    places: dict[int, list[int]] = {}
    for test in tests:
        places.setdefault(test // PART, []).append(test % PART)
    rows = ((codes, places[part]) for part in places for _, codes in _rows(connection, part, (execution,)))
    return any(_RAN[codes[place]] for codes, among in rows for place in among)


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
    found: list[tuple[str, str]] = []
    told = connection.execute("SELECT part, codes FROM packed WHERE execution = ?", (execution,)).fetchall()
    for part, codes in told:
        found += [(name, NAMES[code]) for name, code in zip(named(connection, part), codes, strict=False) if code]
    return sorted(found)
