"""Lend: a root seen only a few times borrows the timing of what surely follows from it and happened often."""

from dataclasses import replace

from rca.cause.graph import ROOT, Tree
from rca.cause.scene import FEW, Blame, Scene

ALONGSIDE = 0.79  # "likely", never more: the counts of this root alone do not carry it
NEARLY = 0.4
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
    return _in_company(replace(scene, blames=blames), tree)


def _in_company(scene: Scene, tree: Tree) -> Scene:
    """A change that set off one root is likelier to have brought a second one that is too rare to be judged alone.

    The mean of the two probabilities is used, at most ALONGSIDE, for roots of fewer than FEW events whose own best
    change it is: few events are held at p .5 for want of counts, not for want of fit.
    """
    roots = tree.children(ROOT)
    bad: dict[str, float] = {}
    for root in roots:
        best = scene.best(root)
        if best and scene.issues[root].issue.count >= FEW and best.p > 0.5 and not best.contradicted:
            bad[best.change] = max(best.p, bad.get(best.change, 0.0))
    blames = dict(scene.blames)
    for root in roots:
        best = scene.best(root)
        if best and scene.issues[root].issue.count < FEW and best.p >= NEARLY and best.change in bad:
            raised = max(best.p, min(ALONGSIDE, (best.p + bad[best.change]) / 2))
            blames[root] = (_scaled(best, raised / best.p), *blames[root][1:])
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
