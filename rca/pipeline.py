"""analyze(): facts in, report out. The only place that knows the order of the stages; no clock, no network, no disk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rca import __version__
from rca.cause import explain
from rca.correlate import correlate, flakes
from rca.evidence import cited, resolve
from rca.issues import Folded, Subject, fold, subjects
from rca.join import authenticity, link
from rca.known import cleared, known, note, sentence
from rca.loop import loop
from rca.model import (
    Change,
    Correlation,
    CrossFinding,
    Explanation,
    Facts,
    Finding,
    FixVerdict,
    Links,
    Occurring,
    Report,
    RuleSet,
    Signature,
    Tool,
    Window,
)
from rca.rules import Text, classify, cross
from rca.rules.mark import marked
from rca.safe import clean_model
from rca.signatures import extract, sign
from rca.summary import coverage, run_rows, tests, traffic
from rca.verify import judge
from rca.window import Asked, anchored, bounds, clip, extent, repair, since_memory


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may turn: the window, the prior that a recorded change is guilty, the command line to print."""

    asked: Asked = field(default_factory=Asked)
    prior_change: float = 0.25
    command: str = "rca analyze"


@dataclass(frozen=True, slots=True)
class _Worked:
    """What the stages made of the facts."""

    facts: Facts
    window: Window
    issues: tuple[Occurring, ...]
    links: Links
    correlation: Correlation
    explanation: Explanation


def analyze(facts: Facts, rules: RuleSet, settings: Settings) -> Report:
    """The whole of rca: the stages, and the report of what they found."""
    return _report(_worked(facts, rules, settings), rules, settings)


def verify(facts: Facts, rules: RuleSet, settings: Settings) -> tuple[FixVerdict, ...]:
    """Whether a change repaired what failed before it: the last deploy, or the one that `since` names.

    What earlier runs knew (`facts.known`) counts as before; without a deploy in the inputs, they are all after.
    """
    done = _worked(facts, rules, settings)
    first = extent(done.facts.digest, facts.runs)[0]
    fix = repair(settings.asked, done.window, facts.changes) or (since_memory(first) if facts.known else None)
    return _judged(done, fix)


def _worked(facts: Facts, rules: RuleSet, settings: Settings) -> _Worked:
    """One line a stage."""
    window = bounds(settings.asked, facts.digest, facts.runs, facts.changes)
    facts = replace(facts, digest=clip(facts.digest, window))
    signatures, findings, folded = _issues(facts, rules)
    issues = folded.issues
    crossed = _crossed(facts, signatures, findings, rules)
    links = link(facts.runs, issues)
    correlation = correlate(
        issues,
        changes=facts.changes,
        commits=facts.commits,
        traffic=facts.digest.traffic,
        cells=folded.cells,
        runs=facts.runs,
        earlier=facts.earlier,
        window=window,
        sources=facts.sources,
        topology=facts.topology,
        rules=rules,
        prior_change=settings.prior_change,
        past={key: past for key, past in facts.past.items() if past.runs},
        baseline=_baseline(facts),
    )
    correlation = cleared(correlation, issues, facts.past, facts.changes)
    explanation = explain(
        issues,
        links=links,
        correlation=correlation,
        changes=facts.changes,
        commits=facts.commits,
        rules=rules,
        cross=crossed,
        topology=facts.topology,
        runs=facts.runs,
        window=window,
        digest=facts.digest,
        sources=facts.sources,
    )
    return _Worked(facts, window, tuple(issues), links, correlation, explanation)


def _judged(done: _Worked, fix: Change | None) -> tuple[FixVerdict, ...]:
    """Issues that explain no failure are not judged: a warning of every boot is nobody's fix."""
    facts, last = done.facts, done.window.until_ns
    first = extent(facts.digest, facts.runs)[0]
    if fix is None or last is None:
        return ()
    return judge(
        done.issues,
        fix=fix,
        traffic=facts.digest.traffic,
        routes=facts.digest.routes,
        runs=(*facts.earlier, *facts.runs),
        first_ns=last if first is None else first,
        last_ns=last,
        known=facts.known,
        background=[name for name, role in done.explanation.roles.items() if role == "background"],
        links=done.links.links,
    )


def _notes(done: _Worked, settings: Settings) -> dict[str, str]:
    """What the memory knows of each issue, and whether it was seen after the last change of these inputs."""
    past, fix = done.facts.past, repair(settings.asked, done.window, done.facts.changes)
    judged = {one.issue: one for one in _judged(done, fix)}
    return {one.issue.id: note(known(one, past), judged.get(one.issue.id), done.window.until) for one in done.issues}


def _issues(facts: Facts, rules: RuleSet) -> tuple[dict[str, Signature], dict[str, Finding], Folded]:
    """Signatures and findings by subject, and the issues they fold into."""
    found = subjects(facts.digest, facts.runs)
    signatures = _signatures(facts, found)
    findings = _findings(found, signatures, rules)
    return signatures, findings, fold(found, signatures, findings, facts.digest, facts.runs)


def _signatures(facts: Facts, found: Sequence[Subject]) -> dict[str, Signature]:
    from_logs = sign(facts.digest)
    return {one.key: extract(one.text, kind="test") if one.origin == "test" else from_logs[one.key] for one in found}


def _findings(found: Sequence[Subject], signatures: Mapping[str, Signature], rules: RuleSet) -> dict[str, Finding]:
    texts = [
        Text(
            text=one.text,
            signature=signatures[one.key],
            logger=one.logger,
            log=one.log,
            resource=one.resource,
            status=one.status,
            outcome=one.outcome,
        )
        for one in found
    ]
    named = zip(found, classify(texts, rules), strict=True)
    return {one.key: finding for one, finding in named if finding is not None}


def _crossed(
    facts: Facts, signatures: Mapping[str, Signature], findings: Mapping[str, Finding], rules: RuleSet
) -> tuple[CrossFinding, ...]:
    """What rules over several events find; shapes and cells keep an absence honest."""
    digest = facts.digest
    return cross(
        marked(digest.events, signatures, findings),
        digest.traffic,
        digest.routes,
        facts.runs,
        facts.changes,
        rules,
        shapes=digest.shapes,
        cells=digest.cells,
    )


def _baseline(facts: Facts) -> frozenset[str] | None:
    """Signature ids seen in the good run, or None when there is no good run to compare with."""
    if facts.baseline is None:
        return None
    return frozenset(signature.id for signature in sign(facts.baseline).values())


def _report(done: _Worked, rules: RuleSet, settings: Settings) -> Report:
    """Put the results together, resolve every ref they cite, and clean every text."""
    facts, issues, correlation, explanation = done.facts, done.issues, done.correlation, done.explanation
    blamed = {one.issue.id: best[0].p for one in issues if (best := correlation.rolled(one.issue.id))}
    doubts = authenticity(facts.runs, facts.outcomes)
    weighed = flakes(facts.outcomes, facts.earlier, facts.runs, facts.changes)
    flaky = {name: (one.p, one.share) for name, one in weighed.items()}
    notes = _notes(done, settings)
    first = explanation.causes[0].issue if explanation.causes else None
    remembered = sentence(first, issues, facts.past)
    report = Report(
        tool=Tool(version=__version__, rules=rules.hash, command=settings.command, prior_change=settings.prior_change),
        window=anchored(done.window, correlation, issues, facts.changes),
        verdict=explanation.verdict.model_copy(update={"summary": f"{explanation.verdict.summary}{remembered}"}),
        coverage=coverage(facts.sources, facts.runs, issues, explanation, facts.missing),
        tests=tests(facts.runs, issues, correlation.novelty, blamed, doubts, flaky),
        issues=tuple(
            one.issue.model_copy(
                update={
                    "role": explanation.roles.get(one.issue.id, "background"),
                    "novelty": correlation.novelty.get(one.issue.id, "unknown"),
                    "note": notes.get(one.issue.id, ""),
                }
            )
            for one in issues
        ),
        changes=(*facts.changes, *_named_commits(facts, correlation)),
        suspects=correlation.suspects,
        no_change=correlation.no_change,
        causes=explanation.causes,
        actions=explanation.actions,
        graph=explanation.edges,
        traffic=traffic(facts.digest),
        runs=run_rows(facts.runs),
        loop=loop(facts.loop, facts.runs, issues, explanation.roles, facts.changes, done.window),
    )
    evidence = resolve(
        cited([report]),
        digest=facts.digest,
        runs=facts.runs,
        changes=(*facts.changes, *facts.commits),
        rules=rules,
        sources=facts.sources,
    )
    return clean_model(report.model_copy(update={"evidence": evidence}))


def _named_commits(facts: Facts, correlation: Correlation) -> tuple[Change, ...]:
    """The commits that are suspects of something; `rca changes` lists them all."""
    named = {suspect.change for suspect in correlation.suspects}
    return tuple(commit for commit in facts.commits if commit.id in named)
