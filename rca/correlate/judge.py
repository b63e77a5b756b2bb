"""One issue: from the posterior, the contents and the guard rails to its suspects and the answers "no change"."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rca.correlate.carried import Carried, Content, content, older
from rca.correlate.exposure import Exposure
from rca.correlate.measure import Measure, measure
from rca.correlate.nochange import no_change
from rca.correlate.posterior import Belief, Candidate
from rca.correlate.rails import Rail, rail, words
from rca.correlate.ranges import History
from rca.correlate.reasons import SERVED, Scene, contra, pro
from rca.correlate.timeline import Timeline
from rca.correlate.touched import Trace
from rca.model import Change, Count, NoChange, Occurring, Ratio, Reason, Source, Suspect
from rca.model.report import SuspectVerdict

LOOKED = 0.002  # posterior of the timing from which files and diffs are looked at
SHOWN = 10  # suspects listed per issue; more only where p is worth a line
WORTH = 0.005
RIVAL = 0.4  # of a suspect's p: another one that the sentence against it names
EXPLAINS = 0.55
MECHANISM = 0.69  # ln 2: files and diff make the change twice as likely
APART = 0.8
EXERCISED = 6  # (1 - share) ** 6: half of the exposure without a failure leaves 2 % to a fault that was always there


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate with everything that bears on it; `p` is final, its commits' part included."""

    candidate: Candidate
    content: Content
    rail: Rail
    p: float

    @property
    def at(self) -> int:
        """When the change took effect, ns."""
        return self.candidate.live.at


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
    brought: Callable[[Change], tuple[Change, ...]],
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
    dropped = sum(one.p for one in shown) - sum(one.p for one in kept)
    rows = [row for one in kept for row in _rows(issue, line, exposure, belief, one, kept)]
    rows += [_older_row(issue, part, pool * part.share, exposure) for part in late]
    nulls = _less(nulls, pool, sum(part.share for part in late))
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
    brought: Callable[[Change], tuple[Change, ...]],
    cut: Sequence[Source],
) -> tuple[list[Weighed], float]:
    """Candidates with p, capped by their rails; and what is left for "no change"."""
    raw = [one.prior * one.timing * math.exp(one.revision + one.fit) for one in belief.candidates]
    null = belief.constant + belief.unknown + belief.periodic
    total = sum(raw) + null
    contents = [
        content(one.live.change, brought(one.live.change), trace) if weight > LOOKED * total else Content(0.0, (), ())
        for one, weight in zip(belief.candidates, raw, strict=True)
    ]
    raw = [weight * math.exp(each.log_factor) for weight, each in zip(raw, contents, strict=True)]
    total = sum(raw) + null
    weighed = []
    for one, weight, each in zip(belief.candidates, raw, contents, strict=True):
        held = rail(one.live, one.place, line, exposure, cut, mechanism=each.log_factor > MECHANISM)
        p = min(weight / total if total > 0 else 0.0, held.cap)
        weighed.append(Weighed(one, each, held, p))
    return weighed, max(0.0, 1.0 - sum(one.p for one in weighed))


def _nulls(belief: Belief, left: float) -> dict[str, float]:
    weights = {"constant": belief.constant, "unknown_onset": belief.unknown, "periodic": belief.periodic}
    total = sum(weights.values())
    if total <= 0:
        return {"constant": 0.0, "unknown_onset": left, "periodic": 0.0}
    return {kind: left * weight / total for kind, weight in weights.items()}


def verdict(one: Weighed, counted: Measure, line: Timeline) -> SuspectVerdict:
    """explains: p >= .55 and new, or a mechanism · contradicts: there before as much, or long silent · no_data · compatible."""
    mechanism = any(clue.weight > 1 for clue in one.content.clues) or one.candidate.revision > 1
    if one.p >= EXPLAINS and (mechanism or counted.before.count == 0 or (counted.ratio.low or 0) > 1):
        return "explains"
    if one.rail.blind:
        return "no_data"
    low, first = counted.ratio.low, line.times[0]
    came_first = counted.before.count > 0 and first < one.at and (low is None or low <= 1)
    silent = counted.silent[1] >= SERVED
    if one.p < 0.2 and (came_first or silent or one.candidate.revision < -2 or counted.after.count == 0):
        return "contradicts"
    return "compatible"


def _rows(
    issue: Occurring, line: Timeline, exposure: Exposure, belief: Belief, one: Weighed, every: Sequence[Weighed]
) -> list[Suspect]:
    change = one.candidate.live.change
    counted = measure(one.candidate.live, line, exposure)
    scene = Scene(issue, line, one.candidate, belief, counted, one.rail, one.content.clues, one.candidate.whole)
    rivals = [
        (other.candidate.live.change.id, other.p)
        for other in every
        if other is not one and other.p >= max(RIVAL * one.p, 0.05)
    ]
    carried = [part for part in one.content.commits if one.p * part.share >= WORTH][:SHOWN]
    own = one.p - sum(one.p * part.share for part in carried)
    judged = verdict(one, counted, line)
    said = _words(one, every)
    whole = Suspect(
        issue=issue.issue.id,
        change=change.id,
        p=own,
        verdict=judged,
        gap_s=counted.gap_s,
        before=counted.before,
        after=counted.after,
        rate_ratio=counted.ratio,
        for_=tuple(pro(scene)),
        against=tuple(contra(scene, rivals[:2])),
        words=said,
        within=None,
    )
    return [whole, *(_commit_row(whole, part, one.p * part.share, one.p) for part in carried)]


def _words(one: Weighed, every: Sequence[Weighed]) -> str:
    """The set answer where changes together are very likely and none alone is likely."""
    together = [other for other in every if other.p >= 0.1]
    if (
        one in together
        and len(together) > 1
        and sum(other.p for other in together) >= APART
        and max(other.p for other in together) < EXPLAINS
    ):
        names = " or ".join(other.candidate.live.change.id for other in together)
        return f"one of {names}: the data cannot separate them"
    return words(one.p, railed=bool(one.rail.reasons))


def _commit_row(deploy: Suspect, part: Carried, p: float, whole: float) -> Suspect:
    ref = (f"change:{part.commit.id}",)
    others = 1.0 - part.share
    return deploy.model_copy(
        update={
            "change": part.commit.id,
            "p": p,
            "verdict": "explains" if p >= EXPLAINS and deploy.verdict == "explains" else "compatible",
            "for_": (
                Reason(
                    text=f"{deploy.change} brought it (p {whole:.2f} as a whole)", evidence=(f"change:{deploy.change}",)
                ),
                *(
                    Reason(text=clue.text, evidence=ref, weight=round(clue.weight, 2))
                    for clue in part.clues
                    if clue.weight > 0
                ),
            ),
            "against": (
                *(
                    Reason(text=clue.text, evidence=ref, weight=round(clue.weight, 2))
                    for clue in part.clues
                    if clue.weight < 0
                ),
                *(
                    (
                        Reason(
                            text=f"other commits of the same deploy, or something else in it, hold {others:.0%} of its p",
                            evidence=ref,
                        ),
                    )
                    if others > 0.3
                    else ()
                ),
            ),
            "words": words(p, railed=deploy.words == "possible"),
            "within": deploy.change,
        }
    )


def _older_row(issue: Occurring, part: Carried, p: float, exposure: Exposure) -> Suspect:
    ref = (f"change:{part.commit.id}",)
    nothing = Count(count=0, exposure=0.0, unit=exposure.unit)
    return Suspect(
        issue=issue.issue.id,
        change=part.commit.id,
        p=p,
        verdict="compatible" if part.clues else "no_data",
        gap_s=None,
        before=nothing,
        after=nothing,
        rate_ratio=Ratio(estimate=None, low=None, high=None),
        for_=tuple(
            Reason(text=clue.text, evidence=ref, weight=round(clue.weight, 2)) for clue in part.clues if clue.weight > 0
        ),
        against=(
            *(
                Reason(text=clue.text, evidence=ref, weight=round(clue.weight, 2))
                for clue in part.clues
                if clue.weight < 0
            ),
            Reason(
                text="made before the evidence begins: if it is guilty, it was introduced earlier and exposed by use, not by a recent change",
                evidence=ref,
            ),
        ),
        words=words(p, railed=True),
    )
