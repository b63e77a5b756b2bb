"""Reports and runs for tests of the memory."""

from collections.abc import Mapping

from rca.model import Coverage, Failure, Issue, Report, TestCase, TestRun, TestSummary, Tool, Verdict, Window
from rca.model.case import Outcome
from rca.when import rfc3339

HOUR = 3_600_000_000_000
START = 1_760_000_000_000_000_000
FAILING = ("failed", "error")


def run(hour: int, outcomes: Mapping[str, Outcome]) -> TestRun:
    """One test run that began `hour` hours after START."""
    at = START + hour * HOUR
    cases = tuple(
        TestCase(id=name, ref=f"test:0:{name}", suite="s", classname="", name=name, outcome=outcome, start_ns=at)
        for name, outcome in outcomes.items()
    )
    return TestRun(path=f"run-{hour}.xml", source=0, started_ns=at, ended_ns=at + 60_000_000_000, cases=cases)


def report(made: TestRun, issues: Mapping[str, tuple[str, ...]], cause: str = "") -> Report:
    """What an analysis of one run says: issue id → tests that failed with it."""
    counts = made.counts()
    assert made.ended_ns is not None
    at = rfc3339(made.started_ns or 0)
    failed = tuple(
        Failure(id=case.id, suite="s", name=case.name, outcome=case.outcome, message="")
        for case in made.cases
        if case.outcome in FAILING
    )
    return Report(
        tool=Tool(version="1", rules="r"),
        window=Window(since=at, until=rfc3339(made.ended_ns), anchor="inputs"),
        verdict=Verdict(status="cause_found" if issues else "no_failure_found", summary=cause or "summary"),
        coverage=Coverage(),
        tests=TestSummary(
            total=counts["total"],
            passed=counts["passed"],
            failed=counts["failed"],
            failures=failed,
            cases={case.id: case.outcome for case in made.cases},
        ),
        issues=tuple(
            Issue(id=name, title=f"title of {name}", role="root", count=1, first_at=at, last_at=at, tests=tests)
            for name, tests in issues.items()
        ),
    )
