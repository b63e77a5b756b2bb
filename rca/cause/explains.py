"""Explains: which failing tests hang on a start of the tree, by its own symptoms, by joins, or by a declared link."""

from collections.abc import Mapping
from dataclasses import dataclass

from rca.cause.graph import Tree
from rca.cause.joins import met
from rca.cause.nature import Nature
from rca.cause.scene import Scene

CUT = 0.2  # a chain whose product of weights is below this explains nothing
MET = 0.5  # weight of a declared link that only the time of one test supports
JOINED = 0.8  # weight of a join of one test and one entry (precision 1.00 by ids, .94 by URL)
FIRM = frozenset({"trace", "id", "url", "text"})  # joins that tie one test to one entry; a window ties everything
SAME = frozenset({"trace", "id"})  # of these, the joins that leave no doubt


@dataclass(frozen=True, slots=True)
class Ties:
    """Joins by issue: evidence refs of the failing cases tied to it; `same` holds those tied without doubt."""

    firm: Mapping[str, tuple[str, ...]]
    same: Mapping[str, tuple[str, ...]]


def ties(scene: Scene) -> Ties:
    """Turn the joins around, once for all starts of the tree."""
    firm: dict[str, dict[str, None]] = {}
    same: dict[str, dict[str, None]] = {}
    for ref, links in scene.linked.items():
        for link in links:
            if ref in scene.failing and link.by in FIRM:
                firm.setdefault(link.issue, {})[ref] = None
                if link.by in SAME:
                    same.setdefault(link.issue, {})[ref] = None
    return Ties(*({issue: tuple(refs) for issue, refs in found.items()} for found in (firm, same)))


def explained(
    scene: Scene, tree: Tree, found: Ties, nature: Nature, name: str, reach: Mapping[str, float]
) -> tuple[dict[str, float], int]:
    """Weight by failing case of at least CUT, in the order of the runs, and how many hang on it through the tree alone."""
    weights: dict[str, float] = {}
    for issue, weight in reach.items():
        for ref in scene.tests_of(issue):
            weights[ref] = max(weight, weights.get(ref, 0.0))
    own = sum(weight >= CUT for weight in weights.values())
    if nature.deep:
        tied = found.firm if nature.kind in {"mechanism", "exception"} else found.same
        for issue, weight in reach.items():
            for ref in tied.get(issue, ()):
                weights[ref] = max(JOINED * weight, weights.get(ref, 0.0))
    for ref in _met(scene, tree, name):
        weights[ref] = max(MET, weights.get(ref, 0.0))
    return {ref: weights[ref] for ref in scene.failing if weights.get(ref, 0.0) >= CUT}, own


def _met(scene: Scene, tree: Tree, name: str) -> list[str]:
    """Failing cases that a rule says this can lead to, and during which it was logged.

    A symptom has one cause in the tree, but its tests may have several: 1011 closes sessions for any exception.
    """
    found: list[str] = []
    for effect in scene.issues:
        edge = tree.candidates.get((name, effect))
        if edge is None or edge.barred or not any(sign.kind == "rule" for sign in edge.signs):
            continue
        found += met(scene, name, scene.tests_of(effect))
    return found
