"""Novelty: is an issue new, back again, getting worse, or was it there all along."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from rca.correlate.exposure import SECOND, Exposure
from rca.correlate.live import Live
from rca.correlate.measure import Measure
from rca.correlate.timeline import Timeline
from rca.model import Occurring, Past, TestRun
from rca.model.report import Novelty

ABSENT = 0.05  # share of the exposure that must pass before the first event, for its absence to mean anything
SURPRISE = 0.2  # chance that a constant rate would have kept silent so long
HELD = 0.01  # chance that a constant rate would pause so long: below it the issue was gone in between
NEAR_NS = 600 * SECOND  # of a deploy: the pause ended with it
RUN_EDGE_NS = 2 * SECOND  # clocks of the runner and of the service differ
FAILING = frozenset({"failed", "error"})
REPEATED = 3  # thinned events before the pause
LONG_NS = 600 * SECOND
CHRONIC = 4


def novelty(
    issue: Occurring,
    line: Timeline | None,
    exposure: Exposure | None,
    *,
    changes: Sequence[Live],
    best: Measure | None,
    runs: Sequence[TestRun],
    past: Mapping[str, Past],
    baseline: frozenset[str] | None,
) -> Novelty:
    """From memory and baseline where they know the issue, else from the window itself.

    `best` is the measure of a suspect with p >= .5, if there is one; `runs` are earlier and present ones, oldest first.
    """
    keys = (issue.issue.id, issue.signature.id, *issue.members)
    known = next((past[key] for key in keys if key in past), None)
    rose = best is not None and best.ratio.low is not None and best.ratio.low > 1
    if (known is not None and known.status == "fixed") or came_back(issue, line, exposure, changes, runs):
        return "regressed"
    seen = known is not None or (baseline is not None and any(key in baseline for key in keys))
    if seen or (rose and baseline is None):
        before = best.before.count if best is not None else 0
        return "escalating" if rose and before else "ongoing" if seen else "new"
    if baseline is not None:
        return "new"
    return _in_window(line, exposure) if line is not None and exposure is not None and line.times else "unknown"


def _in_window(line: Timeline, exposure: Exposure) -> Novelty:
    quiet = exposure.share(line.times[0])
    if quiet >= ABSENT and (1 - quiet) ** len(line.times) < SURPRISE:
        return "new"
    spread = exposure.share(line.times[-1]) - quiet
    if len(line.times) >= CHRONIC and spread > 0.5 and exposure.end - exposure.start >= LONG_NS:
        return "ongoing"
    return "unknown"


def came_back(
    issue: Occurring,
    line: Timeline | None,
    exposure: Exposure | None,
    changes: Sequence[Live],
    runs: Sequence[TestRun],
) -> bool:
    """Red, then green after a repair, then red again: by its tests, else by a pause between two deploys.

    The pause must begin at a deploy and end at another, and be improbable under a constant rate: its chance is
    (e0 / (e0 + e1)) ** (n0 + .5), n0 events in exposure e0 before it and none in e1 (section 5 of the notes).
    """
    if _red_green_red(issue, runs):
        return True
    if line is None or exposure is None or line.from_tests:
        return False
    times = line.times
    deploys = [one.at for one in changes if one.change.kind in {"deploy", "config"}]
    for n0, (left, right) in enumerate(pairwise(times), start=1):
        ends = [at for at in deploys if left <= at < right]  # a repair comes after the failures that it ends
        if (
            n0 < REPEATED
            or not ends
            or not any(max(ends[0], right - NEAR_NS) <= at <= right for at in deploys if at != ends[0])
        ):
            continue
        e0 = exposure.share(left) - exposure.share(times[0])
        e1 = exposure.share(right) - exposure.share(left)
        if e0 > 0 and (e0 / (e0 + e1)) ** (n0 + 0.5) < HELD:
            return True
    return False


def _red_green_red(issue: Occurring, runs: Sequence[TestRun]) -> bool:
    """Over the runs, oldest first: by the issue's own tests; for an entry of the logs by the runs in which it was logged."""
    marks = ""
    for run in runs:
        mark = _mark(issue, run)
        marks += mark if not marks.endswith(mark) else ""
    return marks.endswith("rgr")


def _mark(issue: Occurring, run: TestRun) -> str:
    """Mark of one run: "r" it failed the run, "g" the run was green without it, empty where the run does not tell."""
    tests = set(issue.issue.tests)
    if tests:
        outcomes = [case.outcome for case in run.cases if case.id in tests and case.outcome != "skipped"]
        return "" if not outcomes else "r" if FAILING.intersection(outcomes) else "g"
    if run.started_ns is None or run.ended_ns is None:
        return ""
    low, high = run.started_ns - RUN_EDGE_NS, run.ended_ns + RUN_EDGE_NS
    logged = any(one.at is not None and low <= one.at <= high for one in issue.occurrences)
    failed = any(case.outcome in FAILING for case in run.cases)
    if logged and failed:
        return "r"
    return "g" if run.cases and not logged and not failed else ""
