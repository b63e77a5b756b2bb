"""Roots: which starts of the tree are causes, what each of them explains, and in which order they are named."""

from dataclasses import dataclass
from math import fsum, log1p

from rca.cause.explains import CUT, Ties, explained, ties
from rca.cause.graph import ROOT, Tree
from rca.cause.nature import Nature
from rca.cause.scene import Scene
from rca.cause.trigger import trigger
from rca.cause.words import CAP
from rca.model.report import Role

UNTESTED = 0.2  # likewise of what no failing test met, where tests fail
CHRONIC = 0.3  # factor on the score of what was there all along
_BASE: dict[str, float] = {
    "mechanism": 0.95,
    "exception": 0.85,
    "dependency": 0.80,
    "error": 0.65,
    "relay": 0.30,
    "symptom": 0.15,
    "assertion": 0.10,
    "quiet": 0.15,
    "noise": 0.01,
}
"""Probability that an issue of this nature is a root when nothing competes with it and its failures hang on it."""


@dataclass(frozen=True, slots=True)
class Root:
    """A start of the tree. `tests`: refs of the failing cases it explains; `reach`: issues below it with path weight."""

    issue: str
    nature: Nature
    reach: dict[str, float]
    tests: tuple[str, ...]
    link: float
    score: float
    p: float


@dataclass(frozen=True, slots=True)
class Standing:
    """Every start of the tree by score, those that count as causes, and what stays without one."""

    causes: tuple[Root, ...]
    starts: tuple[Root, ...]
    failing: frozenset[str]  # issues that are failures, beyond background and noise

    @property
    def explained(self) -> frozenset[str]:
        """Refs of failing cases that some cause explains."""
        return frozenset(ref for root in self.causes for ref in root.tests)


def stand(scene: Scene, tree: Tree, natures: dict[str, Nature]) -> Standing:
    """Score every start of the tree and choose the causes."""
    failing = frozenset(name for name in scene.issues if _fails(scene, natures, name))
    rivals: dict[str, float] = {}
    for (_, effect), each in tree.candidates.items():
        if not each.barred:
            rivals[effect] = max(each.weight, rivals.get(effect, 0.0))
    tied = ties(scene)
    starts = sorted(
        (_root(scene, tree, tied, natures, name, rivals.get(name, 0.0)) for name in tree.children(ROOT)),
        key=lambda each: (-each.score, each.issue),
    )
    causes: list[Root] = []
    for root in starts:
        if (
            (root.nature.deep or _state_change(scene, root.issue, root.nature))
            and root.issue in failing
            and _counts(scene, root, first=not causes)
        ):
            causes.append(root)
    return Standing(tuple(causes), tuple(starts), failing)


def _state_change(scene: Scene, name: str, nature: Nature) -> float:
    """How likely a change of its own made a service answer with failures; 0 where that is not shown.

    The change is known then, its inside is not logged: what relays a failure is the last thing that can be named.
    """
    change = trigger(scene, name) if nature.kind == "relay" and not nature.test_side else None
    known = change is not None and change.service in scene.issues[name].issue.services
    return scene.p_change(name) if known else 0.0


def _fails(scene: Scene, natures: dict[str, Nature], name: str) -> bool:
    """Whether this issue is a failure to be explained.

    Green tests vouch for messages that were there all along; an exception on a path they do not take stays a failure.
    """
    each, nature = scene.issues[name], natures[name]
    if nature.kind in {"noise", "quiet"}:
        return False
    if any(occurrence.test for occurrence in each.occurrences):
        return True
    if not each.failing and nature.kind != "mechanism":
        return False
    low = each.issue.severity in {"DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING"}
    if nature.kind == "symptom" and low:
        return False
    green = bool(scene.runs) and not scene.failing
    thrown = nature.kind in {"mechanism", "exception", "dependency"}
    return thrown or not (green and (scene.chronic(name) or low))


def _counts(scene: Scene, root: Root, *, first: bool) -> bool:
    """Whether this start of the tree is worth the name of a cause."""
    blamed = scene.p_change(root.issue) >= 0.5
    chronic = scene.chronic(root.issue)
    led_to_more = any(weight >= CUT for name, weight in root.reach.items() if name != root.issue)
    if scene.failing:
        return bool(root.tests) or (blamed and not chronic and (led_to_more or root.nature.kind != "error"))
    known = root.nature.kind == "mechanism"
    return first or blamed or (not chronic and (known or led_to_more))


def _root(scene: Scene, tree: Tree, tied: Ties, natures: dict[str, Nature], name: str, rival: float) -> Root:
    nature, reach = natures[name], tree.below(name)
    tests, own = explained(scene, tree, tied, nature, name, reach)
    link = max(tests.values(), default=0.0)
    loud = fsum(log1p(scene.issues[each].issue.count) for each, weight in reach.items() if weight >= CUT)
    severe = 1.0 if scene.issues[name].issue.severity in {"ERROR", "CRITICAL", "ALERT", "EMERGENCY"} else 0.9
    score = nature.prior * severe * (5.0 * own + (len(tests) - own) + loud) * (0.1 + scene.p_change(name))
    if scene.chronic(name):
        score *= CHRONIC
    if scene.failing and not tests:
        score *= UNTESTED
    base = _BASE[nature.kind]
    if change := _state_change(scene, name, nature):
        base = max(base, _BASE["error"] * change)
    return Root(name, nature, reach, tuple(tests), link, score, _p(scene, nature, base, rival, link))


def _p(scene: Scene, nature: Nature, base: float, rival: float, link: float) -> float:
    """Probability that it is a root: its nature's, less what the best competing cause of it weighs, times its link."""
    doubt = rival * (0.2 if nature.kind == "mechanism" else 0.5)
    held = 1.0 if not scene.failing else (0.7 + 0.3 * link if link else 0.6)
    return min(CAP, base * (1.0 - doubt) * held)


def roles(scene: Scene, natures: dict[str, Nature], standing: Standing) -> dict[str, Role]:
    """root, contributing (between a root and its symptoms), symptom, background; every issue has one."""
    found: dict[str, Role] = dict.fromkeys(scene.issues, "background")
    for name in standing.failing:
        if any(occurrence.test for occurrence in scene.issues[name].occurrences) or not natures[name].deep:
            found[name] = "symptom"
    for root in standing.causes:
        for name, weight in root.reach.items():
            if weight >= CUT and natures[name].kind != "noise":
                found[name] = "contributing" if natures[name].deep else "symptom"
    for root in standing.causes:
        found[root.issue] = "root"
    return found
