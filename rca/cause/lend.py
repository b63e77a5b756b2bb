"""Lend: a root seen only a few times borrows the timing of what surely follows from it and happened often."""

from dataclasses import replace

from rca.cause.graph import ROOT, Tree
from rca.cause.scene import FEW, Blame, Scene

SURE = 0.85  # product of weights on the path; chains and declared rules reach it, co-occurrence does not


def lend(scene: Scene, tree: Tree) -> Scene:
    """The scene in which roots of fewer than FEW events carry the changes found for their best-counted follower.

    A module that fails to import is logged once per process, its consequence on every request: only the consequence
    has a rate that can be compared before and after a change.
    """
    blames = dict(scene.blames)
    for root in tree.children(ROOT):
        if scene.issues[root].issue.count >= FEW:
            continue
        best = max(_offers(scene, tree, root), key=lambda offer: (offer[0], offer[1]), default=None)
        if best and best[0] > scene.p_change(root):
            weight = best[0] / scene.p_change(best[1])
            blames[root] = tuple(_scaled(blame, weight) for blame in scene.blames[best[1]])
    return replace(scene, blames=blames)


def _offers(scene: Scene, tree: Tree, root: str) -> list[tuple[float, str]]:
    """(p of its best change times the weight of the path, follower)."""
    return [
        (weight * scene.p_change(name), name)
        for name, weight in tree.below(root).items()
        if name != root and weight >= SURE and scene.issues[name].issue.count >= FEW and scene.p_change(name) > 0
    ]


def _scaled(blame: Blame, weight: float) -> Blame:
    commits = tuple(row.model_copy(update={"p": row.p * weight}) for row in blame.commits)
    return replace(blame, p=blame.p * weight, commits=commits)
