"""The posterior over {each candidate change, constant rate, unknown onset, periodic} of one issue."""

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rca.correlate.contrast import contrast
from rca.correlate.delay import Cdf, delay
from rca.correlate.exposure import SECOND, Exposure
from rca.correlate.failure import Failure, brings_code
from rca.correlate.live import DRAIN_NS, Live
from rca.correlate.onset import Onset, breakpoints, endings, onset
from rca.correlate.periodic import Period, period
from rca.correlate.proximity import SHARED, Neighbourhood, Place
from rca.correlate.timeline import Timeline

CONSTANT, UNKNOWN, PERIODIC = 0.56, 0.373, 0.067  # shares of what the prior leaves to "no change" (.42 : .28 : .05)
SHORT_NS = 1800 * SECOND  # an onset without a recorded cause is a matter of rate: a shorter window holds fewer of them
PARTLY = 0.1  # share of the failures below which a service need not be explained
ELSEWHERE = math.log(0.3)  # one deploy seldom makes several services raise the same exception: what they share does
ROLLBACK = 0.3  # a return to what ran before rarely brings something new
ROLLOUT_PART = 0.1  # a shift of traffic that only completes a deploy
ROLLOUT_NS = 15 * 60 * SECOND
STALE = 0.3  # live before the window opens: it competes with everything older that is not recorded
REVISION_NS = 120 * SECOND
EPSILON = 0.03
BREAKERS = 8  # changes that get their own breakpoints; the others are integrated over wide cells


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change with its place, prior weight, likelihood of the timing, and ln of the other factors."""

    live: Live
    place: Place
    prior: float
    timing: float
    revision: float
    fit: float
    elsewhere: float
    whole: str | None  # id of the deploy whose rollout it completes


@dataclass(frozen=True, slots=True)
class Belief:
    """Unnormalised weights; `timing` of a candidate and `null` are likelihoods relative to the same base."""

    candidates: tuple[Candidate, ...]
    constant: float
    unknown: float
    periodic: float
    period: Period | None
    onset: Onset
    null: float  # mean likelihood of the timing over the hypotheses "no change"


def belief(
    line: Timeline,
    exposure: Exposure,
    lives: Sequence[Live],
    hood: Neighbourhood,
    failure: Failure,
    prior_change: float,
) -> Belief:
    """Section 1.3 of the notes for one issue; `lives` in time order, `line.times` not empty."""
    places = [_place(one, line, hood, failure) for one in lives]
    weights = [place.weight * _standing(one, lives, exposure.start) for one, place in zip(lives, places, strict=True)]
    nearest = sorted(range(len(lives)), key=lambda i: (-weights[i] * _closeness(lives[i].at, line), lives[i].at, i))
    close = frozenset(nearest[:BREAKERS])
    chosen = sorted(lives[i].at for i in close)
    later = sorted(lives[i].at for i in nearest[:BREAKERS] if places[i].near)[:4]
    edges = breakpoints(line.times, chosen, exposure.start, exposure.end)
    found = onset(line.times, exposure.share, edges, endings(line.times, later, exposure.end))
    coarse = found.coarser() if len(lives) > BREAKERS else found
    schedule = period(line.times, exposure.end - exposure.start)
    share = prior_change / max(1.0, math.fsum(weights))
    candidates = tuple(
        Candidate(
            live=one,
            place=place,
            prior=share * weight,
            timing=(found if i in close else coarse).mass(_cdf(one, line, exposure, failure), one.at),
            revision=_revision(one, line),
            fit=math.log(failure.fit(one.change)),
            elsewhere=ELSEWHERE if _elsewhere(one, line, failure) else 0.0,
            whole=None if (deploy := rollout_of(one, lives)) is None else deploy.change.id,
        )
        for i, (one, place, weight) in enumerate(zip(lives, places, weights, strict=True))
    )
    rest = 1.0 - prior_change
    regular = found.constant * math.exp(min(schedule.log_factor, 60.0)) if schedule else 0.0
    brief = min(1.0, (exposure.end - exposure.start) / SHORT_NS)
    constant, unknown = (
        rest * CONSTANT * found.constant * math.exp(-contrast(line, exposure)),
        rest * UNKNOWN * found.unknown * brief,
    )
    return Belief(
        candidates,
        constant=constant,
        unknown=unknown,
        periodic=rest * PERIODIC * regular,
        period=schedule,
        onset=found,
        null=(constant + unknown) / (rest * (CONSTANT + UNKNOWN * brief)) if rest > 0 else 1.0,
    )


def _place(one: Live, line: Timeline, hood: Neighbourhood, failure: Failure) -> Place:
    """Relation to the services that fail: of several the weakest counts, for one change has to explain them all."""
    shares = line.shares or {None: 1.0}
    every = [(share, hood.place(one.change.service, service)) for service, share in shares.items()]
    words = max(every, key=lambda pair: pair[0])[1]
    main = [place for share, place in every if share >= PARTLY] or [words]
    weight = min(place.weight for place in main)
    if not any(place.near for _, place in every) and failure.shared(one.change):
        return Place(max(SHARED, weight), "it changed settings, which services may share", near=True)
    return Place(
        weight,
        words.words,
        near=any(place.near for _, place in every),
        apart=all(place.apart for _, place in every),
    )


def _elsewhere(one: Live, line: Timeline, failure: Failure) -> bool:
    """Whether services that the change did not touch raise the same exception themselves."""
    others = any(share >= PARTLY and service != one.change.service for service, share in line.shares.items())
    return others and failure.raised and one.change.service in line.shares and brings_code(one.change)


def _standing(one: Live, lives: Sequence[Live], start: int) -> float:
    """Prior weight of a change for what it is: rollbacks, the tail of a rollout and stale changes count less."""
    weight = 1.0
    if one.change.rollback:
        weight *= ROLLBACK
    if one.at < start:
        weight *= STALE
    if rollout_of(one, lives) is not None:
        weight *= ROLLOUT_PART
    return weight


def rollout_of(one: Live, lives: Sequence[Live]) -> Live | None:
    """The deploy that a shift of traffic completes: as its reader found, else the last of that service in 15 minutes."""
    if one.change.kind != "traffic":
        return None
    if one.change.part_of is not None:
        return next((other for other in lives if other.change.id == one.change.part_of), None)
    before = [
        other
        for other in lives
        if other.change.kind == "deploy"
        and other.change.service == one.change.service
        and 0 <= one.at - other.at <= ROLLOUT_NS
    ]
    return before[-1] if before else None


def _closeness(at: int, line: Timeline) -> float:
    """Rough rank of a change before the likelihood is known: the nearest event after it, on a scale of ten minutes."""
    i = bisect_left(line.times, at - REVISION_NS)
    gap = (line.times[i] - at) / SECOND if i < len(line.times) else 1e9
    return 1.0 / (1.0 + max(gap, 0.0) / 600.0)


def _cdf(one: Live, line: Timeline, exposure: Exposure, failure: Failure) -> Cdf:
    if line.from_tests:
        return _until_next_run(one.at, exposure)
    return delay(slow=failure.slow, bracketed=one.bracketed).cdf


def _until_next_run(at: int, exposure: Exposure) -> Callable[[float], float]:
    """Tests look only when they run: the delay is even up to the end of the next execution, then a tail of hours."""
    starts = exposure.amount.edges
    i = bisect_left(starts, at)
    wait = max((starts[i] - at) / SECOND, 1.0) if i < len(starts) else 3600.0

    def cdf(x: float) -> float:
        if x < 0:
            return 0.02 * math.exp(x / 30.0)
        return 0.02 + 0.83 * x / wait if x <= wait else 0.85 + 0.15 * (1.0 - math.exp((wait - x) / 7200.0))

    return cdf


def _revision(one: Live, line: Timeline) -> float:
    """Ln LR of the revision labels, from events while both revisions serve; errors of a draining revision say nothing."""
    if one.overlap is None or one.change.revision is None:
        return 0.0
    low, high = one.overlap
    total, last = 0.0, -math.inf
    for at, revision, service in line.revisions:
        if not low <= at <= high or revision is None or service != one.change.service or at - last < SECOND:
            continue
        last = at
        share = one.new_share(at)
        if revision == one.change.revision:
            total += math.log((1 - EPSILON) / share)
        elif revision in one.olds and at - one.at > DRAIN_NS:
            total += math.log(EPSILON / (1 - share))
    return max(-5.0, min(5.0, total))
