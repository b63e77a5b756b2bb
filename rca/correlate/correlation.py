"""correlate(): issues and changes in, suspects and novelty out; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from rca.correlate.blank import undated
from rca.correlate.churn import Churn, churn_of
from rca.correlate.exposure import Exposure, Traffic, executions, traffic_of
from rca.correlate.failure import failure
from rca.correlate.judge import Judged, judge
from rca.correlate.live import Live, live
from rca.correlate.novelty import novelty
from rca.correlate.posterior import belief
from rca.correlate.proximity import Neighbourhood, neighbourhood
from rca.correlate.ranges import Brought, History, brought, history
from rca.correlate.routes import Routes, named, routes_of
from rca.correlate.terms import terms
from rca.correlate.timeline import Cell, Timeline, cells_of, timeline
from rca.correlate.topology import infer_topology
from rca.correlate.touched import Trace
from rca.model import Change, Correlation, NoChange, Occurring, Past, RuleSet, Source, Suspect, TestRun, Window
from rca.model.frames import EVENTS
from rca.model.report import Novelty

LOGS = frozenset({"entries", "otlp", "lines", "digest"})
MINOR = 0.1  # share of an issue's events below which a service does not count for its exposure


@dataclass(frozen=True, slots=True)
class Known:
    """What all issues share, worked out once."""

    traffic: Traffic
    cells: Mapping[str, tuple[Cell, ...]]
    lives: tuple[Live, ...]
    commits: History
    hood: Neighbourhood
    runs: tuple[TestRun, ...]
    window: Window
    cut: tuple[Source, ...]
    rules: RuleSet
    prior_change: float
    brought: Callable[[Change], Brought]
    exposed: Callable[[tuple[str | None, ...], int, int], Exposure]
    routes: Routes
    churn: Churn


def correlate(
    issues: Sequence[Occurring],
    *,
    changes: Sequence[Change],
    commits: Sequence[Change],
    traffic: pl.DataFrame,
    cells: pl.DataFrame,
    runs: Sequence[TestRun],
    earlier: Sequence[TestRun],
    window: Window,
    sources: Sequence[Source],
    topology: Mapping[str, tuple[str, ...]] | None,
    rules: RuleSet,
    prior_change: float = 0.25,
    past: Mapping[str, Past] | None = None,
    baseline: frozenset[str] | None = None,
    routes: pl.DataFrame | None = None,
    events: pl.DataFrame | None = None,
) -> Correlation:
    """Suspects, "no change" and novelty of every issue; for each issue all p sum to 1.

    `traffic` has the TRAFFIC schema; `cells` the columns issue, service, revision, minute, count, first_at, last_at
    (true counts: occurrences are capped). `commits` newest first. `prior_change` is the prior that a recorded change
    is guilty. `routes` (ROUTES schema) lets an issue of certain routes be weighed by their requests alone;
    `events` (EVENTS schema) serves to infer who calls whom where no topology is given. `baseline` holds the signature ids of a good run, None when there is none.
    """
    known = _known(
        issues,
        changes,
        commits,
        traffic,
        cells,
        (*earlier, *runs),
        window,
        sources,
        topology,
        rules,
        prior_change,
        routes,
        events,
    )
    suspects: list[Suspect] = []
    rest: list[NoChange] = []
    novelties: dict[str, Novelty] = {}
    for issue in issues:
        judged, kind = _one(issue, known, past or {}, baseline)
        suspects += judged.suspects
        rest += judged.no_change
        novelties[issue.issue.id] = kind
    return Correlation(tuple(suspects), tuple(rest), novelties)


def _known(
    issues: Sequence[Occurring],
    changes: Sequence[Change],
    commits: Sequence[Change],
    traffic: pl.DataFrame,
    cells: pl.DataFrame,
    runs: tuple[TestRun, ...],
    window: Window,
    sources: Sequence[Source],
    topology: Mapping[str, tuple[str, ...]] | None,
    rules: RuleSet,
    prior_change: float,
    routes: pl.DataFrame | None,
    events: pl.DataFrame | None,
) -> Known:
    flow = traffic_of(traffic)
    services = sorted({name for name in (*flow.rows, *(change.service for change in changes)) if name})
    dated = [found for change in changes if change.kind != "commit" and (found := live(change, flow)) is not None]
    dated.sort(key=lambda one: (one.at, one.change.id))
    calls = (
        topology
        if topology is not None
        else infer_topology(pl.DataFrame(schema=EVENTS) if events is None else events, services, issues)
    )
    log = history(commits)
    deploys = tuple(one.change for one in dated)
    contained = {one.change.id: brought(one.change, deploys, log) for one in dated}
    return Known(
        traffic=flow,
        cells=cells_of(cells),
        lives=tuple(dated),
        commits=log,
        hood=neighbourhood(calls, len(services), given=topology is not None),
        runs=runs,
        window=window,
        cut=tuple(source for source in sources if source.kind in LOGS and not source.complete),
        rules=rules,
        prior_change=prior_change,
        brought=lambda change: contained.get(change.id, Brought()),
        exposed=lru_cache(maxsize=256)(flow.exposure),
        routes=routes_of(routes, issues),
        churn=churn_of(log.commits),
    )


def _one(
    issue: Occurring, known: Known, past: Mapping[str, Past], baseline: frozenset[str] | None
) -> tuple[Judged, Novelty]:
    start, end = _extent(issue, known)
    line = timeline(issue, known.cells.get(issue.issue.id, ()), end - start)
    if not line.times:
        kind = novelty(issue, None, None, changes=(), best=None, runs=known.runs, past=past, baseline=baseline)
        return Judged((), undated(issue, 1.0), None), kind
    exposure = _exposure(issue, line, known, start, end)
    lives = _lives(line, exposure, known)
    rule = known.rules.get(issue.finding.rule if issue.finding else issue.issue.rule)
    kind_of_failure = failure(issue, rule)
    own = tuple(frame for frame in reversed(issue.signature.frames) if frame.own)
    trace = Trace(
        own or ((issue.signature.location,) if issue.signature.location else ()),
        terms(issue),
        kind_of_failure,
        known.churn,
    )
    judged = judge(
        issue,
        line,
        exposure,
        belief(line, exposure, lives, known.hood, kind_of_failure, known.prior_change if lives else 0.0),
        trace,
        known.brought,
        known.commits,
        _running(line, known),
        known.cut,
    )
    return judged, novelty(
        issue, line, exposure, changes=lives, best=judged.best, runs=known.runs, past=past, baseline=baseline
    )


def _extent(issue: Occurring, known: Known) -> tuple[int, int]:
    """What was observed, tests for issues of tests: an asked-for window wider than the evidence exposes nothing."""
    logged = [one.at for one in issue.occurrences if one.at is not None and one.test is None]
    cells = known.cells.get(issue.issue.id, ())
    tested = [one.at for one in issue.occurrences if one.at is not None and one.test is not None]
    if logged or cells:
        seen = [*logged, *(at for cell in cells for at in (cell.first, cell.last))]
        bounds = [known.traffic.start, known.traffic.end]
    else:
        seen = tested
        bounds = [at for run in known.runs for at in (run.started_ns, run.ended_ns)]
    every = [at for at in (*seen, *bounds) if at is not None] or [
        known.window.since_ns or 0,
        known.window.until_ns or 0,
    ]
    return min(every), max(*every, min(every) + 1)


def _exposure(issue: Occurring, line: Timeline, known: Known, start: int, end: int) -> Exposure:
    if line.from_tests:
        tests = frozenset(issue.issue.tests) | {one.test for one in issue.occurrences if one.test}
        return executions(known.runs, tests, start, end)
    pairs = known.routes.of(issue) if known.routes.counts else frozenset()
    taken = known.routes.exposed(pairs) if pairs else None
    if taken is not None:
        return Exposure("requests", start, end, taken, named(pairs))
    names = tuple(service for service, share in line.shares.items() if share >= MINOR)
    unlabelled = not names or names == (None,)
    return known.exposed(tuple(known.traffic.rows) if unlabelled else names, start, end)


def _lives(line: Timeline, exposure: Exposure, known: Known) -> tuple[Live, ...]:
    """Recorded changes; for tests of a repository without any, the commits made while the runs were watched."""
    if known.lives or not line.from_tests:
        return known.lives
    made = [found for commit in known.commits.commits if (found := live(commit, known.traffic)) is not None]
    return tuple(
        sorted(
            (one for one in made if exposure.start <= one.at <= exposure.end), key=lambda one: (one.at, one.change.id)
        )
    )


def _running(line: Timeline, known: Known) -> frozenset[str]:
    """Shas in the versions that served while it happened; empty when no version is known."""
    first, last = line.times[0], line.times[-1]
    versions = {
        row.version
        for service in line.shares
        for row in known.traffic.rows.get(service, ())
        if row.version and row.first <= last and row.last >= first
    }
    return frozenset().union(*(known.commits.ancestors(version) for version in sorted(versions)))
