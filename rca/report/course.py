"""The course of the incident: rows in time order with source and precision, the lags between them, and its extent."""

from dataclasses import dataclass

from rca.model import Change, Issue, Report
from rca.report.labels import labels
from rca.report.words import change_name, plural, precision
from rca.when import span, to_ns

ROWS = 80
FAILING = {"root", "contributing", "symptom"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the timeline."""

    at: str
    what: str
    source: str
    precision: str
    ref: str = ""


def timeline(report: Report) -> list[Row]:
    """Changes, the suspected commits, first occurrences and test runs, in time order, at most ROWS."""
    known = labels(report)
    brought = {one.change for one in report.suspects if one.p >= 0.1}
    rows = [_change_row(one, report) for one in report.changes if one.kind != "commit" or one.id in brought]
    rows += [
        Row(
            one.first_at,
            f"first: {one.title}",
            known.get(one.exemplar or "", ""),
            precision(one.first_at),
            one.exemplar or "",
        )
        for one in report.issues
        if one.first_at and one.role in FAILING
    ]
    rows += [
        Row(
            str(run["started_at"]),
            f"test run: {plural(int(run['total']), 'test')}, {run['failed']} failed",
            str(run["path"]).rpartition("/")[2],
            precision(str(run["started_at"])),
        )
        for run in report.runs
    ]
    return sorted((row for row in rows if row.at), key=lambda row: (row.at, row.what))[:ROWS]


def _change_row(change: Change, report: Report) -> Row:
    at = change.live_at or change.at or ""
    ref = f"change:{change.id}"
    what = change_name(change) + (" live" if change.live_at and change.live_at != change.at else "")
    return Row(
        at, what, change.source, precision(at, date_only=change.date_only), ref if ref in report.evidence else ""
    )


@dataclass(frozen=True, slots=True)
class Course:
    """The times that a review asks for; None where the sources do not tell."""

    written: str | None  # commit of the best suspect
    live: str | None  # the change took effect
    first: str | None  # first failing occurrence
    seen: str | None  # first failing test run
    last: str | None
    until: str | None


def course(report: Report) -> Course:
    """From the primary cause: its trigger, its commit, its issue and what follows from it."""
    changes = {one.id: one for one in report.changes}
    cause = report.causes[0] if report.causes else None
    trigger = changes.get(cause.trigger or "") if cause else None
    commit = (
        next((changes[one] for one in cause.suspects if one in changes and changes[one].kind == "commit"), None)
        if cause
        else None
    )
    failing = [one for one in report.issues if one.role in FAILING]
    started = [str(run["started_at"]) for run in report.runs if run["failed"] and run["started_at"]]
    return Course(
        written=commit.at if trigger and commit else None,
        live=(trigger.live_at or trigger.at) if trigger else None,
        first=min((one.first_at for one in failing if one.first_at), default=None),
        seen=min(started, default=None),
        last=max((one.last_at for one in failing if one.last_at), default=None),
        until=report.window.until,
    )


def lags(report: Report) -> list[tuple[str, str]]:
    """(from what to what, how long) for every pair of known times; what is not known is a marked blank."""
    at = course(report)
    pairs = (
        ("written → live", at.written, at.live),
        ("live → first failure", at.live, at.first),
        ("first failure → first failing test run began", at.first, at.seen),
        ("first failure → last failure seen", at.first, at.last),
    )
    rows = [(name, _lag(start, end)) for name, start, end in pairs if start and end]
    return [*rows, ("first failure → people knew", "[…]"), ("people knew → mitigated", "[…]")]


def _lag(start: str, end: str) -> str:
    low, high = to_ns(start), to_ns(end)
    if low is None or high is None:
        return "?"
    seconds = (high - low) / 1e9
    return span(seconds) if seconds >= 0 else f"{span(-seconds)} before"


def state(report: Report) -> str:
    """Whether it still failed at the end of what was read."""
    at = course(report)
    low, high = to_ns(at.last or ""), to_ns(at.until or "")
    if low is None or high is None:
        return "not known from these inputs"
    quiet = (high - low) / 1e9
    return f"last seen {at.last[:19].replace('T', ' ') if at.last else '?'} UTC, {span(max(quiet, 0.0))} before the end of what was read"


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
    told = []
    for series in report.traffic:
        if series.unit != "requests" or start is None or end is None:
            continue
        inside = [(n, bad) for minute, n, bad in series.minutes if start - 60_000_000_000 < (to_ns(minute) or 0) <= end]
        total, bad = sum(n for n, _ in inside), sum(bad for _, bad in inside)
        if bad:
            told.append(f"{series.service}: {bad} of {total} answered with 5xx")
    return (
        "; ".join(told) + " (minutes with failures)"
        if told
        else "no answer with 5xx counted in the minutes with failures"
    )


def _revisions(failing: list[Issue]) -> list[str]:
    return sorted({name for one in failing for name in one.revisions})[:6]
