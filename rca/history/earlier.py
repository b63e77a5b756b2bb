"""What the memory tells of tests and of what could have failed: outcomes, iterations, and issues to judge a fix by."""

import json
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from sqlite3 import Connection
from typing import NamedTuple

from pydantic import ValidationError

from rca.history.executions import cleaned
from rca.history.knowledge import EVER, edge
from rca.history.names import SEPARATOR, identified
from rca.history.packed import CODES, NAMES, columns, ran, tally
from rca.history.store import History
from rca.model import Iteration, Known, Outcomes

RECENT = 50  # outcomes of a test that are told one by one, for flaky or broken
LOOP = 12  # iterations told: a table for people
_EXECUTIONS = "SELECT id, key, at_ns FROM executions WHERE at_ns < ? ORDER BY at_ns, key"
_MODES = "SELECT s.fingerprint, s.tests, r.at_ns FROM seen s JOIN runs r ON r.id = s.run WHERE r.at_ns < ? ORDER BY r.at_ns, r.key"
_DEPLOYED = "SELECT DISTINCT at_ns FROM changes WHERE at_ns < ? ORDER BY at_ns"
_LOOP = "SELECT id, key, told FROM executions WHERE at_ns < ? AND told != '' ORDER BY at_ns DESC, key DESC"
_RUNS = "SELECT id, at_ns, began_ns FROM runs WHERE at_ns < ? ORDER BY at_ns DESC, key"
_SEEN = "SELECT s.fingerprint, i.title, s.run, s.minutes, s.tests, s.services, s.last_at FROM seen s JOIN issues i USING (fingerprint)"


class _Row(NamedTuple):
    """One issue in one run."""

    title: str
    run: int
    minutes: int
    tests: str
    services: str
    last_at: str | None


def outcomes(
    history: History, names: Sequence[str], before: str | None = None, *, without: Collection[str] = ()
) -> dict[str, Outcomes]:
    """Results of the named tests in executions begun before an instant, by the names given; those without any are left out.

    `without`: keys of executions that do not count, because they are under analysis themselves.
    """
    called = dict(zip(cleaned(names), names, strict=True))
    with history.reading() as connection:
        those = [row for row in connection.execute(_EXECUTIONS, (edge(before),)) if row[1] not in without]
        ids = identified(connection, called)
        told = columns(connection, ids.values(), [row for row, *_ in those])
        modes = _modes(connection, ids.keys(), edge(before))
    times = tuple(at for *_, at in those)
    late = times[-RECENT:]
    counted = {
        codes: _counted(codes, times, late) for codes in set(told.values())
    }  # most tests of a suite share theirs
    found = {name: counted[told[test]] for name, test in ids.items() if test in told}
    return {
        called[name]: replace(one, modes=tuple(modes[name])) if name in modes else one for name, one in found.items()
    }


def _counted(column: bytes, times: tuple[int, ...], late: tuple[int, ...]) -> Outcomes:
    codes, when = column, late
    if 0 in column:  # it was not there in every execution
        codes = column.replace(b"\0", b"")
        when = tuple(at for code, at in zip(column, times, strict=True) if code)[-RECENT:]
    failed, skipped = codes.count(CODES["failed"]) + codes.count(CODES["error"]), codes.count(CODES["skipped"])
    return Outcomes(
        passed=len(codes) - failed - skipped,
        failed=failed,
        skipped=skipped,
        recent=_recent(codes[-RECENT:]),
        flaked=codes.count(CODES["flaked"]),
        times=when,
    )


def _modes(connection: Connection, names: Collection[str], until: int) -> dict[str, list[tuple[int, frozenset[str]]]]:
    """Of each test that failed in analyses before an instant: when, oldest first, and with which issues."""
    found: dict[str, dict[int, set[str]]] = {}
    for fingerprint, tests, at in connection.execute(_MODES, (until,)):
        for name in tests.split(SEPARATOR):
            if name in names:
                found.setdefault(name, {}).setdefault(at, set()).add(fingerprint)
    return {
        name: [(at, frozenset(issues)) for at, issues in list(told.items())[-RECENT:]] for name, told in found.items()
    }


def deployed(history: History, before: str | None = None) -> tuple[int, ...]:
    """When something was changed (ns), as runs before an instant saw it."""
    with history.reading() as connection:
        return tuple(at for (at,) in connection.execute(_DEPLOYED, (edge(before),)))


@lru_cache(maxsize=4096)  # the last runs of most tests are alike
def _recent(codes: bytes) -> tuple[str, ...]:
    return tuple(map(NAMES.__getitem__, codes))


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
            related = ran(connection, ids, execution) if names else not json.loads(told).get("total")
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
        seen: dict[str, list[_Row]] = {}
        for fingerprint, *row in connection.execute(_SEEN):
            if row[1] in taken:
                seen.setdefault(fingerprint, []).append(_Row(*row))
        executed = _executed(connection, _named(row.tests for rows in seen.values() for row in rows), edge(before))
        exposures = _exposures(connection, taken)
        return {name: _known(name, rows, taken, executed, exposures) for name, rows in sorted(seen.items())}


def _known(
    fingerprint: str,
    rows: Sequence[_Row],
    taken: Mapping[int, int],
    executed: tuple[Sequence[int], Mapping[str, bytes]],
    exposures: dict[str, list[tuple[int, str, int]]],
) -> Known:
    began = min(taken[row.run] for row in rows)
    runs = {run for run, at in taken.items() if at >= began}
    tests = _named(row.tests for row in rows)
    services = _named(row.services for row in rows)
    times, laid = executed
    first = bisect_left(times, began)
    amount, ran_in, red = tally(laid[name][first:] for name in tests if name in laid)
    exposure = {"tests": float(amount), "runs": float(ran_in), **_served(exposures, services, runs)}
    return Known(
        fingerprint=fingerprint,
        title=rows[-1].title,
        failures=sum(row.minutes for row in rows),
        exposure={unit: amount for unit, amount in exposure.items() if amount},
        tests=tests,
        services=services,
        last_at=max((row.last_at for row in rows if row.last_at), default=None),
        red=red,
    )


def _named(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({name for text in texts for name in text.split(SEPARATOR) if name}))


def _executed(connection: Connection, tests: Sequence[str], until: int) -> tuple[list[int], dict[str, bytes]]:
    """When the executions before an instant began, oldest first, and the codes of each test in them."""
    those = connection.execute(_EXECUTIONS, (until,)).fetchall()
    ids = identified(connection, tests)
    laid = columns(connection, ids.values(), [row for row, *_ in those])
    return [at for *_, at in those], {name: laid[number] for name, number in ids.items() if number in laid}


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
