"""Bars: why one issue cannot have led to another, whatever their signs in common."""

from collections.abc import Mapping

from rca.cause.kinds import DIRECT, NEEDS_TIME, Sign
from rca.cause.nature import Nature
from rca.cause.scene import Scene

ONLY_CALLED = frozenset({"callee", "lift", "order"})
KEPT_LIFT = 0.15  # below this, co-occurrence is what chance gives


def barred(
    scene: Scene,
    natures: dict[str, Nature],
    callers: Mapping[str, Mapping[str, int]],
    cause: str,
    effect: str,
    kinds: Mapping[str, Sign],
) -> str:
    """Why this edge cannot be, or an empty string."""
    strong = {"chain", "rule", "quotes"} & kinds.keys()
    if natures[cause].test_side and not natures[effect].test_side:
        return "a test observes the system; its own failure does not cause an entry there"
    if natures[cause].kind == "noise":
        return "a rule knows it as harmless"
    lasting = scene.chronic(effect) and not natures[effect].test_side
    if scene.chronic(cause) and not lasting and not (kinds.keys() & DIRECT or _close(kinds)):
        return "it was there all along, and nothing ties single events of the two"
    weak = "" if strong else _shallow(scene, natures, cause, effect, kinds) or _upstream(scene, callers, cause, effect)
    return weak or _apart(scene, natures, effect, kinds)


def _close(kinds: Mapping[str, Sign]) -> bool:
    """Same instance and same moment, far more often than by chance."""
    return all(kind in kinds and kinds[kind].strength >= 0.5 for kind in ("instance", "lift"))


def _shallow(scene: Scene, natures: dict[str, Nature], cause: str, effect: str, kinds: Mapping[str, Sign]) -> str:
    """Says so when the cause is of a kind that explains nothing of the effect's kind."""
    routine = natures[cause].kind == "quiet" or not scene.issues[cause].failing
    if routine and natures[cause].kind != "mechanism":
        return f"{natures[cause].said}, no failure by itself, does not explain one"
    if natures[effect].deep and not natures[cause].deep:
        return f"{natures[cause].said} does not explain {natures[effect].said}"
    if natures[effect].deep and not (kinds.keys() - ONLY_CALLED):
        return f"that one service calls the other does not explain {natures[effect].said} in the caller"
    return ""


def _upstream(scene: Scene, callers: Mapping[str, Mapping[str, int]], cause: str, effect: str) -> str:
    """Says so when the cause's services call the effect's, and not the other way round."""
    a, b = set(scene.issues[cause].issue.services), set(scene.issues[effect].issue.services)
    down = any(callee in callers.get(caller, ()) for caller in a - b for callee in b - a)
    up = any(callee in callers.get(caller, ()) for caller in b for callee in a)
    if not down or up:
        return ""
    return f"{', '.join(sorted(a))} calls {', '.join(sorted(b))}; failures travel from the called to the caller"


def _apart(scene: Scene, natures: dict[str, Nature], effect: str, kinds: Mapping[str, Sign]) -> str:
    """Says so when nothing ties single events of the two to each other."""
    routine = natures[effect].kind == "quiet" or not scene.issues[effect].failing
    if routine and not (kinds.keys() & DIRECT):
        return "a routine entry; no trace, rule or words of it show that it follows"
    lift = kinds["lift"].strength if "lift" in kinds else 0.0
    if not (kinds.keys() - NEEDS_TIME - {"lift", "order"}) and lift < KEPT_LIFT:
        return "they do not occur together more than by chance"
    return ""
