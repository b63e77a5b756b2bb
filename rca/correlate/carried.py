"""Commits as suspects: the share of a deploy's p that each commit in it carries, and commits older than the window."""

import math
from dataclasses import dataclass

from rca.correlate.failure import Failure
from rca.correlate.ranges import Brought, History, sha_of
from rca.correlate.touched import Clue, Trace, clues, strength
from rca.model import Change
from rca.when import to_ns

IN_DIFF = 0.85  # of guilty code deploys the fault is in a commit; else in what the build drew in, or in its settings
LATENT, REACH = 0.6, 10  # prior that an older fault lies in the n commits on record: .6 n / (n + 10)
NEVER_MORE = 0.45  # no onset points to an older commit: it stays possible
RECENT = 5  # the n-th newest commit has prior weight 1 / (n + 5)
LISTED = 10  # older commits named per issue; the tail stays with "no change"


@dataclass(frozen=True, slots=True)
class Carried:
    """A commit, its share of the mass to be divided, and its clues."""

    commit: Change
    share: float
    clues: tuple[Clue, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """ln of the factor that files and diff give a deploy, its own clues, and its commits with their shares (sum <= 1)."""

    log_factor: float
    clues: tuple[Clue, ...]
    commits: tuple[Carried, ...]


def content(change: Change, came: Brought, trace: Trace) -> Content:
    """Mixture over "in one of its commits" and "something else in it", whose factor is 1."""
    if not came.commits:
        found = clues(change, trace)
        return Content(math.log(1 - IN_DIFF + IN_DIFF * math.exp(strength(found))) if found else 0.0, found, ())
    each = [(commit, clues(commit, trace)) for commit in came.commits]
    weights = [IN_DIFF * prior * math.exp(strength(found)) for prior, (_, found) in zip(came.priors, each, strict=True)]
    total = 1 - IN_DIFF + math.fsum(weights)
    parts = [Carried(commit, weight / total, found) for (commit, found), weight in zip(each, weights, strict=True)]
    best = max(parts, key=lambda part: part.share)
    return Content(math.log(total), best.clues, tuple(sorted(parts, key=lambda part: -part.share)))


def older(
    past: History, first: int | None, running: frozenset[str], taken: frozenset[str], trace: Trace
) -> tuple[Carried, ...]:
    """Commits that may hold a fault older than the window, with their share of "no change"; best first.

    Left out: commits made after the first failure, commits that the failing versions (`running`, empty when unknown)
    do not contain, `taken`, which a candidate deploy brought, and the first commit of all: it holds every line that was
    never changed since, so it fits any failure and says nothing.
    """
    if not _in_code(trace.failure):
        return ()
    linked = any(commit.parents for commit in past.commits)
    live = [
        commit
        for commit in past.commits
        if (commit.parents or not linked)
        and sha_of(commit) not in taken
        and (not running or sha_of(commit) in running)
        and (first is None or (at := to_ns(commit.at or "")) is None or at <= first)
    ]
    recency = [1.0 / (i + RECENT) for i in range(len(live))]
    prior = LATENT * len(live) / (len(live) + REACH)
    scale = prior / math.fsum(recency) if recency else 0.0
    found = [clues(commit, trace) for commit in live]
    weights = [scale * each * math.exp(strength(points)) for each, points in zip(recency, found, strict=True)]
    total = 1 - prior + math.fsum(weights)
    parts = [
        Carried(commit, min(weight / total, NEVER_MORE), points)
        for commit, weight, points in zip(live, weights, found, strict=True)
        if any(point.weight > 0 for point in points)
    ]
    return tuple(sorted(parts, key=lambda part: -part.share)[:LISTED])


def _in_code(failure: Failure) -> bool:
    """Exhaustion and a broken environment are not introduced by a line of code alone."""
    return failure.kind in {"code", "image", "schema", "config", "other"}
