"""What the memory tells of tests and of what could have failed: outcomes, iterations, and issues to judge a fix by."""

import json
from collections.abc import Collection, Iterable, Sequence
from sqlite3 import Connection

from pydantic import ValidationError

from rca.history.executions import cleaned
from rca.history.knowledge import EVER, edge
from rca.history.packed import CODES, NAMES, identified, sequences, tallied
from rca.history.record import SEPARATOR
from rca.history.store import History
from rca.model import Iteration, Known, Outcomes

RECENT = 50  # outcomes of a test that are told one by one, for flaky or broken
LOOP = 12  # iterations told: a table for people
_RED = (CODES["failed"], CODES["error"])
_EXECUTIONS = "SELECT id, key FROM executions WHERE at_ns < ? ORDER BY at_ns, key"
_LOOP = "SELECT id, key, told FROM executions WHERE at_ns < ? AND told != '' ORDER BY at_ns DESC, key DESC"
_RUNS = "SELECT id, at_ns, began_ns FROM runs WHERE at_ns < ? ORDER BY at_ns DESC, key"
_SEEN = "SELECT s.fingerprint, i.title, s.run, s.minutes, s.tests, s.services, s.last_at FROM seen s JOIN issues i USING (fingerprint)"


def outcomes(
    history: History, names: Sequence[str], before: str | None = None, *, without: Collection[str] = ()
) -> dict[str, Outcomes]:
    """Results of the named tests in executions begun before an instant, by the names given; those without any are left out.

    `without`: keys of executions that do not count, because they are under analysis themselves.
    """
    called = dict(zip(cleaned(names), names, strict=True))
    with history.reading() as connection:
        ran = [row for row, key in connection.execute(_EXECUTIONS, (edge(before),)) if key not in without]
        ids = identified(connection, called)
        told = sequences(connection, ids.values(), ran)
    return {called[name]: _counted(told[test]) for name, test in ids.items() if test in told}


def _counted(codes: bytes) -> Outcomes:
    return Outcomes(
        passed=codes.count(CODES["passed"]) + codes.count(CODES["flaked"]),
        failed=sum(codes.count(code) for code in _RED),
        skipped=codes.count(CODES["skipped"]),
        recent=tuple(map(NAMES.__getitem__, codes[-RECENT:])),
        flaked=codes.count(CODES["flaked"]),
    )


def loop(
    history: History, names: Sequence[str], before: str | None = None, *, without: Collection[str] = ()
) -> tuple[Iteration, ...]:
    """The last iterations begun before an instant that ran any of these tests (without names: those without tests).

    One memory serves many projects; the runs of another one are no part of this loop.
    """
    rows: list[Iteration] = []
    with history.reading() as connection:
        ids = identified(connection, cleaned(names)).values()
        for execution, key, told in connection.execute(_LOOP, (edge(before),)).fetchall():
            related = bool(tallied(connection, ids, (execution,))[0]) if names else not json.loads(told).get("total")
            if key not in without and related:
                rows += _row(told)
            if len(rows) == LOOP:
                break
    return tuple(reversed(rows))


def _row(told: str) -> Iterable[Iteration]:
    try:
        return (Iteration.model_validate_json(told).model_copy(update={"remembered": True}),)
    except ValidationError:  # an export edited by hand: the table goes without this row
        return ()


def known(history: History, before: str | None = None) -> dict[str, Known]:
    """Issues of runs that ended before an instant, with what could have failed since they were first seen.

    Runs that overlap are counted once (the later one): two exports of the same hour hold the same failures.
    """
    with history.reading() as connection:
        taken: dict[int, int] = {}
        free = EVER
        for run, at, began in connection.execute(_RUNS, (edge(before),)):
            if at <= free:
                taken[run], free = began, min(began, at)
        seen: dict[str, list[tuple[str, int, int, str, str, str | None]]] = {}
        for fingerprint, title, run, minutes, tests, services, last in connection.execute(_SEEN):
            if run in taken:
                seen.setdefault(fingerprint, []).append((title, run, minutes, tests, services, last))
        exposures = _exposures(connection, taken)
        return {
            fingerprint: _known(connection, fingerprint, rows, taken, edge(before), exposures)
            for fingerprint, rows in sorted(seen.items())
        }


def _known(
    connection: Connection,
    fingerprint: str,
    rows: list[tuple[str, int, int, str, str, str | None]],
    taken: dict[int, int],
    until: int,
    exposures: dict[str, list[tuple[int, str, int]]],
) -> Known:
    began = min(taken[run] for _, run, *_ in rows)
    runs = {run for run, at in taken.items() if at >= began}
    tests = _named(tests for _, _, _, tests, _, _ in rows)
    services = _named(services for _, _, _, _, services, _ in rows)
    executed, ran, red = _executed(connection, tests, began, until)
    exposure = {"tests": float(executed), "runs": float(ran), **_served(exposures, services, runs)}
    return Known(
        fingerprint=fingerprint,
        title=rows[-1][0],
        failures=sum(minutes for _, _, minutes, *_ in rows),
        exposure={unit: amount for unit, amount in exposure.items() if amount},
        tests=tests,
        services=services,
        last_at=max((last for *_, last in rows if last), default=None),
        red=red,
    )


def _named(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for text in texts for name in text.split(SEPARATOR) if name}))


def _executed(connection: Connection, tests: Sequence[str], began: int, until: int) -> tuple[int, int, int]:
    ran = [
        row for (row,) in connection.execute("SELECT id FROM executions WHERE at_ns >= ? AND at_ns < ?", (began, until))
    ]
    return tallied(connection, identified(connection, tests).values(), ran)


def _exposures(connection: Connection, runs: Collection[int]) -> dict[str, list[tuple[int, str, int]]]:
    """(run, unit, amount) by service, of these runs."""
    found: dict[str, list[tuple[int, str, int]]] = {}
    for run, service, unit, amount in connection.execute("SELECT run, service, unit, amount FROM exposures"):
        if run in runs:
            found.setdefault(service, []).append((run, unit, amount))
    return found


def _served(
    exposures: dict[str, list[tuple[int, str, int]]], services: Sequence[str], runs: Collection[int]
) -> dict[str, float]:
    found: dict[str, float] = {}
    for service in services:
        for run, unit, amount in exposures.get(service, ()):
            if run in runs:
                found[unit] = found.get(unit, 0.0) + amount
    return found
