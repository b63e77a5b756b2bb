"""What of a report is shown, and in which order; every cap is stated where it bites."""

import hashlib
from collections.abc import Iterable
from typing import Any

from rca.model import Cause, Issue, Report, Suspect

NODES = 50
ISSUE_ROWS = 200
ROLES = ("root", "contributing", "symptom", "background")
LIKELY = 0.02  # a suspect below this is noise to a reader; the JSON has all


def by_id(found: Iterable[Any]) -> dict[str, Any]:
    """Issues or changes by id."""
    return {one.id: one for one in found}


def ranked(issues: Iterable[Issue]) -> list[Issue]:
    """Roots first, background last; within a role the most frequent first."""
    return sorted(issues, key=lambda one: (ROLES.index(one.role), -one.count, one.id))


def suspected(report: Report) -> list[str]:
    """Issues whose suspects are worth a table: the causes', else the failing ones', capped."""
    causes = [cause.issue for cause in report.causes if cause.issue]
    others = [one.id for one in ranked(report.issues) if one.role in {"root", "contributing"}]
    known = {one.issue for one in report.suspects} | {one.issue for one in report.no_change}
    return [one for one in dict.fromkeys([*causes, *others]) if one in known][:6]


def likely(report: Report, issue: str) -> list[Suspect]:
    """The suspects of an issue that a reader should weigh."""
    return [one for one in report.suspects if one.issue == issue and one.p >= LIKELY]


def cause_of(report: Report, issue: str) -> Cause | None:
    """The cause that an issue is, if it is one."""
    return next((cause for cause in report.causes if cause.issue == issue), None)


def cited(report: Report) -> list[str]:
    """Refs that the causes, whys and suspects cite, in order of citation, as far as they resolve."""
    found: list[str] = []
    for cause in report.causes:
        found += cause.evidence
        for why in cause.whys:
            found += why.evidence
        for other in cause.alternatives:
            found += other.evidence
    for suspect in report.suspects:
        if suspect.p >= LIKELY:
            for reason in (*suspect.for_, *suspect.against):
                found += reason.evidence
    found += [one.exemplar for one in ranked(report.issues) if one.exemplar and one.role != "background"]
    return [ref for ref in dict.fromkeys(found) if ref in report.evidence]


def listed(report: Report) -> list[Issue]:
    """The issues that have a row on the page."""
    return ranked(report.issues)[:ISSUE_ROWS]


def row_id(issue: str) -> str:
    """Element id of an issue's row."""
    return f"i{anchor(issue)[1:]}"


def anchor(ref: str) -> str:
    """An element id for a ref: letters, digits and dashes, unique by a hash of the ref."""
    return f"e-{hashlib.blake2b(ref.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def nodes(report: Report) -> list[tuple[str, str]]:
    """Nodes of the kept graph with short names (n0, n1 …) and titles, capped: Mermaid is for a glance."""
    titles = {one.id: one.title for one in report.issues}
    return [(f"n{n}", titles.get(name, name)) for n, name in enumerate(_names(report))]


def arrows(report: Report) -> list[tuple[str, str]]:
    """Kept edges between those nodes."""
    short = {name: f"n{n}" for n, name in enumerate(_names(report))}
    kept = [edge for edge in report.graph if edge.kept]
    return [(short[edge.cause], short[edge.effect]) for edge in kept if edge.cause in short and edge.effect in short]


def _names(report: Report) -> list[str]:
    kept = [name for edge in report.graph if edge.kept for name in (edge.cause, edge.effect)]
    return list(dict.fromkeys(kept))[:NODES]
