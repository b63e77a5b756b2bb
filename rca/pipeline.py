"""analyze(): facts in, report out. The only place that knows the order of the stages; no clock, no network, no disk."""

from dataclasses import dataclass, field, replace

from rca import __version__
from rca.cause import explain, lint
from rca.classes import Classes
from rca.correlate import correlate, flakes
from rca.evidence import cited, resolve
from rca.impact import criteria, impacts
from rca.join import authenticity, link
from rca.known import cleared, known, note, sentence
from rca.loop import loop
from rca.model import (
    Change,
    Config,
    Correlation,
    CrossFinding,
    Explanation,
    Facts,
    FixVerdict,
    Links,
    Occurring,
    Report,
    RuleSet,
    Tool,
    Window,
)
from rca.recognise import over_events, recognised
from rca.safe import clean_model
from rca.signatures import owned, sign
from rca.summary import coverage, owners, patterns, run_rows, tests, traffic
from rca.verify import judge
from rca.vocabulary import linked
from rca.window import Asked, anchored, bounds, clip, extent, repair, since_memory

COMPLAINTS = 5  # of the lint that a report shows about itself; a sound report has none


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may turn: the window, the prior that a recorded change is guilty, the configuration, the command line to print."""

    asked: Asked = field(default_factory=Asked)
    prior_change: float = 0.25
    config: Config = field(default_factory=Config)
    command: str = "rca analyze"
    run: str = ""  # where the CI host shows this run


@dataclass(frozen=True, slots=True)
class _Worked:
    """What the stages made of the facts."""

    facts: Facts
    window: Window
    issues: tuple[Occurring, ...]
    crossed: tuple[CrossFinding, ...]
    links: Links
    correlation: Correlation
    explanation: Explanation


def analyze(facts: Facts, rules: RuleSet, settings: Settings) -> Report:
    """The whole of rca: the stages, and the report of what they found."""
    with owned(settings.config.own):
        return _report(_worked(facts, rules, settings), rules, settings)


def verify(facts: Facts, rules: RuleSet, settings: Settings) -> tuple[FixVerdict, ...]:
    """Whether a change repaired what failed before it: the last deploy, or the one that `since` names.

    What earlier runs knew (`facts.known`) counts as before; without a deploy in the inputs, they are all after.
    """
    with owned(settings.config.own):
        done = _worked(facts, rules, settings)
    first = extent(done.facts.digest, facts.runs)[0]
    fix = repair(settings.asked, done.window, facts.changes) or (since_memory(first) if facts.known else None)
    return _judged(done, fix)


def _worked(facts: Facts, rules: RuleSet, settings: Settings) -> _Worked:
    """One line a stage."""
    window = bounds(settings.asked, facts.digest, facts.runs, facts.changes)
    facts = replace(facts, digest=clip(facts.digest, window))
    signatures, findings, folded = recognised(facts, rules)
    issues = folded.issues
    crossed = over_events(facts, signatures, findings, rules)
    links = link(facts.runs, issues)
    correlation = correlate(
        issues,
        changes=facts.changes,
        commits=facts.commits,
        traffic=facts.digest.traffic,
        routes=facts.digest.routes,
        events=facts.digest.events,
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
    return _Worked(facts, window, tuple(issues), crossed, links, correlation, explanation)


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


def _baseline(facts: Facts) -> frozenset[str] | None:
    """Signature ids seen in the good run, or None when there is no good run to compare with."""
    if facts.baseline is None:
        return None
    return frozenset(signature.id for signature in sign(facts.baseline).values())


def _report(done: _Worked, rules: RuleSet, settings: Settings) -> Report:
    """Put the results together, resolve every ref they cite, and clean every text."""
    facts, issues, correlation, explanation = done.facts, done.issues, done.correlation, done.explanation
    blamed = {one.issue.id: best[0].p for one in issues if (best := correlation.rolled(one.issue.id))}
    doubts = authenticity(facts.runs, facts.outcomes, facts.digest, facts.earlier)
    weighed = flakes(facts, owners(facts.runs, issues))
    flaky = {name: (one.p, one.share) for name, one in weighed.items()}
    classes = Classes(
        [one.issue for one in issues],
        causes=explanation.causes,
        edges=explanation.edges,
        novelty=correlation.novelty,
        blamed=blamed,
        flaky={name: one.p for name, one in weighed.items()},
    )
    judged = {one.issue: one for one in _judged(done, repair(settings.asked, done.window, facts.changes))}
    notes = {
        each.issue.id: note(known(each, facts.past), judged.get(each.issue.id), done.window.until) for each in issues
    }
    first = explanation.causes[0].issue if explanation.causes else None
    remembered = sentence(first, issues, facts.past, judged)
    report = Report(
        tool=_tool(rules, settings),
        window=anchored(done.window, correlation, _failing(done), facts.changes),
        verdict=explanation.verdict.model_copy(update={"summary": f"{explanation.verdict.summary}{remembered}"}),
        coverage=coverage(facts.sources, facts.runs, issues, explanation, facts.missing, rules.notes),
        tests=tests(facts.runs, issues, classes, doubts, flaky),
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
        impact=impacts(facts.runs, settings.config),
        criteria=criteria(facts.runs, settings.config),
        patterns=patterns(done.crossed),
    )
    evidence = resolve(
        cited([report]),
        digest=facts.digest,
        runs=facts.runs,
        changes=(*facts.changes, *facts.commits),
        rules=rules,
        sources=facts.sources,
    )
    return _checked(clean_model(linked(report.model_copy(update={"evidence": evidence}), settings.config.links)))


def _checked(report: Report) -> Report:
    """The report, which says so itself where it breaks a rule of its own lint."""
    complaints = tuple(f"the report's own check complains: {complaint}" for complaint in lint(report)[:COMPLAINTS])
    if not complaints:
        return report
    covered = report.coverage.model_copy(update={"missing": (*report.coverage.missing, *complaints)})
    return report.model_copy(update={"coverage": covered})


def _failing(done: _Worked) -> list[Occurring]:
    """The issues that are failures, beyond background."""
    return [one for one in done.issues if done.explanation.roles.get(one.issue.id, "background") != "background"]


def _tool(rules: RuleSet, settings: Settings) -> Tool:
    config = settings.config
    return Tool(
        version=__version__,
        rules=rules.hash,
        command=settings.command,
        prior_change=settings.prior_change,
        config=f"{config.file} ({config.hash})" if config.file else "",
        run=settings.run,
    )


def _named_commits(facts: Facts, correlation: Correlation) -> tuple[Change, ...]:
    """The commits that are suspects of something; `rca changes` lists them all."""
    named = {suspect.change for suspect in correlation.suspects}
    return tuple(commit for commit in facts.commits if commit.id in named)
