"""How often each failing test fails at random, in words; where that is likely now, a suggestion that people may follow."""

from typing import NamedTuple

from rca.model import Report
from rca.report.words import pct

SURE = 0.8  # "very likely" (correlation notes, section 8)
NAMES = 3
WIDEST = 0.6  # of an interval; a wider one says nothing, and stays in the JSON
ADVICE = "suggestion: quarantine, with an owner and a date, until repaired"


class Flakiness(NamedTuple):
    """One row: tests with the same record, the share of their runs that failed (95 % interval), the odds of a flake now."""

    tests: str
    share: str
    p: str
    advice: str


def flakiness(report: Report) -> tuple[Flakiness, ...]:
    """Rows for the failing tests of which earlier runs are known, the likeliest flakes first."""
    groups: dict[tuple[float, tuple[float, float, float], bool], list[str]] = {}
    for one in report.tests.failures:
        if one.flaky is not None and one.flaky_share is not None and one.flaky_share[2] - one.flaky_share[1] <= WIDEST:
            names = groups.setdefault((one.flaky, one.flaky_share, one.kind == "flaky"), [])
            if one.name not in names:
                names.append(one.name)
    return tuple(
        Flakiness(
            _listed(names),
            f"{pct(mean)} ({pct(low)} to {pct(high)})",
            pct(p),
            ADVICE if flaky and p >= SURE else "",
        )
        for (p, (mean, low, high), flaky), names in sorted(groups.items(), key=lambda pair: (-pair[0][0], pair[1]))
    )


def _listed(names: list[str]) -> str:
    more = len(names) - NAMES
    return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")
