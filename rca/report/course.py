"""The course of the incident: rows in time order with source and precision, and the lags between them."""

from dataclasses import dataclass

from rca.model import Change, Report
from rca.report.labels import labels
from rca.report.words import change_name, plural, precision
from rca.when import span, to_ns

ROWS = 80
WORTH = 0.1  # p of a commit that a timeline names
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
    brought = {one.change for one in report.suspects if one.p >= WORTH}
    rows = [
        row for one in report.changes if one.kind != "commit" or one.id in brought for row in _of_change(one, report)
    ]
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


def _of_change(change: Change, report: Report) -> list[Row]:
    """When it began and when it was live, where these are two times: between them a roll-out serves both revisions."""
    ref = f"change:{change.id}" if f"change:{change.id}" in report.evidence else ""
    name = change_name(change)
    times = [(change.at, f"{name} (begun)"), (change.live_at, f"{name} (live)")]
    if not change.live_at or not change.at or change.live_at == change.at:
        times = [(change.live_at or change.at, name)]
    return [Row(at or "", what, change.source, precision(at, date_only=change.date_only), ref) for at, what in times]


@dataclass(frozen=True, slots=True)
class Course:
    """The times that a review asks for; None where the sources do not tell."""

    written: str | None  # commit of the best suspect
    live: str | None  # the change took effect
    first: str | None  # first failing occurrence
    own: str | None  # first occurrence of the primary cause
    seen: str | None  # first failing test
    last: str | None
    green: str | None  # a run without failures began after the last failure
    until: str | None


def course(report: Report) -> Course:
    """From the primary cause: its trigger, its commit, its issue and what follows from it."""
    changes = {one.id: one for one in report.changes}
    cause = report.causes[0] if report.causes else None
    trigger = changes.get(cause.trigger or "") if cause else None
    likely = {one.change for one in report.suspects if cause and one.issue == cause.issue and one.p >= WORTH}
    known = [changes[one] for one in (cause.suspects if cause else ()) if one in likely and one in changes]
    commit = next((one for one in known if one.kind == "commit"), None)
    failing = [one for one in report.issues if one.role in FAILING]
    first = min((one.first_at for one in failing if one.first_at), default=None)
    last = max((one.last_at for one in failing if one.last_at), default=None)
    green = [str(run["started_at"]) for run in report.runs if not run["failed"] and run["started_at"]]
    return Course(
        written=commit.at if trigger and commit else None,
        live=(trigger.live_at or trigger.at) if trigger else None,
        first=first,
        own=next((one.first_at for one in failing if cause and one.id == cause.issue), None) or first,
        seen=_detected(report),
        last=last,
        green=min((at for at in green if last and at > last), default=None),
        until=report.window.until,
    )


def _detected(report: Report) -> str | None:
    """When the first failing test ran; where its time is not known, when its run began."""
    refs = [ref for one in report.tests.failures for ref in one.evidence if ref in report.evidence]
    times = [at for ref in refs if (at := report.evidence[ref].at)]
    started = [str(run["started_at"]) for run in report.runs if run["failed"] and run["started_at"]]
    return min(times, default=None) or min(started, default=None)


def lags(report: Report) -> list[tuple[str, str]]:
    """(from what to what, how long) for every pair of known times; what is not known is a marked blank."""
    at = course(report)
    pairs = (
        ("written → introduced (live)", at.written, at.live),
        ("introduced → first error", at.live, at.own),
        ("first error → detected (a test failed)", at.first, at.seen),
        ("first error → last error seen", at.first, at.last),
        ("last error seen → tests green again", at.last, at.green),
    )
    gap = _gap(report)
    rows = [
        (name, span(gap) if name.startswith("introduced") and gap is not None else _lag(start, end))
        for name, start, end in pairs
        if start and end
    ]
    return [*rows, ("detected → people knew", "[…]"), ("people knew → mitigated", "[…]")]


def _gap(report: Report) -> float | None:
    """From the trigger's effect to the first error, as the counting of it took them; roll-outs have several times."""
    cause = report.causes[0] if report.causes else None
    found = [
        one.gap_s
        for one in report.suspects
        if cause and one.issue == cause.issue and cause.trigger in {one.change, one.within} and one.gap_s is not None
    ]
    return found[0] if found and found[0] >= 0 else None


def _lag(start: str, end: str) -> str:
    low, high = to_ns(start), to_ns(end)
    if low is None or high is None:
        return "?"
    seconds = (high - low) / 1e9
    if seconds == 0:
        return "0 s: it is the same event"
    return span(seconds) if seconds > 0 else f"the other way round, {span(-seconds)} earlier"
