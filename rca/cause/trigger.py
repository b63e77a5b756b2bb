"""Trigger: the change that set an issue off, told as timing with its counts, or what is known when there is none."""

from rca.cause import checks, naming
from rca.cause.scene import Blame, Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.untriggered import untriggered
from rca.cause.words import clock, short
from rca.model import Change, Count, Suspect
from rca.when import span

BLAMED = 0.5  # a change with more than this is the trigger
_REASONS = 3


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
        return f"The {name}{when}; {counts(suspect.before, 'before')}, {counts(suspect.after, 'after')}{rose}."
    order = "gap" if suspect.gap_s >= 0 else "earlier, within what clocks and roll-outs allow"
    return (
        f"The {name} took effect {live} UTC; failures began {began} UTC: {span(abs(suspect.gap_s))} {order}; "
        f"{counts(suspect.before, 'before')}, {counts(suspect.after, 'after')}."
    )


def counts(count: Count, when: str) -> str:
    """`0 of 213 requests before`, or what is known where the record of what could have failed is thin."""
    amount = f"{count.exposure:.0f}"
    if count.unit == "seconds":
        return f"{count.count} in {amount} s {when}"
    if amount == "0":
        return f"{count.count} {when} (no {count.unit} on record)"
    if count.exposure < count.count:
        return f"{count.count} {when} (only {amount} {count.unit} on record)"
    return f"{count.count} of {amount} {count.unit} {when}"


def change_steps(scene: Scene, name: str, steps: Steps) -> None:
    """Why now: the gap sentence and what the change touched; or the best answer without a change."""
    each = scene.issues[name]
    found, best = trigger(scene, name) or introduced(scene, name), scene.best(name)
    if found is None or best is None:
        untriggered(scene, name, steps)
    elif found.kind == "commit":
        _commit(best.row, found, "Introduced earlier and met by use; no recent change explains the onset:", steps)
        question = f"What does {naming.change(found)} change?"
        steps.ask(question, "UNKNOWN until it is read.", checks.show(scene, found), evidence=(f"change:{found.id}",))
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
            steps.ask(
                "Is it this commit?", "UNKNOWN: others of the same deploy fit as well.", checks.show(scene, commit)
            )
        return
    touched = [path for path in found.files if _in_frames(scene, name, path)]
    if touched:
        answer = f"It changed {touched[0]}, a file on the path of the failure."
        steps.say("What did it change?", answer, "observed", (f"change:{found.id}", *first_refs(scene.issues[name], 1)))
    elif not (found.kind == "config" and found.title):
        question = f"What in the {naming.change(found)} brought it?"
        steps.ask(question, "UNKNOWN: the inputs do not show which part of it.", checks.show(scene, commit or found))


def _in_frames(scene: Scene, name: str, path: str) -> bool:
    ends = path.rpartition("/")[2]
    return any(frame.own and frame.file.rpartition("/")[2] == ends for frame in scene.issues[name].issue.frames)
