"""Alternatives: other answers that were considered, and what speaks against each."""

from math import fsum

from rca.cause import naming
from rca.cause.graph import ROOT, Tree
from rca.cause.nature import Nature
from rca.cause.roots import Root, Standing
from rca.cause.scene import Blame, Scene
from rca.cause.signs import first_refs
from rca.cause.trigger import introduced, trigger
from rca.cause.words import short
from rca.model import Alternative, Suspect

_SUSPECTS = 3
_PARENTS = 2
_COMMIT_WORTH = 0.05  # a commit below this is not an answer anyone would give


def alternatives(
    scene: Scene, tree: Tree, natures: dict[str, Nature], standing: Standing, root: Root
) -> tuple[Alternative, ...]:
    """Other changes, no change, other parents, the loudest issue that is not the cause; of none, the other onset."""
    found = [*changes_considered(scene, root.issue), *_no_change(scene, root.issue), *_parents(scene, tree, root)]
    found += _loudest(scene, tree, natures, standing, root)
    return tuple(found or _other_onset(scene, root.issue))


def changes_considered(scene: Scene, name: str) -> list[Alternative]:
    """The changes that were not chosen, deploys first: whoever reads this asks for them by name."""
    chosen = trigger(scene, name) or introduced(scene, name)
    ranked = sorted(scene.blames.get(name, ()), key=lambda blame: (_is_commit(scene, blame), -blame.p, blame.change))
    found: list[Alternative] = []
    for blame in ranked:
        change, suspect = scene.changes.get(blame.change), blame.row
        if chosen and change and chosen.id == change.id:
            found += _other_commits(scene, blame)
        elif change and not _beneath_notice(scene, blame):
            evidence = tuple(ref for reason in suspect.against for ref in reason.evidence)
            refs = tuple(dict.fromkeys((f"change:{change.id}", *evidence)))[:3]
            text = f"The {naming.change(change)} brought it."
            found.append(Alternative(text=text, rejected_because=_against(suspect, blame.p), evidence=refs))
    return found[:_SUSPECTS]


def _beneath_notice(scene: Scene, blame: Blame) -> bool:
    """An unlikely commit, or the traffic switch that only completed a deploy named beside it."""
    change = scene.changes[blame.change]
    return (change.kind == "commit" and blame.p < _COMMIT_WORTH) or change.part_of in scene.changes


def _is_commit(scene: Scene, blame: Blame) -> bool:
    change = scene.changes.get(blame.change)
    return change is not None and change.kind == "commit"


def _other_commits(scene: Scene, blame: Blame) -> list[Alternative]:
    """Commits of the chosen change, behind the likeliest, that are still worth a sentence."""
    found = []
    for row in blame.commits[1:]:
        commit = scene.changes.get(row.change)
        if commit and row.p >= _COMMIT_WORTH:
            text = f"In it, the {naming.change(commit)} brought it."
            found.append(
                Alternative(text=text, rejected_because=_against(row, row.p), evidence=(f"change:{commit.id}",))
            )
    return found[:1]


def _against(suspect: Suspect, probability: float) -> str:
    said = "; ".join(short(reason.text, 160) for reason in suspect.against[:3])
    p = f"p {probability:.2f}" if probability >= 0.005 else "p almost zero"
    return f"{said} ({p})" if said else f"{p}: other answers fit the times and counts better"


def _no_change(scene: Scene, name: str) -> list[Alternative]:
    chosen = trigger(scene, name)
    answers = scene.none.get(name, ())
    if chosen is None or not answers:
        return []
    p = fsum(answer.p for answer in answers)
    refs = (f"change:{chosen.id}", *first_refs(scene.issues[name], 1))
    text = "No recorded change brought it."
    return [
        Alternative(
            text=text, rejected_because=f"p {p:.2f} against {scene.p_change(name):.2f} for the change", evidence=refs
        )
    ]


ONSETS = {
    "constant": "It is older than the evidence.",
    "unknown_onset": "It began with a change that is not on record.",
}


def _other_onset(scene: Scene, name: str) -> list[Alternative]:
    """Where no change is on record: the less likely of its being old and its having begun unrecorded."""
    p = {answer.kind: answer.p for answer in scene.none.get(name, ()) if answer.kind in ONSETS}
    if len(p) < len(ONSETS):
        return []
    less, more = sorted(p, key=lambda kind: (p[kind], kind))
    text = f"p {p[less]:.2f} against {p[more]:.2f}: {ONSETS[more][:1].lower()}{ONSETS[more][1:-1]}"
    return [Alternative(text=ONSETS[less], rejected_because=text, evidence=first_refs(scene.issues[name], 1))]


def _parents(scene: Scene, tree: Tree, root: Root) -> list[Alternative]:
    """Issues that could have led to the root, and why that was not chosen."""
    rivals = sorted(
        (each for (_, effect), each in tree.candidates.items() if effect == root.issue),
        key=lambda each: (bool(each.barred), -each.weight, each.cause),
    )
    found = []
    for each in rivals[:_PARENTS]:
        if each.cause in root.reach:
            reason = "it follows from the cause: the evidence for that direction is stronger"
        elif each.barred:
            reason = each.barred
        else:
            reason = f"weight of the link {each.weight:.2f}, less than what the cause has on its own"
        text = f"{naming.head(scene.issues[each.cause], 120)} led to it."
        refs = tuple(dict.fromkeys((*each.refs, *first_refs(scene.issues[each.cause], 1))))
        found.append(Alternative(text=text, rejected_because=reason, evidence=refs))
    return found


def _loudest(scene: Scene, tree: Tree, natures: dict[str, Nature], standing: Standing, root: Root) -> list[Alternative]:
    """The most frequent issue that is no cause: loud is not deep."""
    causes = {each.issue for each in standing.causes}
    others = [name for name in scene.issues if name not in causes and not natures[name].test_side]
    if not others:
        return []
    name = min(others, key=lambda each: (-scene.issues[each].issue.count, each))
    each = scene.issues[name]
    if each.issue.count <= scene.issues[root.issue].issue.count:
        return []
    if tree.parent.get(name, ROOT) != ROOT and name in root.reach:
        reason = "it is louder, but follows from the cause"
    elif natures[name].kind == "noise":
        reason = "it is louder; a rule knows it as harmless"
    elif scene.chronic(name):
        reason = "it is louder, but was there before the failures and did not change with them"
    else:
        reason = "it is louder; no trace, instance, test, name, call or rule joins it to the failures"
    text = f"{naming.head(each, 120)}{naming.where(each)}, {naming.since(each)}, is the cause."
    return [Alternative(text=text, rejected_because=reason, evidence=first_refs(each, 1))]
