"""The loop in one table: iterations side by side, with what each passed, what was open, and what was deployed before it."""

from dataclasses import dataclass

from rca.model import Iteration, Report

ROWS = 12
SUITES = 4
NAMED = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One iteration as cells; `at` is an instant, the rest words."""

    at: str
    tests: str
    suites: str
    open: str
    changes: str
    moves: str


def turns(report: Report) -> list[Row]:
    """The last iterations, oldest first; nothing where there is only one to show."""
    rows = report.loop[-ROWS:]
    return [_row(one) for one in rows] if len(rows) > 1 else []


def _row(one: Iteration) -> Row:
    ran = one.passed + one.failed
    rate = f"{one.passed} of {ran} passed ({100 * one.passed // ran} %)" if ran else "no tests"
    suites = [f"{name} {passed}/{count}" for name, passed, count in one.suites[:SUITES]]
    return Row(
        at=one.at or "",
        tests=rate,
        suites=", ".join(suites) + (f" and {len(one.suites) - SUITES} more" if len(one.suites) > SUITES else ""),
        open=f"{len(one.open)}",
        changes=_few(one.changes, "none recorded"),
        moves=_few(one.moves, ""),
    )


def _few(texts: tuple[str, ...], otherwise: str) -> str:
    more = f"; and {len(texts) - NAMED} more" if len(texts) > NAMED else ""
    return ("; ".join(texts[:NAMED]) + more) or otherwise
