"""The test matrix: a row for each suite of each run, with the issue that most of its failures belong to."""

from collections import Counter
from dataclasses import dataclass

from rca.model import Report, Suite
from rca.report.links import notable
from rca.report.words import pct


@dataclass(frozen=True, slots=True)
class Row:
    """One suite of one run."""

    name: str
    suite: Suite
    rate: str
    notable: str


def matrix(report: Report) -> list[Row]:
    """Suites in the order of their runs; where a name occurs in several runs, its run is named with it."""
    names = Counter(suite.name for suite in report.tests.suites)
    numbered = _run_of(report)
    rows = []
    for suite, run in zip(report.tests.suites, numbered, strict=True):
        name = f"{suite.name}, run {run}" if names[suite.name] > 1 and run else suite.name
        failing = suite.failed + suite.errors
        rows.append(
            Row(
                name,
                suite,
                pct(suite.passed / (suite.passed + failing)) if suite.passed + failing else "",
                notable(report, suite.name) if failing else "",
            )
        )
    return rows


def _run_of(report: Report) -> list[int]:
    """The number of the run that each suite belongs to, from 1: suites stand run by run; 0 where that cannot be told."""
    sizes = [int(run["total"]) for run in report.runs if run["total"]]
    if sum(sizes) != sum(suite.total for suite in report.tests.suites):
        return [0] * len(report.tests.suites)
    found, at, left = [], 0, sizes[0] if sizes else 0
    for suite in report.tests.suites:
        while left <= 0 and at + 1 < len(sizes):
            at += 1
            left = sizes[at]
        found.append(at + 1)
        left -= suite.total
    return found
