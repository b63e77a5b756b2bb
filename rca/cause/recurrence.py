"""Recurrence: a failure that was gone and is back, with what came between."""

from itertools import pairwise

from rca.cause import naming
from rca.cause.scene import SECOND, Scene
from rca.cause.steps import Steps
from rca.cause.words import clock
from rca.model import Change
from rca.when import rfc3339, to_ns

_SILENT_NS = 20 * SECOND  # a shorter pause between two failures is no repair
_SHARE = 0.3  # of the whole time it was seen: the pause that counts stands out


def recurrence(scene: Scene, name: str, steps: Steps) -> None:
    """Say when it was seen last, when it came back, and which change took effect in between; only if regressed."""
    if scene.novelty[name] != "regressed":
        return
    events = [(o.at, o.ref) for o in scene.issues[name].occurrences if o.at is not None]
    pauses = [(later[0] - sooner[0], sooner, later) for sooner, later in pairwise(events)]
    if not pauses:
        return
    length, (gone, gone_ref), (back, back_ref) = max(pauses, key=lambda pause: pause[0])
    if length < max(_SILENT_NS, _SHARE * (events[-1][0] - events[0][0])):
        return
    between = _between(scene, gone, back)
    passed = _passed(scene, gone, back)
    answer = f"It was seen until {clock(rfc3339(gone))} UTC and is back since {clock(rfc3339(back))} UTC"
    if between:
        answer += (
            f"; the {naming.change(between)} took effect in between, at {clock(between.live_at or between.at)} UTC"
        )
    answer += ", and its tests passed meanwhile: the fix did not hold." if passed else ": the repair did not hold."
    refs = (gone_ref, back_ref, f"change:{between.id}" if between else "", *passed[:2])
    steps.say("Is it new?", answer, "observed", refs)


def _between(scene: Scene, gone: int, back: int) -> Change | None:
    """The first deploy, config or traffic change that took effect in the pause."""
    dated = [
        (at, change.id)
        for change in scene.changes.values()
        if change.kind != "commit" and (at := to_ns(change.live_at or change.at or "")) is not None and gone < at < back
    ]
    return scene.changes[min(dated)[1]] if dated else None


def _passed(scene: Scene, gone: int, back: int) -> tuple[str, ...]:
    """Cases that passed in the pause and fail at another time."""
    failing = {case.id for case in scene.failing.values()}
    return tuple(
        case.ref
        for run in scene.runs
        for case in run.cases
        if case.outcome == "passed" and case.id in failing and case.start_ns is not None and gone < case.start_ns < back
    )
