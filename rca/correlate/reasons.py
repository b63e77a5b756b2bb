"""The points for and against one suspect, in sentences with numbers and the evidence they stand on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rca.correlate.exposure import SECOND
from rca.correlate.live import DRAIN_NS, Live
from rca.correlate.measure import Measure
from rca.correlate.posterior import Belief, Candidate
from rca.correlate.rails import Rail
from rca.correlate.timeline import Timeline
from rca.correlate.touched import Clue
from rca.model import Occurring, Reason
from rca.when import rfc3339, span

NOTED = 0.15  # ln; weaker factors are not worth a sentence
KINDS = {
    "deploy": "a deploy",
    "config": "a change of configuration",
    "traffic": "a shift of traffic",
    "flag": "a flag",
    "dependency": "an update of a dependency",
    "migration": "a migration",
    "commit": "a commit",
}
SERVED = 3.0  # failures expected at the later rate between the change and the onset, before silence speaks against it


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sentences about one suspect draw on."""

    issue: Occurring
    line: Timeline
    candidate: Candidate
    belief: Belief
    measure: Measure
    rail: Rail
    clues: tuple[Clue, ...]
    whole: str | None  # id of the deploy whose rollout this change completes

    @property
    def live(self) -> Live:
        """The change in question."""
        return self.candidate.live


def refs(scene: Scene, *, after: bool) -> tuple[str, ...]:
    """The change, and the first failure after (or the last before) it."""
    at = scene.live.at
    dated = [one for one in scene.issue.occurrences if one.at is not None]
    near = (
        [one.ref for one in dated if (one.at or 0) >= at][:1]
        if after
        else [one.ref for one in dated if (one.at or 0) < at][-1:]
    )
    return (f"change:{scene.live.change.id}", *near)


def timing_weight(scene: Scene) -> float:
    """Ln of the Bayes factor of the timing against "no change"."""
    null = scene.belief.null
    return math.log(max(scene.candidate.timing, 1e-300) / max(null, 1e-300))


def pro(scene: Scene) -> list[Reason]:
    """Points for the suspect, strongest first."""
    measure, live = scene.measure, scene.live
    found: list[Reason] = []
    gap = measure.gap_s
    if gap is not None and gap >= 0 and measure.after.count:
        weight = timing_weight(scene)
        found.append(
            Reason(
                text=f"failures began {span(gap)} after it took effect ({rfc3339(live.at)})",
                evidence=refs(scene, after=True),
                weight=_rounded(weight),
            )
        )
    if measure.before.count == 0 and measure.after.count and not scene.rail.blind:
        found.append(
            Reason(
                text=f"never seen before it in {measure.exposure.words(measure.before.exposure)}; "
                f"{measure.after.count:,} after it{measure.exposure.told(measure.after.exposure)}",
                evidence=refs(scene, after=True),
            )
        )
    low, estimate = measure.ratio.low, measure.ratio.estimate
    if measure.before.count and low is not None and low > 1 and estimate is not None:
        high = measure.ratio.high
        upper = f"{high:,.1f}" if high is not None else "no upper limit"
        found.append(
            Reason(
                text=f"the rate rose {estimate:,.1f} times (95 % interval {low:,.1f} to {upper})",
                evidence=refs(scene, after=True),
            )
        )
    if scene.candidate.revision > NOTED:
        found.append(
            Reason(
                text=f"while two revisions served, it happened on {live.change.revision}, the new one",
                evidence=refs(scene, after=True),
                weight=_rounded(scene.candidate.revision),
            )
        )
    if scene.candidate.place.words and scene.candidate.place.near:
        found.append(Reason(text=scene.candidate.place.words, evidence=(f"change:{live.change.id}",)))
    if scene.candidate.fit > NOTED:
        found.append(
            Reason(
                text=f"{KINDS[live.change.kind]} can bring this class of failure",
                evidence=refs(scene, after=True),
                weight=_rounded(scene.candidate.fit),
            )
        )
    found += [
        Reason(text=clue.text, evidence=(f"change:{live.change.id}",), weight=_rounded(clue.weight))
        for clue in scene.clues
        if clue.weight > NOTED
    ]
    return sorted(found, key=lambda reason: -(reason.weight or 0.0))


def contra(scene: Scene, rivals: Sequence[tuple[str, float, str]]) -> list[Reason]:
    """Points against the suspect: what came first, what it does not touch, what limits the judgement, who else fits."""
    live, measure = scene.live, scene.measure
    own = (f"change:{live.change.id}",)
    found = [*_earlier(scene), *_silence(scene), *_labels(scene)]
    if scene.candidate.place.words and not scene.candidate.place.near:
        found.append(Reason(text=scene.candidate.place.words, evidence=own))
    elsewhere = [
        service for service in scene.line.shares if service and live.change.service and service != live.change.service
    ]
    if elsewhere and live.change.service in scene.line.shares:
        found.append(
            Reason(
                text=f"it also happened in {', '.join(elsewhere[:3])}, which this change did not touch",
                evidence=refs(scene, after=True),
                weight=_rounded(scene.candidate.elsewhere) or None,
            )
        )
    if scene.candidate.fit < -NOTED:
        found.append(
            Reason(
                text=f"this class of failure comes from the environment more often than from {KINDS[live.change.kind]}",
                evidence=own,
                weight=_rounded(scene.candidate.fit),
            )
        )
    if scene.whole is not None:
        found.append(
            Reason(text=f"it only completed the rollout of {scene.whole}", evidence=(*own, f"change:{scene.whole}"))
        )
    if live.change.rollback:
        found.append(Reason(text="it returned to a revision that had served before", evidence=own))
    found += [
        Reason(text=clue.text, evidence=own, weight=_rounded(clue.weight))
        for clue in scene.clues
        if clue.weight < -NOTED
    ]
    found += [Reason(text=text, evidence=own) for text in scene.rail.reasons]
    found += [
        Reason(text=f"{change} fits {degree} (p {p:.2f})", evidence=(f"change:{change}",))
        for change, p, degree in rivals
    ]
    if measure.after.count == 0 and not scene.rail.blind:
        found.append(Reason(text=f"no failure after it{measure.exposure.told(measure.after.exposure)}", evidence=own))
    return found


def _earlier(scene: Scene) -> list[Reason]:
    measure, live = scene.measure, scene.live
    if not measure.before.count:
        return []
    first = scene.line.exact[0] if scene.line.exact else scene.line.times[0]
    text = f"seen {measure.before.count:,} times before it in {measure.exposure.words(measure.before.exposure)}, first {span((live.at - first) / SECOND)} earlier"
    return [
        Reason(text=text, evidence=refs(scene, after=False), weight=_rounded(min(timing_weight(scene), 0.0)) or None)
    ]


def _silence(scene: Scene) -> list[Reason]:
    """Exposure after the change without a failure, although at the later rate some were due."""
    served, expected = scene.measure.silent
    if expected < SERVED or scene.measure.before.count:
        return []
    text = (
        f"{scene.measure.exposure.words(served)} followed it without this failure before the first one; "
        f"at the later rate {expected:,.0f} would have failed"
    )
    return [
        Reason(text=text, evidence=refs(scene, after=True), weight=_rounded(min(timing_weight(scene), 0.0)) or None)
    ]


def _labels(scene: Scene) -> list[Reason]:
    live = scene.live
    if live.change.revision is None or scene.candidate.revision > -NOTED:
        return []
    late = [
        at
        for at, revision, service in scene.line.revisions
        if service == live.change.service and revision in live.olds and at - live.at > DRAIN_NS
    ]
    text = f"while two revisions served, it happened on the old one too ({len(late):,} times after the drain)"
    return [Reason(text=text, evidence=refs(scene, after=True), weight=_rounded(scene.candidate.revision))]


def _rounded(weight: float) -> float:
    return round(weight, 2) + 0.0
