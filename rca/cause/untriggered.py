"""Untriggered: what is known of an onset that no change explains, and which question comes next."""

from math import fsum

from rca.cause import checks, naming
from rca.cause.scene import FEW, Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.words import clock, plural, short
from rca.model import Change, Suspect

NEAR = 0.2  # a change with less is not worth naming as the nearest

_NONE: dict[str, str] = {
    "constant": "it was there at the same rate for as long as the inputs go back",
    "unknown_onset": "it began within the window, at a time no recorded change fits",
    "periodic": "it comes back at a regular interval, as scheduled work does",
}
_NONE_CHECK: dict[str, str] = {
    "constant": "Read earlier logs of the service.",
    "unknown_onset": "Look at flags, certificates, quotas, dependencies and changes made outside the pipeline.",
    "periodic": "Look at the schedulers and cron jobs that run at this interval.",
}


def untriggered(scene: Scene, name: str, steps: Steps) -> None:
    """The nearest change, or the best answer without one; then the commit worth reading first, if any."""
    near = scene.best(name)
    named = scene.changes.get(near.change) if near and near.p >= NEAR else None
    if near and named:
        _nearest(scene, name, named, near.p, steps)
        return
    if not any(change.kind != "commit" for change in scene.changes.values()):
        _unrecorded(scene, name, steps)
    elif _too_few(scene, name):
        _since_when(scene, name, steps)
    else:
        _best_answer(scene, name, steps)
    _worth_reading(scene, name, steps)


def _nearest(scene: Scene, name: str, named: Change, p: float, steps: Steps) -> None:
    rest = fsum(answer.p for answer in scene.none.get(name, ()))
    text = f"Not settled: the {naming.change(named)} has p {p:.2f}, no recorded change p {rest:.2f}."
    steps.say("Why now?", text, "timing", (f"change:{named.id}", *first_refs(scene.issues[name], 1)))
    question = f"Did the {naming.change(named)} bring it?"
    answer = "UNKNOWN: the counts do not decide it."
    steps.ask(question, answer, checks.show(scene, named), evidence=(f"change:{named.id}",))


def _unrecorded(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    began = clock(each.issue.first_at)
    text = f"UNKNOWN: no change is on record in the inputs{f'; first seen {began} UTC' if began else ''}."
    steps.ask("Why now?", text, checks.recorded(scene, each), evidence=first_refs(each, 1))


def _too_few(scene: Scene, name: str) -> bool:
    """A handful of events, or the failures of a single test run, cannot tell since when."""
    each = scene.issues[name]
    answers = scene.none.get(name, ())
    only_tests = bool(each.occurrences) and all(occurrence.test for occurrence in each.occurrences)
    few = each.issue.count < FEW or (only_tests and len(scene.runs) < 2)
    return few and bool(answers) and answers[0].kind == "constant"


def _since_when(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    seen = plural(each.issue.count, "occurrence")
    one_run = " in one test run" if each.issue.count >= FEW else ""
    answer = f"UNKNOWN: {seen}{one_run} cannot tell since when; an earlier run or log can."
    steps.ask("Since when?", answer, checks.earlier(scene, each), evidence=first_refs(each, 1))


def _best_answer(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    answers = scene.none.get(name, ())
    if not answers:
        _unrecorded(scene, name, steps)
        return
    kind = answers[0].kind
    told = short(answers[0].text, 240) or _NONE[kind]
    steps.say("Why now?", f"No recorded change explains it: {told.rstrip('.')}.", "timing", first_refs(each, 2))
    steps.ask("What changed outside the record?", f"UNKNOWN: {_NONE_CHECK[kind]}", checks.around(scene, each))


def _worth_reading(scene: Scene, name: str, steps: Steps) -> None:
    """A commit that is no suspect by its time, but touched what the failure points to."""
    for row in _commits(scene, name):
        commit = scene.changes.get(row.change)
        said = [reason for reason in row.for_ if f"change:{row.change}" in reason.evidence]
        if commit and commit.kind == "commit" and said:
            answer = f"UNKNOWN: by what it touched, {naming.change(commit)} is the first to read: {short(said[0].text, 200)}."
            steps.ask(
                "Could a commit have brought it?", answer, checks.show(scene, commit), evidence=(f"change:{commit.id}",)
            )
            return


def _commits(scene: Scene, name: str) -> list[Suspect]:
    rows = [row for blame in scene.blames.get(name, ()) for row in (blame.row, *blame.commits)]
    return sorted(rows, key=lambda row: (-row.p, row.change))
