"""Authenticity: tests without evidence that they exercised the system. Neutral, and never on one sign alone."""

import re
import statistics
from collections.abc import Iterator, Mapping, Sequence

from rca.join.served import Served
from rca.model import Authenticity, Digest, Outcomes, TestCase, TestRun

DECLARED = re.compile(r"(?:^|[^a-z])(?:e2e|end_?to_?end|staging|integration|live|smoke)(?:[^a-z]|$)", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
INSTANT_S = 0.003  # name resolution, TLS and one answer of a remote system take longer even inside one region
REAL_S = 0.05  # a sibling above this plausibly spoke to something
SIBLINGS = 3
SAYS = "its name or file says that it talks to a running system"
MOCK = re.compile(
    r"\b(?:Magic|Async)?Mock\b(?= (?:name|id|spec)=)|\bunittest\.mock\b|\bresponses\.RequestsMock\b|\bnock\b"
)
OUTPUT_READ = 20_000  # characters of one test's output
SAME_RUNS = 5  # identical durations over so many runs


def authenticity(
    runs: Sequence[TestRun],
    outcomes: Mapping[str, Outcomes],
    digest: Digest | None = None,
    earlier: Sequence[TestRun] = (),
) -> tuple[Authenticity, ...]:
    """Tests that say they talk to a running system and show two or more signs that they did not; one sign says nothing.

    `digest`: of the logs of the system, which tell how it answered while the tests ran; `earlier`: runs before these.
    """
    served = Served(digest)
    took = _durations(outcomes, (*earlier, *runs))
    found: dict[str, Authenticity] = {}
    for run in runs:
        declared = [case for case in run.cases if declares(case)]
        slow = [
            case.duration_s for case in declared if case.outcome != "skipped" and (case.duration_s or 0.0) >= REAL_S
        ]
        for case in declared:
            reasons = _reasons(
                case, [one for one in slow if one is not None], took.get(case.id, ()), served.refused(run, case)
            )
            if reasons:
                found.setdefault(case.id, Authenticity(id=case.id, reasons=(SAYS, *reasons)))
        for one in _skipped(declared):
            found.setdefault(one.id, one)
    return tuple(found[key] for key in sorted(found))


def declares(case: TestCase) -> bool:
    """Whether its name, class, file or suite says that it talks to a running system."""
    words = " ".join((case.name, case.classname, case.file or "", case.suite))
    return DECLARED.search(_CAMEL.sub("_", words)) is not None


def _reasons(case: TestCase, slow: Sequence[float], took: Sequence[float], refused: str | None) -> tuple[str, ...]:
    """The signs of one passing test, when there are two; a trace, or an address that answered, outweighs them all."""
    if case.outcome != "passed" or case.traces or (case.urls and not refused):
        return ()
    signs: list[str] = [refused] if refused else []
    if case.duration_s is not None and case.duration_s <= INSTANT_S:
        signs.append(f"it took {case.duration_s * 1000:.0f} ms")
        if len(slow) >= SIBLINGS:
            signs.append(
                f"the {len(slow)} siblings of the run that took 50 ms or more needed {statistics.median(slow):.2f} s at the median"
            )
    if len(took) >= SAME_RUNS and len(set(took)) == 1:
        signs.append(f"its duration was the same in {len(took)} runs")
    if mock := MOCK.search(case.output[:OUTPUT_READ]):
        signs.append(f"its output speaks of {mock[0]}, which stands in for what it replaces")
    return tuple(signs) if len(signs) >= 2 else ()


def _durations(outcomes: Mapping[str, Outcomes], runs: Sequence[TestRun]) -> dict[str, list[float]]:
    """How long each test took, run by run, as far as it passed."""
    found = {name: list(past.durations_s) for name, past in outcomes.items()}
    for run in runs:
        for case in run.cases:
            if case.outcome == "passed" and case.duration_s is not None:
                found.setdefault(case.id, []).append(case.duration_s)
    return found


def _skipped(declared: Sequence[TestCase]) -> Iterator[Authenticity]:
    """Classes of which every test was skipped, while other tests of the run did run."""
    classes: dict[str, list[TestCase]] = {}
    for case in declared:
        classes.setdefault(case.classname, []).append(case)
    ran = any(case.outcome != "skipped" for case in declared)
    for name, cases in classes.items():
        if ran and name and len(cases) >= SIBLINGS and all(case.outcome == "skipped" for case in cases):
            reasons = (SAYS, f"all {len(cases)} of its tests were skipped", "other tests of its kind did run")
            yield Authenticity(id=name, reasons=reasons)
