"""Actions: what to do for each cause, each with an end state that somebody can check."""

from rca.cause import naming
from rca.cause.scene import Scene
from rca.cause.trigger import trigger
from rca.cause.undo import undo
from rca.cause.words import short
from rca.model import Action, Cause, Change, fill

_HOLD = "occurs 0 times in 14 days of traffic"
_INVESTIGATE = 3  # open questions per cause that become actions


def actions(scene: Scene, causes: tuple[Cause, ...]) -> tuple[Action, ...]:
    """For each cause mitigate, prevent, detect, and one investigate for each open why; P0 first."""
    found: list[Action] = []
    for cause in causes:
        if cause.issue is None:
            continue
        found += _known(scene, cause) if scene.issues[cause.issue].issue.id and cause.p >= 0.2 else []
        found += _open(cause)
    order = {"mitigate": 0, "prevent": 1, "detect": 2, "investigate": 3}
    unique = {(action.type, action.text): action for action in reversed(found)}
    return tuple(
        sorted(unique.values(), key=lambda each: (each.priority, each.cause or 0, order[each.type], each.text))
    )


def _known(scene: Scene, cause: Cause) -> list[Action]:
    each = scene.issues[cause.issue or ""]
    rule = scene.rules.get(each.issue.rule)
    captures = each.finding.captures if each.finding else {}
    change = trigger(scene, each.issue.id)
    name = short(naming.head(each, 80), 90)
    told = fill(rule.done_when, captures) if rule and rule.done_when else ""
    gone = f"{'the failing tests pass and ' if scene.failing else ''}issue {each.issue.id} {_HOLD} after the repair"
    told_now = fill(rule.mitigation, captures) if rule else ""
    mitigation, end = undo(scene, change) if change else (told_now or f"Repair what leads to: {name}; and deploy.", "")
    found = [_action("P0", "mitigate", mitigation, cause, end or told or gone)]
    prevention = fill(rule.prevention, captures) if rule and rule.prevention else _repair(cause, name)
    found.append(_action("P1", "prevent", prevention, cause, told or gone))
    seen = fill(rule.detection, captures) if rule and rule.detection else _detection(scene, cause, name)
    caught = f"the check fails on {_before(change, each.issue.revisions)} and passes on the repaired revision, before traffic moves"
    found.append(_action("P2", "detect", seen, cause, caught))
    return found


def _repair(cause: Cause, name: str) -> str:
    at = naming.place(cause.location)
    return (
        f"Correct {at}, which raises {name}, and add a test that covers it."
        if at
        else f"Remove the condition that leads to: {name}"
    )


def _detection(scene: Scene, cause: Cause, name: str) -> str:
    tests = [scene.failing[ref].id for ref in cause.evidence if ref in scene.failing]
    if tests:
        return f"Run {tests[0]} against a new revision before it takes traffic."
    return f"Alert on the first {name} of a new revision, and hold its traffic."


def _before(change: Change | None, revisions: tuple[str, ...]) -> str:
    if change and change.revision:
        return f"revision {change.revision}"
    return f"revision {revisions[-1]}" if revisions else "the failing revision"


def _open(cause: Cause) -> list[Action]:
    return [
        _action(
            "P1",
            "investigate",
            f"{why.question} Check: {why.check}",
            cause,
            "the answer is recorded with the entry, commit or run that shows it",
        )
        for why in cause.whys
        if why.basis == "open" and why.check
    ][:_INVESTIGATE]


def _action(priority: str, kind: str, text: str, cause: Cause, done: str) -> Action:
    return Action.model_validate(
        {
            "priority": priority,
            "type": kind,
            "text": short(text, 600),
            "cause": cause.rank,
            "done_when": short(done, 300),
        }
    )
