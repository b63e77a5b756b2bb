"""Trigger: the change that set an issue off, told as timing with its counts, or what is known when there is none."""

from rca.cause import checks, naming
from rca.cause.scene import FEW, Blame, Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.words import clock, plural, short
from rca.model import Change, Count, NoChange, Suspect
from rca.when import span

BLAMED = 0.5  # a change with more than this is the trigger
NEAR = 0.2  # a change with less is not worth naming as the nearest
_REASONS = 3

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


def trigger(scene: Scene, name: str) -> Change | None:
    """The change that set an issue off, if one is likelier than all other answers together; a commit alone is none."""
    found = _blamed(scene, name)
    return found if found and found.kind != "commit" else None


def introduced(scene: Scene, name: str) -> Change | None:
    """The commit that brought an issue, where no recent change set it off: introduced earlier, met by use."""
    found = _blamed(scene, name)
    return found if found and found.kind == "commit" else None


def _blamed(scene: Scene, name: str) -> Change | None:
    best = scene.best(name)
    if best is None or best.p <= BLAMED or best.contradicted:
        return None
    return scene.changes.get(best.change)


def gap_sentence(suspect: Suspect, change: Change, first_at: str | None) -> str:
    """When the change took effect, when failures began, the gap between, and the counts with what could have failed."""
    live = clock(change.live_at or change.at)
    name = naming.change(change)
    began = clock(first_at)
    if suspect.gap_s is None or not live or not began or suspect.before.count:
        estimate = suspect.rate_ratio.estimate
        rose = f": {estimate:.1f} times the rate" if estimate and estimate > 1 else ""
        when = f" took effect {live} UTC" if live else " precedes it"
        return f"The {name}{when}; {counts(suspect.before)} before, {counts(suspect.after)} after{rose}."
    order = "gap" if suspect.gap_s >= 0 else "earlier, within what clocks and roll-outs allow"
    return (
        f"The {name} took effect {live} UTC; failures began {began} UTC: {span(abs(suspect.gap_s))} {order}; "
        f"{counts(suspect.before)} before, {counts(suspect.after)} after."
    )


def counts(count: Count) -> str:
    """`0 of 213 requests`, or what is known where the record of what could have failed is thin."""
    amount = f"{count.exposure:.0f}"
    if count.unit == "seconds":
        return f"{count.count} in {amount} s"
    if amount == "0":
        return f"{count.count} with no {count.unit} on record"
    if count.exposure < count.count:
        return f"{count.count} (only {amount} {count.unit} on record)"
    return f"{count.count} of {amount} {count.unit}"


def change_steps(scene: Scene, name: str, steps: Steps) -> None:
    """Why now: the gap sentence and what the change touched; or the best answer without a change."""
    each = scene.issues[name]
    found, best = trigger(scene, name) or introduced(scene, name), scene.best(name)
    if found is None or best is None:
        _without(scene, name, steps)
    elif found.kind == "commit":
        _commit(best.row, found, "Introduced earlier and met by use; no recent change explains the onset:", steps)
        question = f"What does {naming.change(found)} change?"
        steps.ask(question, "UNKNOWN until it is read.", checks.show(found), evidence=(f"change:{found.id}",))
    else:
        counted = scene.issues[best.row.issue]
        answer = gap_sentence(best.row, found, counted.issue.first_at)
        if counted is not each:
            answer += f" Counted on what follows from it: {naming.head(counted, 100)}."
        refs = (f"change:{found.id}", *first_refs(each, 1), *first_refs(counted, 1))
        steps.say("Why now?", answer, "timing", refs)
        _inside(scene, name, best, found, steps)


def _commit(row: Suspect, found: Change, lead: str, steps: Steps) -> None:
    """What a commit touched, as far as it speaks for it; the rest of its reasons is timing and said already."""
    said = [reason for reason in row.for_ if f"change:{found.id}" in reason.evidence][:_REASONS]
    if said:
        answer = f"{lead} {naming.change(found)}: {'; '.join(short(reason.text, 200) for reason in said)}."
        steps.say("Which commit brought it?", answer, "observed", tuple(ref for each in said for ref in each.evidence))


def _inside(scene: Scene, name: str, blame: Blame, found: Change, steps: Steps) -> None:
    """Of a deploy or config change: the likeliest commit in it, else a changed file, else the question."""
    row = blame.commits[0] if blame.commits else None
    commit = scene.changes.get(row.change) if row else None
    if row and commit and any(f"change:{commit.id}" in reason.evidence for reason in row.for_):
        sure = row.p >= BLAMED * blame.p
        _commit(row, commit, "It brought" if sure else "Likeliest of what it brought, though not alone:", steps)
        if not sure:
            steps.ask("Is it this commit?", "UNKNOWN: others of the same deploy fit as well.", checks.show(commit))
        return
    touched = [path for path in found.files if _in_frames(scene, name, path)]
    if touched:
        answer = f"It changed {touched[0]}, a file on the path of the failure."
        steps.say("What did it change?", answer, "observed", (f"change:{found.id}", *first_refs(scene.issues[name], 1)))
    elif not (found.kind == "config" and found.title):
        question = f"What in the {naming.change(found)} brought it?"
        steps.ask(question, "UNKNOWN: the inputs do not show which part of it.", checks.show(commit or found))


def _in_frames(scene: Scene, name: str, path: str) -> bool:
    ends = path.rpartition("/")[2]
    return any(frame.own and frame.file.rpartition("/")[2] == ends for frame in scene.issues[name].issue.frames)


def _without(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    answers: tuple[NoChange, ...] = scene.none.get(name, ())
    near = scene.best(name)
    began = clock(each.issue.first_at)
    recorded = any(change.kind != "commit" for change in scene.changes.values())
    if not recorded and (near is None or near.p < BLAMED) and each.issue.count < FEW:
        text = f"UNKNOWN: no change is on record in the inputs{f'; first seen {began} UTC' if began else ''}."
        steps.ask("Why now?", text, checks.earlier(scene, each), evidence=first_refs(each, 1))
    elif answers and answers[0].kind == "constant" and each.issue.count < FEW and (near is None or near.p < BLAMED):
        answer = f"UNKNOWN: {plural(each.issue.count, 'occurrence')} cannot tell since when; an earlier run or log can."
        steps.ask("Since when?", answer, checks.earlier(scene, each), evidence=first_refs(each, 1))
    elif near is not None and near.p >= NEAR and near.change in scene.changes:
        nearest = scene.changes[near.change]
        rest = sum(answer.p for answer in answers)
        text = f"Not settled: the {naming.change(nearest)} has p {near.p:.2f}, no recorded change p {rest:.2f}."
        steps.say("Why now?", text, "timing", (f"change:{nearest.id}", *first_refs(each, 1)))
        question = f"Did the {naming.change(nearest)} bring it?"
        steps.ask(
            question, "UNKNOWN: the counts do not decide it.", checks.show(nearest), evidence=(f"change:{nearest.id}",)
        )
    elif answers and (near is None or answers[0].p >= near.p):
        kind = answers[0].kind
        told = short(answers[0].text, 240) or _NONE[kind]
        text = f"No recorded change explains it: {told.rstrip('.')}."
        steps.say("Why now?", text, "timing", first_refs(each, 2))
        steps.ask("What changed outside the record?", f"UNKNOWN: {_NONE_CHECK[kind]}", checks.around(scene, each))
    elif near is not None:
        suspect = scene.changes.get(near.change)
        what = f"the {naming.change(suspect)}" if suspect else near.change
        text = f"UNKNOWN: {what} is the nearest change, with p {near.p:.2f} too unsure to be named."
        check = checks.show(suspect) if suspect else checks.around(scene, each)
        steps.ask("Why now?", text, check, evidence=(f"change:{near.change}",))
    else:
        text = f"UNKNOWN: no change is on record in the inputs{f'; first seen {began} UTC' if began else ''}."
        steps.ask("Why now?", text, checks.around(scene, each), evidence=first_refs(each, 1))
