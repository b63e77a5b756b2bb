"""The class of an issue: that of the failing tests which show it, itself or through what follows from it."""

from collections import Counter

from rca.model import Report
from rca.report.words import CLASSES, class_name


def issue_classes(report: Report) -> dict[str, str]:
    """Issue → the class of most of its failing tests, in words; issues that no failing test shows are left out."""
    after = effects(report)
    shown: dict[str, Counter[str]] = {}
    for failure in report.tests.failures:
        if failure.issue:
            shown.setdefault(failure.issue, Counter())[failure.kind] += 1
    order = list(CLASSES)
    found = {}
    for issue in report.issues:
        tally: Counter[str] = Counter()
        for name in reached(issue.id, after):
            tally += shown.get(name, Counter())
        if tally:
            found[issue.id] = class_name(min(tally, key=lambda kind: (-tally[kind], order.index(kind))))
    return found


def effects(report: Report) -> dict[str, list[str]]:
    """Issue → what the kept edges of the graph lead to from it."""
    after: dict[str, list[str]] = {}
    for edge in report.graph:
        if edge.kept:
            after.setdefault(edge.cause, []).append(edge.effect)
    return after


def reached(start: str, after: dict[str, list[str]]) -> list[str]:
    """An issue and everything that kept edges lead to from it."""
    found, waiting = [], [start]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += after.get(name, ())
    return found
