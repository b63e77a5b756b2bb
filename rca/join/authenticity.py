"""Authenticity: passing tests without evidence that they exercised the system. Neutral, and never on one sign alone."""

import re
import statistics
from collections.abc import Mapping, Sequence

from rca.model import Authenticity, Outcomes, TestCase, TestRun

DECLARED = re.compile(r"(?:^|[^a-z])(?:e2e|end_?to_?end|staging|integration|live|smoke)(?:[^a-z]|$)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
INSTANT_S = 0.005  # no answer from a remote system arrives in less
REAL_S = 0.05  # a sibling above this plausibly spoke to something
SIBLINGS = 3
SAME_RUNS = 5  # identical durations over so many runs


def authenticity(runs: Sequence[TestRun], outcomes: Mapping[str, Outcomes]) -> tuple[Authenticity, ...]:
    """Passing tests that show two or more signs; one alone says nothing, zero durations are common."""
    found: dict[str, Authenticity] = {}
    for run in runs:
        declared = [case for case in run.cases if case.outcome != "skipped" and declares(case)]
        slow = [case.duration_s for case in declared if (case.duration_s or 0.0) >= REAL_S]
        for case in declared:
            reasons = _reasons(case, [one for one in slow if one is not None], outcomes.get(case.id))
            if reasons:
                found.setdefault(case.id, Authenticity(id=case.id, reasons=reasons))
    return tuple(found[key] for key in sorted(found))


def declares(case: TestCase) -> bool:
    """Whether its name, class, file or suite says that it talks to a running system."""
    words = " ".join((case.name, case.classname, case.file or "", case.suite))
    return DECLARED.search(_CAMEL.sub("_", words)) is not None


def _reasons(case: TestCase, slow: Sequence[float], past: Outcomes | None) -> tuple[str, ...]:
    if case.outcome != "passed" or case.duration_s is None or case.duration_s > INSTANT_S or len(slow) < SIBLINGS:
        return ()
    if case.traces or case.urls:
        return ()
    reasons = [
        "its name or file says that it talks to a running system",
        (
            f"it took {case.duration_s * 1000:.0f} ms; the {len(slow)} siblings of the run that took 50 ms or more "
            f"needed {statistics.median(slow):.2f} s at the median"
        ),
    ]
    if past and len(past.durations_s) >= SAME_RUNS and len(set(past.durations_s)) == 1:
        reasons.append(f"its duration was the same in {len(past.durations_s)} runs")
    return tuple(reasons)
