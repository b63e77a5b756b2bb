"""Verdict: the first line of the report, in one or two sentences, the answer before the numbers."""

from rca.cause import naming
from rca.cause.recurrence import repaired
from rca.cause.roots import Standing
from rca.cause.scene import Scene
from rca.cause.trigger import introduced
from rca.cause.untriggered import NEAR
from rca.cause.words import listing, plural, short
from rca.model import Cause, Verdict
from rca.when import span

SURE = 0.8  # from here on the scale of words says "very likely"
_NAMED = 3  # causes named in the summary


def verdict(scene: Scene, standing: Standing, causes: tuple[Cause, ...]) -> Verdict:
    """cause_found, cause_not_in_evidence or no_failure_found, with its summary."""
    if not scene.failing and not standing.failing:
        return Verdict(status="no_failure_found", summary=_healthy(scene))
    amount = _amount(scene, standing)
    if not standing.causes:
        best = (
            causes[0].statement.removeprefix("Not in the evidence. Best statement: ")
            if causes
            else "nothing says more."
        )
        return Verdict(
            status="cause_not_in_evidence",
            summary=f"{amount}; the cause is not in the evidence. Best statement: {best}",
        )
    named = [cause for cause in causes if cause.issue]
    heads = [f"{naming.head(scene.issues[cause.issue or ''], 140)}{_at(cause)}" for cause in named[:_NAMED]]
    more = f", and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    explained = len(standing.explained)
    share = f", {explained} of them explained by" if explained < len(scene.failing) else ","
    text = f"{amount}{share} {plural(len(named), 'cause')}: {listing(heads)}{more}."
    return Verdict(
        status="cause_found",
        summary=f"{text} {_change(scene, causes)}{_again(scene, named)}".strip(),
    )


def _healthy(scene: Scene) -> str:
    total = sum(run.counts()["total"] for run in scene.runs)
    known = len(scene.issues)
    tests = (
        f"No failure found: {plural(total, 'test')}, none failed"
        if total
        else "No failure found: no test run among the inputs"
    )
    return (
        f"{tests}; {plural(known, 'known kind')} of warning in the background."
        if known
        else f"{tests}, and nothing failing in the logs."
    )


def _amount(scene: Scene, standing: Standing) -> str:
    if scene.failing:
        return plural(len(scene.failing), "failure")
    return plural(len(standing.failing), "failing issue")


def _at(cause: Cause) -> str:
    return f" at {naming.place(cause.location)}" if cause.location else ""


def _change(scene: Scene, causes: tuple[Cause, ...]) -> str:
    """Which change set it off: in one sentence where all causes share it, else cause by cause."""
    named = [cause for cause in causes if cause.issue][:_NAMED]
    triggers = {cause.trigger for cause in named}
    if len(triggers) == 1 and None not in triggers:
        doubt = next((word for cause in named if (word := _surely(scene, cause))), "")
        return f"{(doubt + 'set off').capitalize()} by the {naming.change(scene.changes[named[0].trigger or ''])}{_gap(scene, causes)}."
    if triggers == {None}:
        return _untriggered(scene, named)
    parts = [
        f"Cause {cause.rank}: {_surely(scene, cause)}set off by the {naming.change(scene.changes[cause.trigger])}."
        if cause.trigger
        else f"Cause {cause.rank}: no recorded change is shown to explain it."
        for cause in named
    ]
    return " ".join(parts)


def _surely(scene: Scene, cause: Cause) -> str:
    """A word of doubt before what is more likely than not, but not very likely."""
    return "" if scene.p_change(cause.issue or "") >= SURE else "probably "


def _untriggered(scene: Scene, named: list[Cause]) -> str:
    commits = [found for cause in named if (found := introduced(scene, cause.issue or ""))]
    if commits:
        return f"Introduced by {naming.change(commits[0])}; no recent change explains the onset."
    near = scene.best(named[0].issue or "") if named else None
    if near and near.p >= NEAR and near.change in scene.changes:
        return (
            f"Nearest change: the {naming.change(scene.changes[near.change])}, possible but not shown (p {near.p:.2f})."
        )
    recorded = any(change.kind != "commit" for change in scene.changes.values())
    return "No recorded change explains it." if recorded else "No change is on record."


def _gap(scene: Scene, causes: tuple[Cause, ...]) -> str:
    """`, 2 s before the first failure`, of the first cause that a change set off."""
    cause = next(cause for cause in causes if cause.trigger)
    best = scene.best(cause.issue) if cause.issue else None
    if best is None or best.row.gap_s is None or best.row.gap_s < 0 or best.row.before.count:
        return ""
    return f", {span(best.row.gap_s)} before the first failure"


def _again(scene: Scene, named: list[Cause]) -> str:
    back = [cause.issue for cause in named if cause.issue and scene.novelty[cause.issue] == "regressed"]
    if not back:
        return ""
    which = short(naming.head(scene.issues[back[0]], 80), 90)
    held = "; the fix did not hold" if repaired(scene, back[0]) else ""
    return f" It recurs: {which} was gone and is back{held}."
