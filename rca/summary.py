"""Summary: test counts, coverage and the class of each failure, counted from the cases and the issues."""

from collections.abc import Mapping, Sequence

import polars as pl

from rca.classes import FAILING, Classes
from rca.model import (
    Authenticity,
    Coverage,
    CrossFinding,
    Digest,
    Explanation,
    Failure,
    Occurring,
    Pattern,
    Source,
    Suite,
    TestCase,
    TestRun,
    TestSummary,
    TrafficSeries,
)
from rca.when import rfc3339

MESSAGE_KEPT = 500
CASES_KEPT = 50_000  # outcomes by test in the report, for diff and verify; about 4 MB of JSON


def tests(
    runs: Sequence[TestRun],
    issues: Sequence[Occurring],
    classes: Classes,
    doubts: Sequence[Authenticity],
    flaky: Mapping[str, tuple[float, tuple[float, float, float]]],
) -> TestSummary:
    """Counts over all runs under analysis; one row per failing case.

    `flaky`: test → probability of a flake, and the share of its executions that fail at random (mean and 95 % interval).
    """
    cases = [(run, case) for run in runs for case in run.cases]
    owner = {seen.ref: one.issue.id for one in issues for seen in one.occurrences if seen.test}
    return TestSummary(
        **counts(runs),
        duration_s=round(sum(case.duration_s or 0.0 for _, case in cases), 3),
        suites=suites(runs),
        failures=tuple(
            _failure(case, owner.get(case.ref), classes.of(run, case, owner.get(case.ref)), flaky)
            for run, case in cases
            if case.outcome in FAILING
        ),
        authenticity=tuple(doubts),
        cases={case.id: case.outcome for _, case in cases} if len(cases) <= CASES_KEPT else {},
    )


def owners(runs: Sequence[TestRun], issues: Sequence[Occurring]) -> dict[str, str]:
    """Test → issue with which it failed last."""
    owner = {seen.ref: one.issue.id for one in issues for seen in one.occurrences if seen.test}
    return {case.id: owner[case.ref] for run in runs for case in run.cases if case.ref in owner}


_COUNTED = {"passed": "passed", "failed": "failed", "errors": "error", "skipped": "skipped"}


def counts(runs: Sequence[TestRun]) -> dict[str, int]:
    """`total`, `passed`, `failed`, `errors`, `skipped` over all runs, as each run counts itself."""
    each = [run.counts() for run in runs]
    return {name: sum(one[name] for one in each) for name in ("total", *_COUNTED)}


def suites(runs: Sequence[TestRun]) -> tuple[Suite, ...]:
    """One row per run and suite, in the order of the reports."""
    groups: dict[tuple[int, str], list[TestCase]] = {}
    for number, run in enumerate(runs):
        for case in run.cases:
            groups.setdefault((number, case.suite), []).append(case)
    return tuple(
        Suite(
            name=name,
            total=len(cases),
            **{field: sum(case.outcome == outcome for case in cases) for field, outcome in _COUNTED.items()},
            duration_s=round(sum(case.duration_s or 0.0 for case in cases), 3),
        )
        for (_, name), cases in groups.items()
    )


def _failure(
    case: TestCase, issue: str | None, kind: str, flaky: Mapping[str, tuple[float, tuple[float, float, float]]]
) -> Failure:
    p, share = flaky.get(case.id, (None, None))
    return Failure(
        id=case.id,
        suite=case.suite,
        name=case.name,
        outcome=case.outcome,
        message=(case.message or case.text.strip().rsplit("\n", 1)[-1])[:MESSAGE_KEPT],
        issue=issue,
        evidence=(case.ref,),
        kind=kind,
        flaky=p,
        flaky_share=share,
    )


def coverage(
    sources: Sequence[Source],
    runs: Sequence[TestRun],
    issues: Sequence[Occurring],
    explanation: Explanation,
    missing: Sequence[str],
    notes: Sequence[str] = (),
) -> Coverage:
    """What was read; failures are failing test cases, or, where no test ran, failing issues. `notes`: of the rules."""
    cases = [case.ref for run in runs for case in run.cases if case.outcome in FAILING]
    failing = [one for one in issues if one.failing]
    named = {seen.ref for one in failing if one.finding for seen in one.occurrences}
    if cases:
        failures, explained = len(cases), sum(ref in explanation.explained for ref in cases)
        by_rule = sum(ref in named for ref in cases)
    else:
        in_cause = {cause.issue for cause in explanation.causes} | {
            edge.effect for edge in explanation.edges if edge.kept
        }
        failures, by_rule = len(failing), sum(one.finding is not None for one in failing)
        explained = sum(one.issue.id in in_cause for one in failing)
    return Coverage(
        sources=tuple(sources),
        failures=failures,
        explained=explained,
        missing=tuple(dict.fromkeys((*missing, *explanation.missing))),
        by_rule=by_rule,
        rules=tuple(notes),
        unknown_signatures=sum(one.finding is None for one in failing),
    )


def traffic(digest: Digest) -> tuple[TrafficSeries, ...]:
    """Requests (or, where none were logged, entries) per service and minute, with the 5xx among them."""
    found: list[TrafficSeries] = []
    sums = [pl.col(name).sum() for name in ("entries", "requests", "failed")]
    rows = (
        digest.traffic.drop_nulls(["service", "minute"])
        .group_by("service", "minute")
        .agg(sums)
        .sort("service", "minute")
    )
    for (service,), part in rows.partition_by("service", as_dict=True, maintain_order=True).items():
        unit = "requests" if int(part["requests"].sum()) else "entries"
        minutes = tuple(
            (rfc3339(minute), int(n), int(bad)) for minute, n, bad in part.select("minute", unit, "failed").iter_rows()
        )
        found.append(TrafficSeries(service=str(service), unit=unit, minutes=minutes))
    return tuple(found)


def run_rows(runs: Sequence[TestRun]) -> tuple[dict[str, str | int], ...]:
    """One row per run under analysis, oldest first."""
    return tuple(
        {
            "path": run.path,
            "started_at": rfc3339(run.started_ns) if run.started_ns else "",
            "ended_at": rfc3339(run.ended_ns) if run.ended_ns else "",
            "total": len(run.cases),
            "failed": sum(case.outcome in FAILING for case in run.cases),
        }
        for run in runs
    )


def patterns(crossed: Sequence[CrossFinding]) -> tuple[Pattern, ...]:
    """What rules over several events found, whether or not a cause speaks of it."""
    return tuple(
        Pattern(
            rule=one.rule,
            kind=one.kind,
            title=one.title,
            role=one.role,
            count=one.count,
            service=one.service,
            revision=one.revision,
            first_at=rfc3339(one.first_at) if one.first_at is not None else None,
            last_at=rfc3339(one.last_at) if one.last_at is not None else None,
            evidence=one.refs,
        )
        for one in crossed
    )
