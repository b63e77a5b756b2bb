"""Together: what rules over several events add to an explanation: loops, missing requests, shares."""

from collections.abc import Collection

from rca.cause.scene import Scene
from rca.cause.steps import Steps
from rca.cause.words import short

_REFS = 3
COUNTED = frozenset({"count", "sequence"})  # a share of all requests is in no single record that could be cited


def pattern_steps(scene: Scene, issues: Collection[str], steps: Steps) -> None:
    """Patterns among the events of these issues, once each: how the symptom goes on, not why."""
    events = {occurrence.ref for name in issues for occurrence in scene.issues[name].occurrences}
    for found in scene.cross:
        if found.kind in COUNTED and found.role != "noise" and any(ref in events for ref in found.refs):
            refs = (f"rule:{found.rule}", *found.refs[:_REFS])
            steps.say("How does it go on?", f"{short(found.title, 200).rstrip('.')}.", "rule", refs)


def absence_steps(scene: Scene, steps: Steps) -> None:
    """What should have been there while the failing tests ran, and was not."""
    for found in scene.cross:
        if found.kind == "absence":
            refs = (f"rule:{found.rule}", *found.refs[:_REFS])
            steps.say("Did the tests reach the system?", f"{short(found.title, 200).rstrip('.')}.", "rule", refs)
