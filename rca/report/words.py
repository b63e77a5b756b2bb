"""Numbers, instants and places as a reader wants them."""

from collections import Counter

from rca.model import Change, Count, Frame, Ratio, Report
from rca.when import span


def pct(p: float) -> str:
    """A probability or share in whole percent; what is not zero is never shown as zero."""
    return "< 1 %" if 0 < p < 0.005 else f"{100 * p:.0f} %"  # half a percent rounds to zero


def at(instant: str | None) -> str:
    """An instant to the second: tables are read, the JSON has the rest."""
    return instant[:19].replace("T", " ") if instant else "?"


def clock(instant: str | None) -> str:
    """The time of day of an instant."""
    return instant[11:19] if instant else "?"


def place(frame: Frame) -> str:
    """`file:line function`."""
    return " ".join(
        part for part in (f"{frame.file}:{frame.line}" if frame.line else frame.file, frame.function) if part
    )


def gap(seconds: float | None) -> str:
    """Seconds between the change and the first failure, with its sign."""
    if seconds is None:
        return "?"
    return f"{span(seconds)} after" if seconds >= 0 else f"{span(-seconds)} before"


def count(value: Count) -> str:
    """`3 of 240 requests`; an exposure that was apportioned is rounded, and one that is not on record is said so."""
    if value.exposure < 0.5:
        return f"{value.count}, no {value.unit} on record"
    if value.exposure < value.count and value.unit != "seconds":
        return f"{value.count}, only {number(value.exposure)} {value.unit} on record"
    return f"{value.count} of {number(value.exposure)} {value.unit}"


def number(value: float) -> str:
    """Whole from ten on, two digits below."""
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def ratio(value: Ratio) -> str:
    """Estimate and interval, as far as they exist."""
    if value.estimate is None:
        return f"at least {number(value.low)}" if value.low is not None else "not computable"
    high = number(value.high) if value.high is not None else "∞"
    return f"{number(value.estimate)} ({number(value.low or 0)} to {high})"


def precision(instant: str | None, *, date_only: bool = False) -> str:
    """How finely a time is known, as it was written down."""
    if not instant:
        return "unknown"
    if date_only:
        return "day"
    fraction = instant.partition(".")[2].rstrip("Z").rstrip("0")
    return "second" if not fraction else "millisecond" if len(fraction) <= 3 else "microsecond"


def change_name(change: Change) -> str:
    """What a change is called: a commit by its short id and subject, anything else by its title."""
    if change.kind == "commit":
        return f"commit {change.id.removeprefix('commit:')[:7]} “{change.title}”" if change.title else change.id
    return change.title or change.id


def change_short(change: Change) -> str:
    """A change in three words, for use inside a sentence."""
    if change.kind == "commit":
        return f"commit {change.id.removeprefix('commit:')[:7]}"
    return f"{change.kind} {change.revision or change.service or change.id}"


def plural(number: int, noun: str) -> str:
    """`1 test`, `2 tests`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


CLASSES = {  # in the order of what to do about them
    "this_change": "caused by this change",
    "already_failing": "still failing",
    "seen_before": "seen before",
    "flaky": "flaky",
    "infrastructure": "infrastructure",
    "unknown": "unknown",
}


def class_name(kind: str) -> str:
    """The class of a failure in words."""
    return CLASSES.get(kind, kind)


def classes(report: Report) -> str:
    """`10 caused by this change, 2 flaky`: the failing tests by class; empty when none failed."""
    tally = Counter(one.kind for one in report.tests.failures)
    return ", ".join(f"{tally[kind]} {name}" for kind, name in CLASSES.items() if tally[kind])


def met(value: bool | None) -> str:
    """Whether a target is met, for a cell of a table."""
    return {True: "yes", False: "no", None: "not known"}[value]


def verdict(value: bool | None) -> str:
    """Whether a target is met, within a sentence."""
    return {True: "met", False: "NOT met", None: "cannot be told"}[value]
