"""One report held against one label: what was found, what was blamed, and every probability with its outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rca.evaluate.labels import Guilty, Incident, Root
from rca.model import Cause, Correlation, Issue, Report

COMMITS = 3
BLAMED = 0.5  # a change is blamed when its p, with the commits it brought, exceeds this


@dataclass(frozen=True, slots=True)
class Answered:
    """The distribution over {each change, none} given for one issue, and which of the changes are guilty."""

    kind: str  # root | background
    p: Mapping[str, float]  # change id → p; the rest to 1 is "no change"
    guilty: frozenset[str]

    @property
    def none(self) -> float:
        """Probability of "no recorded change"."""
        return max(0.0, 1.0 - sum(self.p.values()))

    @property
    def pairs(self) -> tuple[tuple[float, bool], ...]:
        """(p, came true) for each possibility, "none" last."""
        changes = tuple((p, change in self.guilty) for change, p in sorted(self.p.items()))
        return (*changes, (self.none, not self.guilty))

    @property
    def top(self) -> tuple[float, bool]:
        """The most probable possibility."""
        return max(self.pairs)

    @property
    def brier(self) -> float:
        """Multi-class Brier score; guilty changes share the truth evenly, and one that was not listed costs its share."""
        share = 1.0 / len(self.guilty) if self.guilty else 0.0
        missed = len(self.guilty - self.p.keys()) * share**2
        listed = sum((p - (share if change in self.guilty else 0.0)) ** 2 for change, p in self.p.items())
        return listed + missed + (self.none - (0.0 if self.guilty else 1.0)) ** 2


@dataclass(frozen=True, slots=True)
class Result:
    """Marks of one incident; None where the label does not ask."""

    incident: Incident
    seconds: float
    status_right: bool | None
    root_right: bool | None
    blamed: str | None
    p: float
    top1: bool | None  # guilty incidents: the blamed change is guilty
    false_blame: bool | None  # null incidents: a change was blamed
    precise: bool | None  # blame was given: it is right
    answers: tuple[Answered, ...]
    commit_right: bool | None = None  # a guilty commit is among the first three suspected of a root cause


def judged(incident: Incident, report: Report, seconds: float) -> Result:
    """Compare. The answer of a report is its first cause; its blame is the change with the highest p for that issue."""
    first = report.causes[0] if report.causes else None
    blamed, p = _blame(first, report)
    guilty = (
        frozenset().union(*(_ids(root.guilty, report) for root in incident.roots)) if incident.labelled else frozenset()
    )
    asks = incident.labelled and incident.status is not None
    return Result(
        incident=incident,
        seconds=seconds,
        status_right=None if incident.status is None else report.verdict.status == incident.status,
        root_right=_root_right(incident, first, report) if any(root.regex for root in incident.roots) else None,
        blamed=blamed,
        p=p,
        top1=(blamed in guilty) if asks and not incident.null else None,
        false_blame=(blamed is not None) if asks and incident.null else None,
        precise=(blamed in guilty) if asks and blamed is not None else None,
        answers=_answers(incident, first, report) if asks else (),
        commit_right=_commit_right(incident, first, report) if incident.introduced_by else None,
    )


def text_of(issue: Issue, report: Report) -> str:
    """All words by which a label may know an issue."""
    shown = report.evidence.get(issue.exemplar or "")
    said = f"{issue.exception_type or ''}: {issue.template}"
    return "\n".join(
        (issue.title, said, shown.text if shown else "", *(f"{k}={v}" for k, v in sorted(issue.captures.items())))
    )


def distribution(issue: str | None, report: Report) -> dict[str, float]:
    """P of each change for one issue, commits rolled into the deploy that brought them."""
    if issue is None:
        return {}
    rolled = Correlation(report.suspects, report.no_change).rolled(issue)
    return {one.change: one.p for one in rolled}


def _blame(cause: Cause | None, report: Report) -> tuple[str | None, float]:
    found = distribution(cause.issue, report) if cause else {}
    if not found:
        return None, 0.0
    change, p = min(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return (change, p) if p > BLAMED else (None, p)


def _ids(guilty: Sequence[Guilty] | None, report: Report) -> frozenset[str]:
    """Ids of the guilty in this report; one that the report does not know keeps the name of its label.

    The deploy that brought a guilty commit is guilty as a whole: blame is counted by deploys.
    """
    carried: dict[str, set[str]] = {}
    for row in report.suspects:
        if row.within is not None:
            carried.setdefault(row.change, set()).add(row.within)
    found: set[str] = set()
    for one in guilty or ():
        named = [change.id for change in report.changes if one.names(change)]
        known = [whole for change in named for whole in sorted(carried.get(change, {change}))]
        found.update(known or [one.id or f"unknown:{one}"])
    return frozenset(found)


def _root_right(incident: Incident, cause: Cause | None, report: Report) -> bool:
    if cause is None:
        return False
    issue = next((one for one in report.issues if one.id == cause.issue), None)
    text = cause.statement + ("\n" + text_of(issue, report) if issue else "")
    return any(root.regex is not None and root.regex.search(text) for root in incident.roots)


def _commit_right(incident: Incident, first: Cause | None, report: Report) -> bool:
    roots = {
        issue.id
        for issue in report.issues
        for root in incident.roots
        if root.regex and root.regex.search(text_of(issue, report))
    }
    for issue in sorted(roots | ({first.issue} if first and first.issue else set())):
        rows = [one for one in report.suspects if one.issue == issue and one.change.startswith("commit:")]
        best = sorted(rows, key=lambda one: (-one.p, one.change))[:COMMITS]
        if any(one.change.removeprefix("commit:").startswith(sha) for one in best for sha in incident.introduced_by):
            return True
    return False


def _answers(incident: Incident, first: Cause | None, report: Report) -> tuple[Answered, ...]:
    """One answer for each true root (by the issue that shows it, else by the first cause) and for each background issue."""
    texts = [(issue, text_of(issue, report)) for issue in report.issues]
    found = [
        Answered("root", _for_root(root, texts, first, report), _ids(root.guilty, report)) for root in incident.roots
    ]
    taken = [
        issue.id for issue, text in texts if any(root.regex and root.regex.search(text) for root in incident.roots)
    ]
    found += [
        Answered("background", distribution(issue.id, report), frozenset())
        for issue, text in texts
        if issue.id not in taken and any(pattern.search(text) for pattern in incident.background)
    ]
    return tuple(found)


def _for_root(root: Root, texts: Sequence[tuple[Issue, str]], first: Cause | None, report: Report) -> dict[str, float]:
    shown = [issue for issue, text in texts if root.regex is not None and root.regex.search(text)]
    if not shown:
        return distribution(first.issue if first else None, report)
    ranked = {cause.issue: cause.rank for cause in reversed(report.causes)}
    chosen = min(shown, key=lambda issue: (ranked.get(issue.id, 10**6), -issue.count, issue.id))
    return distribution(chosen.id, report)
