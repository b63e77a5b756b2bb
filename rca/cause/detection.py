"""The detection branch of the whys: which test, probe or gate met this path before users did."""

import re
import shlex

from rca.cause import checks
from rca.cause.rerun import rerun
from rca.cause.roots import Root
from rca.cause.scene import Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.trigger import trigger
from rca.cause.words import clock, plural, short
from rca.model import Change, fill
from rca.when import rfc3339, to_ns

_REFS = 3
_WORD = re.compile(r"[A-Za-z][A-Za-z_-]{3,40}")


def detection_steps(scene: Scene, root: Root, steps: Steps) -> None:
    """Tests before the change, tests after it, and the probe or gate; open where nothing shows it."""
    change = trigger(scene, root.issue)
    live = to_ns(change.live_at or change.at or "") if change else None
    if root.tests:
        _tests(scene, root, live, steps)
    else:
        question = "Why did no test stop it?"
        answer = "UNKNOWN: no failing test is joined to it in the inputs."
        steps.ask(question, answer, _coverage(scene, root), branch="detection")
    _gate(scene, root, change, steps)


def _tests(scene: Scene, root: Root, live: int | None, steps: Steps) -> None:
    """Whether the tests that fail now ran, and passed, before the change took traffic."""
    ids = {scene.failing[ref].id for ref in root.tests}
    question = "Why did the tests not stop it before users met it?"
    began, first = min((scene.failing[ref].start_ns or scene.run_of[ref].started_ns or 0, ref) for ref in root.tests)
    passed = tuple(
        case.ref
        for run in scene.runs
        for case in run.cases
        if case.id in ids and case.outcome == "passed" and live is not None and (run.started_ns or live) < live
    )
    if passed:
        answer = (
            f"{plural(len(passed), 'run')} of these tests passed before the change: they met the revision before it."
        )
        steps.say(question, answer, "observed", (*passed[:_REFS], first), branch="detection")
    elif live is not None and began >= live:
        ran = f" at {clock(rfc3339(began))} UTC," if scene.failing[first].start_ns else ""
        answer = f"They first ran{ran} after the change at {clock(rfc3339(live))} UTC; no earlier run of them is in the inputs."
        change = trigger(scene, root.issue)
        steps.say(question, answer, "timing", (first, f"change:{change.id}" if change else ""), branch="detection")
    else:
        case = scene.failing[first]
        answer = "UNKNOWN: the inputs hold no run of these tests from before it began."
        check = rerun(case)
        steps.ask(question, answer, check, evidence=(first,), branch="detection")


def _gate(scene: Scene, root: Root, change: Change | None, steps: Steps) -> None:
    """What the rule says would see it, else the question which probe or gate let the revision through."""
    each = scene.issues[root.issue]
    if root.nature.test_side:
        return
    rule = scene.rules.get(each.issue.rule)
    service = each.issue.services[0] if each.issue.services else None
    if rule and rule.detection and each.finding:
        answer = short(fill(rule.detection, each.finding.captures), 300)
        refs = (f"rule:{rule.id}", *first_refs(each, 1))
        steps.say("What would have seen it?", answer, "rule", refs, branch="detection")
    if service is None:
        return
    revision = change.revision if change else None
    live = clock(change.live_at) if change and change.kind == "deploy" else ""
    if change and revision and change.never_ready:
        answer = f"Yes: revision {revision} never became ready, so it was given no traffic."
        steps.say("Did the roll-out stop it?", answer, "observed", (f"change:{change.id}",), branch="detection")
        return
    if change and revision and live:
        answer = f"Revision {revision} counted as live at {live} UTC; the failures followed from {clock(each.issue.first_at)} UTC on."
        refs = (f"change:{change.id}", *first_refs(each, 1))
        steps.say("Did the roll-out stop it?", answer, "observed", refs, branch="detection")
    if check := checks.describe(scene, service, revision):
        question = f"Which probe or gate let {f'revision {revision}' if revision else service} take traffic?"
        steps.ask(question, "UNKNOWN: its probes and gates are not in the inputs.", check, branch="detection")


def _coverage(scene: Scene, root: Root) -> str:
    """Search the tests for the place of the failure, else for its service, its exception or its longest word."""
    each = scene.issues[root.issue].issue
    function = each.location.function if each.location else ""
    longest = max(_WORD.findall(each.template), key=len, default="")
    named = (function if function.isidentifier() else "", *each.services[:1], each.exception_type or "", longest)
    word = next((one for one in named if one), "")
    return f"git grep -n {shlex.quote(word)} -- '*test*'" if word else "rca analyze INPUT TEST_REPORTS"
