"""The suspects of one issue as rows of the report: verdict, words, counts and reasons; a deploy and the commits in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from rca.correlate.carried import Carried, Content
from rca.correlate.exposure import Exposure
from rca.correlate.measure import Measure, measure
from rca.correlate.posterior import Belief, Candidate
from rca.correlate.rails import Rail, words
from rca.correlate.reasons import SERVED, Scene, contra, pro
from rca.correlate.timeline import Timeline
from rca.model import Count, Occurring, Ratio, Reason, Suspect
from rca.model.report import SuspectVerdict

SHOWN = 10  # suspects listed per issue; more only where p is worth a line
WORTH = 0.005
RIVAL = 0.4  # of a suspect's p: another one that the sentence against it names
NAMED = 0.15  # a rival less likely than this is none
EXPLAINS = 0.55
APART = 0.8


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


def rows_of(
    issue: Occurring, line: Timeline, exposure: Exposure, belief: Belief, one: Weighed, every: Sequence[Weighed]
) -> list[Suspect]:
    """The change, then the commits in it that carry a part of its p worth a line."""
    change = one.candidate.live.change
    counted = measure(one.candidate.live, line, exposure)
    scene = Scene(issue, line, one.candidate, belief, counted, one.rail, one.content.clues, one.candidate.whole)
    rivals = [
        (other.candidate.live.change.id, other.p, "better" if other.p > one.p else "nearly as well")
        for other in every
        if other is not one and other.p >= max(RIVAL * one.p, NAMED)
    ]
    carried = [part for part in one.content.commits if one.p * part.share >= WORTH][:SHOWN]
    own = one.p - fsum(one.p * part.share for part in carried)
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
        and fsum(other.p for other in together) >= APART
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


def older_row(issue: Occurring, part: Carried, p: float, exposure: Exposure) -> Suspect:
    """A commit made before the evidence begins; nothing was counted before and after it."""
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
