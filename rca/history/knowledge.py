"""What the memory tells an analysis of issues seen before.

Only runs strictly before the analysis' end count, so that the same inputs give the same report however often they are
analysed, and in whatever order.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from sqlite3 import Connection

from rca.history.names import SEPARATOR, identified
from rca.history.packed import RED, sequences
from rca.history.store import History
from rca.model import Past
from rca.when import to_ns

EVER = 2**63 - 1
_instant = lru_cache(maxsize=4096)(to_ns)  # the issues of one run share theirs
_NOTES = (
    "SELECT fingerprint, title, cause, note, ticket, owner, fixed_in, expected_until FROM issues ORDER BY fingerprint"
)
_SEEN = """
    SELECT s.fingerprint, s.first_at, s.last_at, s.tests, s.cause, r.at_ns, r.failed
    FROM seen s JOIN runs r ON r.id = s.run WHERE r.at_ns < ? ORDER BY r.at_ns, r.key
"""
_LATER = "SELECT id, at_ns, key FROM executions WHERE at_ns > ? AND at_ns < ? ORDER BY at_ns, key"
_BETWEEN = """
    SELECT title, id FROM changes WHERE at_ns > ? AND at_ns <= ? AND kind IN ('deploy', 'config') ORDER BY at_ns DESC, id LIMIT 1
"""


@dataclass(slots=True)
class _Seen:
    """The runs in which one issue was seen, as they are read, oldest first."""

    runs: int = 0
    first_at: str | None = None
    last_at: str | None = None
    cause: str = ""
    red_ns: int | None = None  # end of the last red run with it
    tests: frozenset[str] = frozenset()  # of that run


def past(
    history: History, before: str | None = None, begun: str | None = None, *, without: Collection[str] = ()
) -> dict[str, Past]:
    """What is known of issues seen, or noted by people, before an instant (RFC 3339; None: ever), by fingerprint.

    Status "fixed" means: people said so, or after the last red run with it its tests ran again, and none of them failed;
    only executions before `begun` count for that, and none of the keys in `without`, which are under analysis themselves.
    """
    until = edge(before)
    with history.reading() as connection:
        seen = _seen(connection, until)
        passed = _passed_since(connection, seen, min(until, edge(begun)), without)
        found: dict[str, Past] = {}
        for fingerprint, title, cause, *said in connection.execute(_NOTES).fetchall():
            note, ticket, owner, fixed_in, expected = said
            known = seen.get(fingerprint, _Seen())
            if not known.runs and not any((cause, *said)):
                continue
            found[fingerprint] = Past(
                fingerprint=fingerprint,
                first_at=known.first_at,
                last_at=known.last_at,
                runs=known.runs,
                status="fixed"
                if fixed_in or fingerprint in passed
                else "expected"
                if _due(expected, until)
                else "open",
                fixed_in=fixed_in or None,
                note=note,
                cause=cause,
                found=known.cause,
                title=title,
                ticket=ticket,
                owner=owner,
                expected_until=expected,
                fixed_by=passed.get(fingerprint, ""),
            )
    return found


def edge(before: str | None) -> int:
    """An instant as ns; EVER where there is none."""
    return (to_ns(before) if before else None) or EVER


def _due(expected: str, until: int) -> bool:
    """Whether "expected until" still holds; one that is no date always does."""
    limit = to_ns(expected) if expected else None
    return bool(expected) and (limit is None or until == EVER or until <= limit)


def _seen(connection: Connection, until: int) -> dict[str, _Seen]:
    found: dict[str, _Seen] = {}
    for fingerprint, first, last, tests, cause, at, failed in connection.execute(_SEEN, (until,)):
        one = found.setdefault(fingerprint, _Seen())
        one.runs += 1
        one.first_at = _earlier(one.first_at, first)
        one.last_at = last or one.last_at
        one.cause = cause or one.cause
        if failed:
            one.red_ns, one.tests = at, frozenset(tests.split(SEPARATOR)) - {""}
    return found


def _earlier(one: str | None, other: str | None) -> str | None:
    if one == other:
        return one
    known = [(at, text) for text in (one, other) if text and (at := _instant(text)) is not None]
    return min(known)[1] if known else one or other


def _passed_since(
    connection: Connection, seen: dict[str, _Seen], until: int, without: Collection[str]
) -> dict[str, str]:
    """Issues whose tests ran again after the last red run with it and did not fail; the change in between, or ""."""
    dated = {name: (one.red_ns, one.tests) for name, one in seen.items() if one.red_ns is not None and one.tests}
    if not dated:
        return {}
    oldest = min(red for red, _ in dated.values())
    ran = [row for *row, key in connection.execute(_LATER, (oldest, until)) if key not in without]
    ids = identified(connection, sorted(frozenset().union(*(tests for _, tests in dated.values()))))
    found: dict[str, str] = {}
    for red, tests in sorted(set(dated.values()), key=lambda pair: (pair[0], sorted(pair[1]))):
        later = [(execution, at) for execution, at in ran if at > red]
        told = sequences(
            connection, [ids[name] for name in tests if name in ids], [execution for execution, _ in later]
        )
        if told and not any(code in RED for codes in told.values() for code in codes):
            change = connection.execute(_BETWEEN, (red, later[0][1])).fetchone()
            by = (change[0] or change[1]) if change else ""
            found |= {name: by for name, pair in dated.items() if pair == (red, tests)}
    return found
