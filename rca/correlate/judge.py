"""One issue: from the posterior, the contents and the guard rails to its suspects and the answers "no change"."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rca.correlate.carried import Content, content, older
from rca.correlate.exposure import Exposure
from rca.correlate.measure import Measure, measure
from rca.correlate.nochange import no_change
from rca.correlate.posterior import Belief
from rca.correlate.rails import rail
from rca.correlate.ranges import Brought, History
from rca.correlate.rows import SHOWN, WORTH, Weighed, older_row, rows_of
from rca.correlate.timeline import Timeline
from rca.correlate.touched import Trace
from rca.model import Change, NoChange, Occurring, Source, Suspect

LOOKED = 0.002  # posterior of the timing from which files and diffs are looked at
MECHANISM = 0.69  # ln 2: files and diff make the change twice as likely
EXERCISED = 6  # (1 - share) ** 6: half of the exposure without a failure leaves 2 % to a fault that was always there


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows of one issue; `best` measures the change with p >= .5, if there is one."""

    suspects: tuple[Suspect, ...]
    no_change: tuple[NoChange, ...]
    best: Measure | None


def judge(
    issue: Occurring,
    line: Timeline,
    exposure: Exposure,
    belief: Belief,
    trace: Trace,
    brought: Callable[[Change], Brought],
    past: History,
    running: frozenset[str],
    cut: Sequence[Source],
) -> Judged:
    """The rows sum to 1: commits share the p of their deploy, or that of "no change" when they are older."""
    weighed, left = _weigh(line, exposure, belief, trace, brought, cut)
    taken = frozenset(part.commit.commit or "" for one in weighed for part in one.content.commits)
    nulls = _nulls(belief, left)
    pool = _latent(nulls, exposure.share(line.times[0]))
    late = older(past, line.times[0], running, taken, trace) if issue.failing and pool > 0.1 else ()
    shown = sorted(weighed, key=lambda one: (-one.p, abs(one.at - line.times[0]), one.candidate.live.change.id))
    kept = [one for i, one in enumerate(shown) if i < SHOWN or one.p >= WORTH]
    dropped = math.fsum(one.p for one in shown) - math.fsum(one.p for one in kept)
    rows = [row for one in kept for row in rows_of(issue, line, exposure, belief, one, kept)]
    rows += [older_row(issue, part, pool * part.share, exposure) for part in late]
    nulls = _less(nulls, pool, math.fsum(part.share for part in late))
    nulls["unknown_onset"] += dropped
    best = next((measure(one.candidate.live, line, exposure) for one in shown if one.p >= 0.5), None)
    return Judged(
        suspects=tuple(sorted(rows, key=lambda row: (-row.p, row.change))),
        no_change=no_change(issue, line, belief, nulls, exposure),
        best=best,
    )


def _latent(nulls: Mapping[str, float], before: float) -> float:
    """The part of "no change" that a fault older than the window may hold.

    All of a constant rate; of an onset within the window only as much as the path had not been exercised `before` it: a
    fault that was there would have shown.
    """
    return nulls["constant"] + nulls["unknown_onset"] * (1.0 - before) ** EXERCISED


def _less(nulls: Mapping[str, float], pool: float, share: float) -> dict[str, float]:
    """`nulls` without the mass that older commits took from `pool`, constant rate first."""
    taken = pool * share
    constant = min(taken, nulls["constant"])
    left = {**nulls, "constant": nulls["constant"] - constant}
    left["unknown_onset"] -= taken - constant
    return left


def _weigh(
    line: Timeline,
    exposure: Exposure,
    belief: Belief,
    trace: Trace,
    brought: Callable[[Change], Brought],
    cut: Sequence[Source],
) -> tuple[list[Weighed], float]:
    """Candidates with p, capped by their rails; and what is left for "no change"."""
    raw = [one.prior * one.timing * math.exp(one.revision + one.fit + one.elsewhere) for one in belief.candidates]
    null = belief.constant + belief.unknown + belief.periodic
    total = math.fsum(raw) + null
    contents = [
        content(one.live.change, brought(one.live.change), trace) if weight > LOOKED * total else Content(0.0, (), ())
        for one, weight in zip(belief.candidates, raw, strict=True)
    ]
    raw = [weight * math.exp(each.log_factor) for weight, each in zip(raw, contents, strict=True)]
    total = math.fsum(raw) + null
    weighed = []
    for one, weight, each in zip(belief.candidates, raw, contents, strict=True):
        held = rail(one.live, one.place, line, exposure, cut, mechanism=each.log_factor > MECHANISM)
        p = min(weight / total if total > 0 else 0.0, held.cap)
        weighed.append(Weighed(one, each, held, p))
    return weighed, max(0.0, 1.0 - math.fsum(one.p for one in weighed))


def _nulls(belief: Belief, left: float) -> dict[str, float]:
    weights = {"constant": belief.constant, "unknown_onset": belief.unknown, "periodic": belief.periodic}
    total = math.fsum(weights.values())
    if total <= 0:
        return {"constant": 0.0, "unknown_onset": left, "periodic": 0.0}
    return {kind: left * weight / total for kind, weight in weights.items()}
