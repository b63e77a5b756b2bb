"""The extent of the incident: what failed and how much, whether it still does, and what went well by the record."""

from rca.model import Issue, Report
from rca.report.course import FAILING, course
from rca.report.words import at as shown_at
from rca.report.words import plural
from rca.when import span, to_ns


def state(report: Report) -> str:
    """Whether it still failed at the end of what was read."""
    at = course(report)
    low, high = to_ns(at.last or ""), to_ns(at.until or "")
    if low is None or high is None:
        return "not known from these inputs"
    quiet = (high - low) / 1e9
    if quiet < 1:
        return f"last seen {shown_at(at.last)} UTC, with the last of what was read: it may go on"
    return f"last seen {shown_at(at.last)} UTC, {span(max(quiet, 0.0))} before the end of what was read"


def impact(report: Report) -> list[tuple[str, str]]:
    """(measure, value) as counted; what no source tells is said so."""
    failing = [one for one in report.issues if one.role in FAILING]
    rows = (
        [("tests", f"{report.tests.failed + report.tests.errors} of {report.tests.total} failed")]
        if report.tests.total
        else []
    )
    rows.append(("requests", _requests(report)))
    rows.append(
        (
            "services",
            ", ".join(sorted({name for one in failing for name in one.services})) or "none named in the sources read",
        )
    )
    rows.append(("revisions", ", ".join(_revisions(failing)) or "none named in the sources read"))
    rows.append(("users", "not measurable from the sources read"))
    return rows


def _requests(report: Report) -> str:
    at = course(report)
    start, end = to_ns(at.first or ""), to_ns(at.last or "")
    told, seen = [], 0
    for series in report.traffic:
        if series.unit != "requests" or start is None or end is None:
            continue
        inside = [(n, bad) for minute, n, bad in series.minutes if start - 60_000_000_000 < (to_ns(minute) or 0) <= end]
        total, bad = sum(n for n, _ in inside), sum(bad for _, bad in inside)
        seen += total
        if bad:
            told.append(f"{series.service}: {bad} of {total} answered with 5xx")
    if told:
        return f"{'; '.join(told)} (in the minutes with failures)"
    if not seen:
        return "not measurable: no request is on record in the minutes with failures"
    return f"none of {seen} on record in the minutes with failures was answered with 5xx"


def _revisions(failing: list[Issue]) -> list[str]:
    return sorted({name for one in failing for name in one.revisions})[:6]


def went_well(report: Report) -> list[str]:
    """What the record itself shows to have gone well; the rest only people know."""
    at, tests = course(report), report.tests
    said = []
    live, seen = to_ns(at.live or ""), to_ns(at.seen or "")
    if live is not None and seen is not None and seen > live:
        said.append(f"a test failed {span((seen - live) / 1e9)} after the change took effect")
    if tests.passed and (tests.failed or tests.errors):
        said.append(f"{plural(tests.passed, 'test')} of {tests.total} passed: what they cover kept working")
    back = next((one for one in report.actions if one.type == "mitigate" and "--to-revisions=" in one.text), None)
    if back:
        said.append("an earlier revision is there to return to")
    if at.green:
        said.append(f"the tests passed again at {shown_at(at.green)} UTC")
    return said
