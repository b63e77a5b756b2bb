"""Recurrence: a failure that was gone and is back, with what came between."""

from dataclasses import dataclass
from itertools import pairwise

from rca.cause import naming
from rca.cause.scene import SECOND, Scene
from rca.cause.steps import Steps
from rca.cause.words import clock
from rca.model import Change
from rca.when import rfc3339, to_ns

_SILENT_NS = 20 * SECOND  # a shorter pause between two failures is no repair
_SHARE = 0.3  # of the whole time it was seen: the pause that counts stands out


@dataclass(frozen=True, slots=True)
class _Pause:
    """The last event before the longest silence, the first after it, and what lies between."""

    gone: int
    gone_ref: str
    back: int
    back_ref: str
    change: Change | None
    passed: tuple[str, ...]


def repaired(scene: Scene, name: str) -> bool:
    """Whether a change or a green test lies in the longest silence of an issue that is back."""
    pause = _pause(scene, name)
    return pause is not None and bool(pause.change or pause.passed)


def recurrence(scene: Scene, name: str, steps: Steps) -> None:
    """Say when it was seen last, when it came back, and which change took effect in between; only if regressed."""
    pause = _pause(scene, name)
    if pause is None or scene.novelty[name] != "regressed":
        return
    change = pause.change
    answer = f"It was seen until {clock(rfc3339(pause.gone))} UTC and is back since {clock(rfc3339(pause.back))} UTC"
    if change:
        answer += f"; the {naming.change(change)} took effect in between, at {clock(change.live_at or change.at)} UTC"
    if pause.passed:
        answer += ", and its tests passed meanwhile: the fix did not hold."
    else:
        answer += ": what was changed did not hold." if change else "."
    refs = (pause.gone_ref, pause.back_ref, f"change:{change.id}" if change else "", *pause.passed[:2])
    steps.say("Is it new?", answer, "observed", refs)


def _pause(scene: Scene, name: str) -> _Pause | None:
    events = [(o.at, o.ref) for o in scene.issues[name].occurrences if o.at is not None]
    if len(events) < 2:
        return None
    (gone, gone_ref), (back, back_ref) = max(pairwise(events), key=lambda pair: pair[1][0] - pair[0][0])
    if back - gone < max(_SILENT_NS, _SHARE * (events[-1][0] - events[0][0])):
        return None
    return _Pause(gone, gone_ref, back, back_ref, _between(scene, gone, back), _passed(scene, gone, back))


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
