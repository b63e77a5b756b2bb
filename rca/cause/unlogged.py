"""Unlogged: failures of which only the outside was seen; the place, and what to fetch or log next."""

from rca.cause import checks, naming
from rca.cause.alternatives import changes_considered
from rca.cause.causes import suspects
from rca.cause.missing import has_logs, silent
from rca.cause.place import problem_place
from rca.cause.rerun import rerun
from rca.cause.roots import Root, Standing
from rca.cause.scene import Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.together import absence_steps
from rca.cause.trail import trail
from rca.cause.trigger import change_steps
from rca.cause.words import band, listing, plural, short
from rca.model import Alternative, Cause

MOST = 3
UNSURE = 0.15  # a symptom is not a cause: the number says how little is known


def best_statements(scene: Scene, standing: Standing) -> tuple[Cause, ...]:
    """The strongest symptoms as statements of what is known, each ending in the open question."""
    outer = [root for root in standing.starts if root.issue in standing.failing]
    outer.sort(key=lambda root: (-len(root.tests), root.nature.test_side, -root.score, root.issue))
    return tuple(_statement(scene, root, rank) for rank, root in enumerate(outer[:MOST], start=1))


def _statement(scene: Scene, root: Root, rank: int) -> Cause:
    each = scene.issues[root.issue]
    place, beside = problem_place(scene, root.issue), trail(scene, root.issue)
    below = [quiet for service in each.issue.services for quiet in silent(scene, service)]
    steps = Steps()
    shown = (*root.tests[:4], *first_refs(each, 4))
    what = (
        f"{plural(len(root.tests), 'failing test')}: {naming.head(each)}"
        if root.tests
        else f"{naming.head(each)}, {naming.since(each)}"
    )
    steps.say("What fails?", f"{what}{naming.where(each)}.", "observed", shown)
    absence_steps(scene, steps)
    question = f"Why {short(naming.head(each, 100), 110).rstrip('.?')}?"
    steps.ask(
        question,
        f"UNKNOWN: {_unknown(place, below, beside, logged=has_logs(scene))}",
        _check(scene, root, below),
        evidence=shown[:2],
    )
    change_steps(scene, root.issue, steps)
    told = {*each.issue.services[:3]} if place in each.issue.services[:3] else naming.head(each)
    said = f" At {place}." if place and place not in told else ""
    known = (
        f" The fault lies at or below {listing(each.issue.services)}; no entry from {listing(below)} in the window."
        if below
        else ""
    )
    alternative = Alternative(
        text=f"{short(naming.head(each, 120))} is itself the cause.",
        rejected_because="it is what the failure looks like from outside; something the evidence does not hold led to it",
        evidence=shown[:1],
    )
    return Cause(
        rank=rank,
        label="primary" if rank == 1 else "secondary",
        issue=root.issue,
        statement=f"Not in the evidence. Best statement: {naming.head(each)}{naming.where(each)}.{said}{known}{_beside(beside)}",
        location=each.issue.location,
        p=UNSURE,
        words=band(UNSURE),
        basis="Analytic basis: low (only the symptom was recorded)",
        suspects=suspects(scene, root.issue),
        whys=steps.taken(),
        alternatives=(alternative, *changes_considered(scene, root.issue)),
        evidence=tuple(dict.fromkeys(shown)),
    )


def _beside(trail_of: str) -> str:
    return f" Look at and after this: {trail_of}." if trail_of else ""


def _unknown(place: str, below: list[str], beside: str, *, logged: bool) -> str:
    if below:
        return f"no entry from {listing(below)} in the window; next: its logs."
    if beside:
        return f"no exception was logged; {beside}. Next: log the exception with its traceback there."
    at = f" at {place}" if place else ""
    if logged:
        return f"the logs that were read show no failure that belongs to it{at}; next: log what the call answered, and why."
    return f"nothing read shows what happened inside the system{at}; next: its logs, with the exception logged."


def _check(scene: Scene, root: Root, below: list[str]) -> str:
    each = scene.issues[root.issue]
    if below:
        at = next((occurrence.at for occurrence in each.occurrences if occurrence.at is not None), None)
        return checks.logs(scene, below[0], at, at, "severity>=WARNING")
    if has_logs(scene) and root.tests:
        return rerun(scene.failing[root.tests[0]])
    return checks.around(scene, each)
