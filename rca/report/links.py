"""Links of the causal graph as sentences, what is known of an issue's past, and the one host a report links to."""

import re
from dataclasses import dataclass

from rca.model import Edge, Issue, Report
from rca.report.choose import ranked
from rca.report.words import at, number, plural
from rca.when import to_ns

CONSOLE = re.compile(r"https://console\.cloud\.google\.com/[A-Za-z0-9/;:=%?&._~+-]{1,2000}")
SHOWN = {  # kinds of an edge → what shows it; anything else is printed as it is
    "rule": "a rule",
    "trace": "one trace",
    "instance": "one instance",
    "test": "the same tests",
    "name": "one names the other",
    "call": "a call between the services",
    "lift": "more often together than by chance",
    "order": "order in time",
}
LINKS = 30
EARLY_NS = 60_000_000_000  # a failing test has the time of its start, up to a time limit before what it met


@dataclass(frozen=True, slots=True)
class Spoken:
    """`cause`, therefore `effect`; and whether the effect was seen without the cause."""

    cause: str
    effect: str
    shown: str
    without: str


def links(report: Report) -> list[Spoken]:
    """The kept links, at most LINKS."""
    issues = {one.id: one for one in report.issues}
    kept = [edge for edge in report.graph if edge.kept and edge.cause in issues and edge.effect in issues]
    return [
        Spoken(
            issues[edge.cause].title,
            issues[edge.effect].title,
            ", ".join(SHOWN.get(kind, kind) for kind in edge.kinds),
            _without(report, edge, issues),
        )
        for edge in kept[:LINKS]
    ]


def _without(report: Report, edge: Edge, issues: dict[str, Issue]) -> str:
    """Would the effect happen without the cause? Only counts before the cause began can say so."""
    best = next((one for one in report.suspects if one.issue == edge.effect and one.before.exposure), None)
    began, seen = to_ns(issues[edge.cause].first_at or ""), to_ns(issues[edge.effect].first_at or "")
    if began is not None and seen is not None and seen < began - EARLY_NS:
        return "perhaps: it was seen before"
    if best and best.before.count == 0:
        return f"not seen in {number(best.before.exposure)} {best.before.unit} before"
    return "unknown: no comparison in the inputs"


def notable(report: Report, suite: str) -> str:
    """The issue that most failures of a suite belong to."""
    issues = {one.id: one.title for one in report.issues}
    tally: dict[str, int] = {}
    for one in report.tests.failures:
        if one.suite == suite and one.issue in issues:
            tally[issues[one.issue]] = tally.get(issues[one.issue], 0) + 1
    return max(sorted(tally), key=lambda title: tally[title], default="")


def recurrence(report: Report) -> list[str]:
    """What the memory and the inputs know of earlier occurrences of what failed."""
    said = []
    for one in ranked(report.issues):
        if one.role not in {"root", "contributing"} and one.novelty != "regressed":
            continue
        note = f"; {one.note}" if one.note else ""
        said.append(f"{one.title} ({one.id}): {NOVELTY[one.novelty]}{note}")
    said += [
        f"{at(turn.at)} {turn.label}: {plural(turn.failed, 'failure')} of {plural(turn.total, 'test')}; {'; '.join(turn.moves) or 'no issue moved'}"
        for turn in report.loop[-6:]
    ]
    return said[:12] or ["nothing is known of earlier occurrences"]


NOVELTY = {
    "new": "not seen before in what was read",
    "regressed": "was gone and is back",
    "escalating": "seen before, more often now",
    "ongoing": "seen before, goes on",
    "unknown": "whether it was there before is not known",
}


def safe_url(url: str | None) -> str:
    """The link to a log entry, or nothing: only the console's own host, only characters that cannot end an attribute."""
    return url if url and CONSOLE.fullmatch(url) else ""


ADDRESS = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9/;:=?&.,_~+%#-]{0,2000}")


RUN = re.compile(ADDRESS.pattern.replace("https", "https?", 1))


def address(report: Report, ref: str) -> str:
    """Where a record can be opened: the entry in the console, the commit; or nothing."""
    one = report.evidence.get(ref)
    if one is None:
        return ""
    return safe_url(one.url) or (commit_url(one.url) if one.kind == "change" else "")


def run_url(url: str) -> str:
    """The link to the run of a CI host, or nothing; as `commit_url`, but a host inside the house may have no https."""
    return url if RUN.fullmatch(url) else ""


def commit_url(url: str | None) -> str:
    """The link that the project configured for a commit or an issue, or nothing; as `safe_url`, of any https host."""
    return url if url and ADDRESS.fullmatch(url) else ""
