"""Impact: what the failing tests are worth to the project, and its criteria against what the tests show."""

import math
from collections.abc import Iterator, Sequence
from statistics import fmean, median

from rca.globs import fits_any
from rca.model import Config, Criterion, Impact, TestCase, TestRun
from rca.model.config import Performance, Priority
from rca.when import span

FAILING = ("failed", "error")
FAILING_KEPT = 20  # ids of failing tests named per priority; the counts stay true


def impacts(runs: Sequence[TestRun], config: Config) -> tuple[Impact, ...]:
    """One row per priority, in the order of the configuration; each test belongs to the first that names it."""
    owned: dict[str, list[TestCase]] = {one.name: [] for one in config.priorities}
    for case in _cases(runs):
        first = next((one for one in config.priorities if named(one.tests, case)), None)
        if first is not None:
            owned[first.name].append(case)
    return tuple(_impact(one, owned[one.name]) for one in config.priorities)


def criteria(runs: Sequence[TestRun], config: Config) -> tuple[Criterion, ...]:
    """Success criteria, then performance targets, in the order of the configuration."""
    cases = list(_cases(runs))
    found = []
    for one in config.targets:
        globs = one.tests or one.suites
        meant = [case for case in cases if (named(globs, case) if one.tests else fits_any(globs, case.suite))]
        name = one.name or f"pass rate of {', '.join(globs)}"
        found.append(Criterion(name=name, target=_share(one.target), actual=_rate(meant), met=_met(meant, one.target)))
    return (
        *found,
        *(_performed(one, [case for case in cases if named(one.tests, case)]) for one in config.performance),
    )


def _cases(runs: Sequence[TestRun]) -> Iterator[TestCase]:
    """What is a test; failures around tests belong to nobody's priority."""
    return (case for run in runs for case in run.cases if case.is_test)


def named(globs: Sequence[str], case: TestCase) -> bool:
    """Whether a glob fits the id, the name or the suite of the test, each as a whole."""
    return any(fits_any(globs, text) for text in (case.id, case.name, case.suite))


def _impact(priority: Priority, cases: Sequence[TestCase]) -> Impact:
    failing = [case.id for case in cases if case.outcome in FAILING]
    return Impact(
        priority=priority.name,
        impact=priority.impact,
        total=len(cases),
        passed=sum(case.outcome == "passed" for case in cases),
        failed=len(failing),
        skipped=sum(case.outcome == "skipped" for case in cases),
        target="" if priority.target is None else _share(priority.target),
        actual=_rate(cases),
        met=None if priority.target is None else _met(cases, priority.target),
        failing=tuple(dict.fromkeys(failing))[:FAILING_KEPT],
    )


def _ran(cases: Sequence[TestCase]) -> tuple[int, int]:
    """(passed, executed): a skipped test says nothing about the system."""
    executed = [case for case in cases if case.outcome != "skipped"]
    return sum(case.outcome == "passed" for case in executed), len(executed)


def _rate(cases: Sequence[TestCase]) -> str:
    passed, executed = _ran(cases)
    if not cases:
        return "no such test in the inputs"
    if not executed:
        return f"all {len(cases)} skipped"
    tenths = 1000 * passed // executed  # rounded down: 99.96 % does not meet 100 %
    return f"{_share(tenths / 10)} ({passed} of {executed})"


def _met(cases: Sequence[TestCase], percent: float) -> bool | None:
    passed, executed = _ran(cases)
    return 100 * passed >= percent * executed if executed else None


def _share(percent: float) -> str:
    return f"{percent:g} %"


def _performed(wanted: Performance, cases: Sequence[TestCase]) -> Criterion:
    """A skipped test has no duration; one that failed has: waiting for a time-out is slow, too."""
    values = sorted(value for case in cases if case.outcome != "skipped" for value in _value(wanted, case))
    limit, sign = (wanted.at_most, "≤") if wanted.at_most is not None else (wanted.at_least, "≥")
    assert limit is not None
    target = f"{wanted.statistic} {sign} {_shown(wanted, limit)}"
    if not values:
        said = f"no property {wanted.property!r} with a number" if wanted.property else "no duration"
        return Criterion(name=wanted.name, target=target, actual=f"{said} in the inputs")
    actual = _statistic(wanted.statistic, values)
    met = actual <= limit if wanted.at_most is not None else actual >= limit
    return Criterion(name=wanted.name, target=target, actual=f"{_shown(wanted, actual)} (of {len(values)})", met=met)


def _value(wanted: Performance, case: TestCase) -> Iterator[float]:
    if not wanted.property:
        if case.duration_s is not None:
            yield case.duration_s
        return
    try:
        value = float(case.properties.get(wanted.property, "")[:40])
    except ValueError:
        return
    if math.isfinite(value):
        yield value


def _statistic(name: str, values: Sequence[float]) -> float:
    """Of sorted values; percentiles by nearest rank, so that the answer is a value that occurred."""
    if name == "mean":
        return fmean(values)
    if name == "median":
        return median(values)
    share = 1.0 if name == "max" else int(name[1:]) / 100
    return values[max(0, math.ceil(share * len(values)) - 1)]


def _shown(wanted: Performance, value: float) -> str:
    return f"{value:.6g}" if wanted.property else span(value)
