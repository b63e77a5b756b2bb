"""Names of tests, 256 to a row: a number is the place of its name.

A row and an index entry for each name cost more than all else that a first night of 200,000 tests writes; here it is 800
rows, and reading them all to find some is as fast as an index was.
"""

from collections.abc import Collection, Iterable, Iterator
from sqlite3 import Connection

PART = 256
SEPARATOR = "\x1f"  # no cleaned text holds it
_READ = "SELECT part, names FROM names ORDER BY part"


def identified(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Numbers of the tests that are known by these names."""
    wanted = frozenset(names)
    found: dict[str, int] = {}
    for low, told in _parts(connection):
        if not wanted.isdisjoint(told):
            found |= {name: number for number, name in enumerate(told, low) if name in wanted}
    return found


def enrolled(connection: Connection, names: Collection[str]) -> dict[str, int]:
    """Numbers of these tests; those that are new get one, in the order given."""
    known = {name: number for low, told in _parts(connection) for number, name in enumerate(told, low)}
    new = [name for name in names if name not in known]
    if new:
        (last,) = connection.execute("SELECT coalesce(max(part), 0) FROM names").fetchone()
        kept = named(connection, last)
        first = last * PART + len(kept)
        known |= zip(new, range(first, first + len(new)), strict=True)
        keep(connection, last, [*kept, *new])
    return known


def keep(connection: Connection, part: int, names: Collection[str]) -> None:
    """Write names from the beginning of a row on; "" is a number that is not in use."""
    listed = list(names)
    connection.executemany(
        "INSERT OR REPLACE INTO names VALUES (?,?)",
        [(part + n // PART, SEPARATOR.join(listed[n : n + PART])) for n in range(0, len(listed), PART)],
    )


def named(connection: Connection, part: int) -> list[str]:
    """Names of one row, by place; none where there is no such row."""
    row = connection.execute("SELECT names FROM names WHERE part = ?", (part,)).fetchone()
    return row[0].split(SEPARATOR) if row else []


def _parts(connection: Connection) -> Iterator[tuple[int, list[str]]]:
    """(number of the first, names) of each row."""
    for part, names in connection.execute(_READ).fetchall():
        yield part * PART, names.split(SEPARATOR)
