"""Scene: everything an explanation may stand on, indexed once, in an order that does not depend on the input's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from rca.cause.texts import Texts
from rca.model import Change, Correlation, Digest, Link, Links, NoChange, Occurring, RuleSet, Source, Suspect, Window
from rca.model.case import TestCase, TestRun
from rca.model.report import Novelty
from rca.model.signature import CrossFinding

SECOND = 1_000_000_000
TIES = ("trace", "id", "url")
FEW = 4  # below this, "few events": the measured top-1 with 2 or 3 events is .32


@dataclass(frozen=True, slots=True)
class Blame:
    """A change with all of its probability: its own row, and the commits it brought, which share its p (likeliest first)."""

    change: str
    p: float
    row: Suspect
    commits: tuple[Suspect, ...] = ()

    @property
    def contradicted(self) -> bool:
        """Whether the counts speak against it."""
        return self.row.verdict == "contradicts"


@dataclass(frozen=True, slots=True)
class Scene:
    """Issues sorted by id, and what is known of each: changes that may be behind it, joins, failing cases. Times are ns since the epoch."""

    issues: Mapping[str, Occurring]
    blames: Mapping[str, tuple[Blame, ...]]
    none: Mapping[str, tuple[NoChange, ...]]
    changes: Mapping[str, Change]  # deploys and commits by id
    rules: RuleSet
    cross: tuple[CrossFinding, ...]
    topology: Mapping[str, tuple[str, ...]]
    runs: tuple[TestRun, ...]
    window: Window
    digest: Digest
    sources: tuple[Source, ...]
    failing: Mapping[str, TestCase]  # by evidence ref, failed and error
    run_of: Mapping[str, TestRun]  # by evidence ref of any case
    issue_of: Mapping[str, str]  # evidence ref of a failing case -> its issue
    tests: Mapping[str, tuple[str, ...]]  # the same turned round
    linked: Mapping[str, tuple[Link, ...]]  # evidence ref of a failing case -> joined log occurrences
    tied: frozenset[str]  # issues that an id, not the clock, joins to a failing case
    novelty: Mapping[str, Novelty]
    span_s: float  # length of what was looked at, seconds, at least 1

    def tests_of(self, issue: str) -> tuple[str, ...]:
        """Evidence refs of the failing cases whose own text is this issue."""
        return self.tests.get(issue, ())

    def best(self, issue: str) -> Blame | None:
        """The likeliest change, or None when there is no candidate."""
        found = self.blames.get(issue, ())
        return found[0] if found else None

    def chronic(self, issue: str) -> bool:
        """Whether it was there all along, by its novelty or by the answer "constant rate".

        A failure known from an earlier run is no background where it began anew in these inputs, or where an id ties it
        to a test that fails now.
        """
        if self.novelty[issue] != "unknown":
            began = any(answer.kind == "unknown_onset" and answer.p > 0.5 for answer in self.none.get(issue, ()))
            return self.novelty[issue] == "ongoing" and issue not in self.tied and not began
        # of a few events the constant rate is only the prior speaking
        constant = any(answer.kind == "constant" and answer.p > 0.5 for answer in self.none.get(issue, ()))
        return constant and self.issues[issue].issue.count >= FEW

    def p_change(self, issue: str) -> float:
        """Largest probability of one change for this issue; 0 without suspects."""
        best = self.best(issue)
        return best.p if best else 0.0


def look(
    issues: Sequence[Occurring],
    *,
    links: Links,
    correlation: Correlation,
    changes: Sequence[Change],
    commits: Sequence[Change],
    rules: RuleSet,
    cross: Sequence[CrossFinding],
    topology: Mapping[str, tuple[str, ...]] | None,
    runs: Sequence[TestRun],
    window: Window,
    digest: Digest,
    sources: Sequence[Source],
) -> Scene:
    """Index the arguments of `explain`."""
    ordered = {each.issue.id: each for each in sorted(issues, key=lambda each: each.issue.id)}
    failing: dict[str, TestCase] = {}
    run_of: dict[str, TestRun] = {}
    for run in runs:
        for case in run.cases:
            run_of[case.ref] = run
            if case.outcome in {"failed", "error"}:
                failing[case.ref] = case
    linked: dict[str, list[Link]] = {}
    # by time, not by line number: the lines of an export may come in any order
    when = {seen.ref: seen.at or 0 for each in issues for seen in each.occurrences}
    for link in sorted(links.links, key=lambda one: (one.ref, one.issue, when.get(one.occurrence, 0), one.occurrence)):
        if link.issue in ordered:
            linked.setdefault(link.ref, []).append(link)
    owners = _owners(ordered, failing)
    return Scene(
        issues=ordered,
        blames=_blames(correlation, {commit.id for commit in commits if not commit.parents and commit.source == "git"}),
        none=_none(correlation),
        changes={change.id: change for change in (*changes, *commits)},
        rules=rules,
        cross=tuple(cross),
        topology=dict(topology) if topology is not None else Texts(ordered).calls(),
        runs=tuple(runs),
        window=window,
        digest=digest,
        sources=tuple(sources),
        failing=failing,
        run_of=run_of,
        issue_of=owners,
        tests=_turned(owners),
        linked={ref: tuple(found) for ref, found in linked.items()},
        tied=frozenset(link.issue for link in links.links if link.by in TIES),
        novelty={name: correlation.novelty.get(name, each.issue.novelty) for name, each in ordered.items()},
        span_s=_span(ordered, window),
    )


def _blames(correlation: Correlation, births: set[str]) -> dict[str, tuple[Blame, ...]]:
    """Per issue the changes, likeliest first; a commit within a deploy counts with that deploy.

    `births`: commits without parents. They brought every file there is, so touching one says nothing.
    """
    rows: dict[str, list[Suspect]] = {}
    for suspect in sorted(correlation.suspects, key=lambda each: (each.issue, -each.p, each.change)):
        rows.setdefault(suspect.issue, []).append(suspect)
    found: dict[str, tuple[Blame, ...]] = {}
    for issue, suspects in rows.items():
        whole = {each.change for each in suspects if each.within is None}
        blames = []
        for row in suspects:
            if row.change in births or (row.within is not None and row.within in whole):
                continue
            commits = tuple(each for each in suspects if each.within == row.change)
            blames.append(Blame(row.change, min(1.0, row.p + fsum(each.p for each in commits)), row, commits))
        found[issue] = tuple(sorted(blames, key=lambda each: (-each.p, each.change)))
    return found


def _none(correlation: Correlation) -> dict[str, tuple[NoChange, ...]]:
    found: dict[str, list[NoChange]] = {}
    for answer in sorted(correlation.no_change, key=lambda each: (each.issue, -each.p, each.kind)):
        found.setdefault(answer.issue, []).append(answer)
    return {issue: tuple(rows) for issue, rows in found.items()}


def _owners(issues: Mapping[str, Occurring], failing: Mapping[str, TestCase]) -> dict[str, str]:
    """Failing case -> issue: by its own occurrence, else (occurrences are capped) by the case id the issue lists."""
    owner: dict[str, str] = {}
    by_case: dict[str, str] = {}
    for name, each in issues.items():
        for occurrence in each.occurrences:
            if occurrence.ref in failing:
                owner.setdefault(occurrence.ref, name)
        for case in each.issue.tests:
            if any(occurrence.test for occurrence in each.occurrences):
                by_case.setdefault(case, name)
    for ref, failed in failing.items():
        if ref not in owner and failed.id in by_case:
            owner[ref] = by_case[failed.id]
    return {ref: owner[ref] for ref in failing if ref in owner}


def _turned(owners: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for ref, issue in owners.items():
        found.setdefault(issue, []).append(ref)
    return {issue: tuple(refs) for issue, refs in found.items()}


def _span(issues: Mapping[str, Occurring], window: Window) -> float:
    if window.since_ns is not None and window.until_ns is not None:
        return max(1.0, (window.until_ns - window.since_ns) / SECOND)
    times = [o.at for each in issues.values() for o in each.occurrences if o.at is not None]
    return max(1.0, (max(times) - min(times)) / SECOND) if times else 1.0
