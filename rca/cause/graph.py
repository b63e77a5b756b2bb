"""The causal graph: candidate edges from structure and time, and of those the likeliest tree of one cause each."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

import networkx as nx

from rca.cause.bars import barred
from rca.cause.kinds import SYMMETRIC, WEIGHTS, Sign
from rca.cause.nature import Nature
from rca.cause.scene import Scene
from rca.cause.signs import hops_from, signs
from rca.cause.timing import times, together
from rca.model import Edge

TIMED = 24  # candidates per effect, by structure alone, whose times are compared: 500 issues stay within a second
IN_EDGES = 8  # candidates per effect that enter the tree search; the rest are weaker and could only lose
_DAMP = 0.5  # symmetric signs onto a mechanism that a rule calls a root: it needs no deeper cause to be understood
ROOT = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible edge. `weight` is 1 - product(1 - W s) over its signs; `barred` says why it cannot be, if so."""

    cause: str
    effect: str
    signs: tuple[Sign, ...]
    weight: float
    barred: str = ""

    @property
    def refs(self) -> tuple[str, ...]:
        """Evidence of the strongest signs first, without repeats."""
        ranked = sorted(self.signs, key=lambda sign: -WEIGHTS[sign.kind] * sign.strength)
        return tuple(dict.fromkeys(ref for sign in ranked for ref in sign.refs))[:4]


@dataclass(frozen=True, slots=True)
class Tree:
    """Each issue's one chosen cause (ROOT for none), and every candidate edge by (cause, effect)."""

    parent: Mapping[str, str]
    candidates: Mapping[tuple[str, str], Candidate]

    def children(self, name: str) -> tuple[str, ...]:
        """Issues whose chosen cause this is, sorted."""
        return tuple(sorted(child for child, parent in self.parent.items() if parent == name))

    def below(self, root: str) -> dict[str, float]:
        """Every issue under the root with the product of weights on its path; the root itself has 1."""
        reached = {root: 1.0}
        front = [root]
        while front:
            name = front.pop()
            for child in self.children(name):
                reached[child] = reached[name] * self.candidates[name, child].weight
                front.append(child)
        return reached

    def path(self, name: str) -> tuple[str, ...]:
        """From the root down to this issue."""
        chain = [name]
        while self.parent[chain[-1]] != ROOT:
            chain.append(self.parent[chain[-1]])
        return tuple(reversed(chain))


def grow(scene: Scene, natures: dict[str, Nature]) -> Tree:
    """Candidate edges, then the maximum spanning arborescence over ln(weight) with a virtual root."""
    candidates = {(each.cause, each.effect): each for each in _candidates(scene, natures)}
    return Tree(_arborescence(scene, natures, candidates), candidates)


def _candidates(scene: Scene, natures: dict[str, Nature]) -> list[Candidate]:
    found: dict[tuple[str, str], dict[str, Sign]] = {}
    for cause, effect, sign in signs(scene, natures):
        kept = found.setdefault((cause, effect), {})
        if sign.kind not in kept or kept[sign.kind].strength < sign.strength:
            kept[sign.kind] = sign
    clocks = {name: times(each) for name, each in scene.issues.items()}
    callers = {service: hops_from(scene, service) for service in sorted(scene.topology)}
    fresh = {name: not scene.chronic(name) for name in scene.issues}
    result = []
    for cause, effect in _strongest(found, natures):
        structure = found[cause, effect]
        time = together(clocks[cause], clocks[effect], scene.span_s, fresh[cause])
        kinds = structure | {
            name: Sign(name, value)
            for name, value in (("lift", max(time.lift, 0.8 * time.onset)), ("order", time.order))
            if value > 0
        }
        why_not = barred(scene, natures, callers, cause, effect, kinds)
        result.append(Candidate(cause, effect, _ordered(kinds), _weight(cause, effect, kinds, natures), why_not))
    return result


def _strongest(found: Mapping[tuple[str, str], dict[str, Sign]], natures: dict[str, Nature]) -> list[tuple[str, str]]:
    """Of each effect the TIMED candidates with most structure, in a fixed order."""
    into: dict[str, list[tuple[float, str]]] = {}
    for (cause, effect), kinds in found.items():
        into.setdefault(effect, []).append((-_weight(cause, effect, kinds, natures), cause))
    return sorted((cause, effect) for effect, rows in into.items() for _, cause in sorted(rows)[:TIMED])


def _weight(cause: str, effect: str, kinds: Mapping[str, Sign], natures: dict[str, Nature]) -> float:
    """1 - product(1 - W s); a symmetric sign counts less from a symptom and onto a known mechanism."""
    reach = natures[cause].reach * (_DAMP if natures[effect].kind == "mechanism" else 1.0)
    miss = 1.0
    for kind, sign in kinds.items():
        miss *= 1.0 - WEIGHTS[kind] * sign.strength * (reach if kind in SYMMETRIC else 1.0)
    return 1.0 - miss


def _ordered(kinds: Mapping[str, Sign]) -> tuple[Sign, ...]:
    return tuple(kinds[kind] for kind in WEIGHTS if kind in kinds)


def _arborescence(
    scene: Scene, natures: dict[str, Nature], candidates: Mapping[tuple[str, str], Candidate]
) -> dict[str, str]:
    """One cause per issue. Weights are shifted to be positive, which changes no order: every tree has as many edges."""
    into: dict[str, list[Candidate]] = {name: [] for name in scene.issues}
    for each in candidates.values():
        if not each.barred and each.weight > 0:
            into[each.effect].append(each)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_node(ROOT)
    for name, found in into.items():
        graph.add_edge(ROOT, name, weight=20.0 + log(natures[name].prior))
        counts = {each.cause: scene.issues[each.cause].issue.count for each in found}
        best = sorted(found, key=lambda each: (-each.weight, -counts[each.cause], each.cause))[:IN_EDGES]
        for each in best:
            # 1e-9 per rank decides ties by count and name: the tree must not depend on the order of insertion
            graph.add_edge(each.cause, name, weight=20.0 + log(each.weight) - 1e-9 * best.index(each))
    tree = nx.maximum_spanning_arborescence(graph, attr="weight") if scene.issues else graph
    return {effect: cause for cause, effect in sorted(tree.edges())}


def edges(tree: Tree, wanted: frozenset[str]) -> tuple[Edge, ...]:
    """The edges the report shows: kept ones between wanted issues, and rejected ones with the reason."""
    shown: list[Edge] = []
    for (cause, effect), each in sorted(tree.candidates.items()):
        if cause not in wanted or effect not in wanted:
            continue
        kept = tree.parent.get(effect) == cause
        kinds = tuple(sign.kind for sign in each.signs)
        reason = "" if kept else _why_not(tree, each)
        weight = round(each.weight, 4)
        shown.append(
            Edge(cause=cause, effect=effect, weight=weight, kinds=kinds, evidence=each.refs, kept=kept, reason=reason)
        )
    return tuple(shown)


def _why_not(tree: Tree, each: Candidate) -> str:
    if each.barred:
        return each.barred
    chosen = tree.parent.get(each.effect, ROOT)
    if chosen == ROOT:
        return f"weight {each.weight:.2f}: the effect is better explained as a start of its own"
    return f"weight {each.weight:.2f} against {tree.candidates[chosen, each.effect].weight:.2f} for {chosen}"
