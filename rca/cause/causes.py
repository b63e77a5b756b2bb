"""Causes: roots put into words, ranked and labelled, with whys, alternatives and the ground they stand on."""

from rca.cause import naming
from rca.cause.alternatives import alternatives
from rca.cause.detection import detection_steps
from rca.cause.graph import Tree
from rca.cause.nature import Nature
from rca.cause.roots import Root, Standing
from rca.cause.scene import Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.trigger import gap_sentence, introduced, trigger
from rca.cause.whys import cause_steps
from rca.cause.words import CAP, LOW_BASIS_CAP, band, clock, grade, listing, plural
from rca.model import Alternative, Cause, Change, Frame, Why

MOST = 8  # causes reported; further starts are listed as issues
_SUSPECTS = 4


def found(scene: Scene, tree: Tree, natures: dict[str, Nature], standing: Standing) -> tuple[Cause, ...]:
    """One cause for each root: the first is primary, others that explain failures or a change are secondary."""
    result = [
        _cause(scene, tree, natures, standing, root, rank) for rank, root in enumerate(standing.causes[:MOST], start=1)
    ]
    shared = _shared_trigger(scene, result)
    return tuple([*result, shared] if shared else result)


def _cause(scene: Scene, tree: Tree, natures: dict[str, Nature], standing: Standing, root: Root, rank: int) -> Cause:
    each = scene.issues[root.issue]
    steps = Steps()
    cause_steps(scene, tree, root, steps)
    detection_steps(scene, root, steps)
    level, signs = basis(scene, root)
    p = round(min(root.p, LOW_BASIS_CAP) if level == "low" else root.p, 3)
    change = trigger(scene, root.issue)
    told = naming.statement(scene, root.issue, test_side=root.nature.test_side)
    strong = rank == 1 or root.tests or scene.p_change(root.issue) >= 0.5
    return Cause(
        rank=rank,
        label="primary" if rank == 1 else "secondary" if strong else "tertiary",
        issue=root.issue,
        statement=told + _behind(scene, root.issue),
        location=place_of(scene, root.issue),
        p=p,
        words=band(p),
        basis=f"Analytic basis: {level} ({signs})",
        suspects=suspects(scene, root.issue),
        whys=steps.taken(),
        alternatives=alternatives(scene, tree, natures, standing, root),
        trigger=change.id if change else None,
        evidence=tuple(
            dict.fromkeys((*first_refs(each, 4), *root.tests[:4], *((f"change:{change.id}",) if change else ())))
        ),
    )


def _behind(scene: Scene, name: str) -> str:
    """The change that set it off, or the commit that introduced it, as a sentence."""
    change, commit = trigger(scene, name), introduced(scene, name)
    if change:
        return f" Set off by the {naming.change(change)}."
    return f" Introduced by {naming.change(commit)}." if commit else ""


def suspects(scene: Scene, name: str) -> tuple[str, ...]:
    """Change ids, likeliest first, each followed by the commits it brought."""
    return tuple(
        change
        for blame in scene.blames.get(name, ())[:_SUSPECTS]
        for change in (blame.change, *(row.change for row in blame.commits[:_SUSPECTS]))
    )


def place_of(scene: Scene, name: str) -> Frame | None:
    """The raising own frame, else the first frame of the cycle."""
    each = scene.issues[name]
    loop = each.issue.cycle or each.signature.cycle
    return each.issue.location or (loop.frames[0] if loop and loop.frames else None)


def basis(scene: Scene, root: Root) -> tuple[str, str]:
    """high, moderate or low, and the four signs that decide it: count, exposure before, traces, request logs."""
    each = scene.issues[root.issue]
    best = scene.best(root.issue)
    before = (
        best.row.before.exposure / (best.row.before.exposure + best.row.after.exposure)
        if best and best.row.before.exposure
        else 0.0
    )
    requests = any(count for (count,) in scene.digest.traffic.select("requests").iter_rows())
    signs = {
        f"{plural(each.issue.count, 'occurrence')}": each.issue.count >= 10,
        "exposure before": before >= 0.1,
        "traces": any(occurrence.trace for occurrence in each.occurrences),
        "request logs": requests,
    }
    parts = [name if good else f"{'only ' if name[0].isdigit() else 'no '}{name}" for name, good in signs.items()]
    return grade(signs.values()), ", ".join(parts)


def _when(change: Change) -> str:
    at = clock(change.live_at or change.at)
    return f", in effect since {at} UTC," if at else ""


def _shared_trigger(scene: Scene, causes: list[Cause]) -> Cause | None:
    """One change behind two independent causes is a cause in its own right: what it carried, arrived together."""
    groups: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.trigger and cause.issue:
            groups.setdefault(cause.trigger, []).append(cause)
    ranked = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    if not ranked or len(ranked[0][1]) < 2:
        return None
    change, brought = scene.changes[ranked[0][0]], ranked[0][1]
    names = [naming.head(scene.issues[cause.issue or ""], 100) for cause in brought]
    both = "both" if len(brought) == 2 else "all"
    each_p = [scene.p_change(cause.issue or "") for cause in brought]
    p = round(min(CAP, *each_p), 3)
    chance = Alternative(
        text="They came together by chance.",
        rejected_because=f"for each the change is the likeliest trigger: p {listing(f'{one:.2f}' for one in each_p)}",
        evidence=(f"change:{change.id}",),
    )
    whys: list[Why] = []
    for cause in brought:
        best = scene.best(cause.issue or "")
        each = scene.issues[cause.issue or ""]
        if best:
            answer = gap_sentence(best.row, change, each.issue.first_at)
            refs = (f"change:{change.id}", *first_refs(each, 1))
            whys.append(
                Why(
                    n=len(whys) + 1,
                    question=f"Why {naming.head(each, 100)}?",
                    answer=answer,
                    basis="timing",
                    evidence=refs,
                )
            )
    return Cause(
        rank=len(causes) + 1,
        label="tertiary",
        issue=None,
        statement=f"The {naming.change(change)}{_when(change)} brought {both}: {listing(names)}.",
        p=p,
        words=band(p),
        basis=brought[0].basis,
        suspects=(change.id,),
        whys=tuple(whys),
        alternatives=(chance,),
        trigger=change.id,
        evidence=(f"change:{change.id}", *(ref for cause in brought for ref in cause.evidence[:1])),
    )
