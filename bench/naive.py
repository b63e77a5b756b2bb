"""The naive answers, on the same reports: last deploy, first seen after a deploy, the strong rule, the loudest error."""

import json
from dataclasses import dataclass

from rca.evaluate.judged import _ids, text_of
from rca.evaluate.labels import Incident
from rca.model import Change, Issue, Report
from rca.when import to_ns

METHODS = ("last deploy", "first seen within 10 min", "strong rule", "loudest error + last deploy", "loudest error")
MINUTE = 60 * 10**9
LOUD = {"ERROR", "CRITICAL", "ALERT", "EMERGENCY"}


@dataclass(frozen=True)
class Naive:
    """Marks of one naive answer, as in rca.evaluate."""

    top1: bool | None = None
    false_blame: bool | None = None
    precise: bool | None = None
    root: bool | None = None


def naive(incident: Incident, report: Report) -> dict[str, Naive]:
    """All of them. The first three are asked about the issue that rca calls the root, else about the loudest."""
    loudest = max(
        (one for one in report.issues if one.severity in LOUD), key=lambda one: (one.count, one.id), default=None
    )
    first = report.causes[0].issue if report.causes else None
    root = next((one for one in report.issues if one.id == first), loudest)
    related = _related(incident, root)
    blamed = {
        "last deploy": _last(report, root, None),
        "first seen within 10 min": _last(report, root, 10 * MINUTE),
        "strong rule": _strong(report, root, related),
        "loudest error + last deploy": _last(report, loudest, None),
    }
    guilty = frozenset().union(*(_ids(one.guilty, report) for one in incident.roots))
    asks = incident.labelled and incident.status is not None
    found = {
        name: Naive(
            top1=(change in guilty) if asks and not incident.null else None,
            false_blame=(change is not None) if asks and incident.null else None,
            precise=(change in guilty) if asks and change is not None else None,
        )
        for name, change in blamed.items()
    }
    right = [one.regex.search(text_of(loudest, report)) for one in incident.roots if one.regex] if loudest else []
    found["loudest error"] = Naive(root=any(right) if any(one.regex for one in incident.roots) else None)
    return found


def _at(change: Change) -> int | None:
    return to_ns(change.live_at or change.at or "")


def _before(report: Report, issue: Issue | None) -> list[tuple[int, Change]]:
    """(gap ns, change) of the changes that precede the first failure, nearest first."""
    began = to_ns(issue.first_at or "") if issue else None
    if began is None:
        return []
    gaps = [
        (began - at, change) for change in report.changes if change.kind != "commit" and (at := _at(change)) is not None
    ]
    return sorted(((gap, change) for gap, change in gaps if gap >= 0), key=lambda pair: (pair[0], pair[1].id))


def _last(report: Report, issue: Issue | None, most: int | None) -> str | None:
    return next((change.id for gap, change in _before(report, issue) if most is None or gap <= most), None)


def _related(incident: Incident, issue: Issue | None) -> set[str]:
    """The failing services and, where a topology is given, all they call."""
    found = set(issue.services) if issue else set()
    path = incident.input / "topology.json"
    calls = json.loads(path.read_text()) if path.is_file() else {}
    todo = list(found)
    while todo:
        for callee in calls.get(todo.pop(), ()):
            if callee not in found:
                found.add(callee)
                todo.append(callee)
    return found


def _strong(report: Report, issue: Issue | None, related: set[str]) -> str | None:
    """Never seen before, exposure existed before, at most a quarter of an hour, related service."""
    if issue is None:
        return None
    rows = {row.change: row for row in report.suspects if row.issue == issue.id}
    for gap, change in _before(report, issue):
        row = rows.get(change.id)
        exposed = row is not None and row.before.exposure > 0 and row.before.count == 0
        if gap <= 15 * MINUTE and exposed and (change.service is None or change.service in related):
            return change.id
    return None
