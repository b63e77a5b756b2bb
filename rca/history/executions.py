"""From a report and its test runs to executions: what is kept of each run, under a key that is the same wherever it is read."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Iteration, Report, TestCase, TestRun
from rca.redact.bulk import series
from rca.safe import clean
from rca.when import rfc3339, to_ns

FAILING = ("failed", "error")


@dataclass(frozen=True, slots=True)
class Execution:
    """One test run with its outcomes by test id; `at_ns` is its start."""

    key: str
    at_ns: int
    told: Iteration
    outcomes: Mapping[str, str]


def executions(report: Report, runs: Sequence[TestRun]) -> list[Execution]:
    """One per test run; without runs, one for the report with the outcomes that it lists."""
    own = [row for row in report.loop if not row.remembered]
    until = to_ns(report.window.until or "") or 0
    if runs and len(own) != len(runs):
        own = [Iteration(at=rfc3339(run.started_ns) if run.started_ns else None, label=run.path) for run in runs]
    if not runs:
        told = own[0] if len(own) == 1 else whole(report)
        at = to_ns(told.at or "") or until
        return [Execution(_key(at, report.tests.cases, told.label), at, told, report.tests.cases)]
    made = []
    for run, told in zip(runs, own, strict=True):
        outcomes = outcomes_of(run)
        at = run.started_ns or run.ended_ns or until
        made.append(Execution(_key(run.started_ns, outcomes, told.label), at, told, outcomes))
    return made


def whole(report: Report) -> Iteration:
    """A report as one row of the loop."""
    tests = report.tests
    return Iteration(
        at=report.window.until,
        label="analysis",
        total=tests.total,
        passed=tests.passed,
        failed=tests.failed + tests.errors,
        skipped=tests.skipped,
        open=tuple((one.id, one.title) for one in report.issues if one.role != "background"),
    )


def keys(runs: Iterable[TestRun], labels: Iterable[str]) -> frozenset[str]:
    """Keys of these runs: what the memory holds of them is no earlier evidence."""
    return frozenset(_key(run.started_ns, outcomes_of(run), label) for run, label in zip(runs, labels, strict=True))


def outcomes_of(run: TestRun) -> dict[str, str]:
    """Last outcome by cleaned test id; "flaked" where it failed first and passed when tried again."""
    names = cleaned([case.id for case in run.cases])
    return dict(zip(names, map(_told, run.cases), strict=True))


def _told(case: TestCase) -> str:
    tries = case.attempts
    again = tries and case.outcome == "passed" and any(one.outcome in FAILING for one in tries)
    return "flaked" if again else case.outcome


def cleaned(names: Sequence[str]) -> list[str]:
    """`names` as any output shows them; the gate over all of them leaves few to look at one by one."""
    told: list[str] = series(pl.Series(names, dtype=pl.String), clean).to_list()
    return told


def _key(started_ns: int | None, outcomes: Mapping[str, str], label: str) -> str:
    """By start and outcomes; the path only where there is no start: the same report may be read from anywhere."""
    parts = [f"{started_ns}" if started_ns is not None else label]
    for name in sorted(outcomes):
        parts += name, outcomes[name]
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
