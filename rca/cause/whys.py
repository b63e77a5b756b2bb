"""The cause branch of the whys: from the symptom inwards, ending where the evidence ends."""

from itertools import pairwise

from rca.cause import checks, naming
from rca.cause.explains import CUT, FIRM
from rca.cause.graph import Tree
from rca.cause.recurrence import recurrence
from rca.cause.roots import Root
from rca.cause.scene import Scene
from rca.cause.signs import first_refs
from rca.cause.steps import Steps
from rca.cause.together import pattern_steps
from rca.cause.trigger import change_steps
from rca.cause.words import listing, plural, short
from rca.model import Occurring
from rca.model.report import Basis

_REFS = 4  # refs cited for a group; the rest are on the issue
_RULE_WHYS = 4

SAID: dict[str, str] = {
    "chain": "the traceback names it as the direct cause",
    "rule": "a rule declares that one leads to the other",
    "kin": "one rule recognises both in one service",
    "trace": "both occur in the same requests",
    "quotes": "its text is repeated there",
    "names": "the service is named there",
    "joined": "test and entry carry the same ids",
    "context": "it was being handled at that moment",
    "instance": "the same instance logged it just before",
    "url": "it was logged on the URL the failing tests call",
    "test": "it was logged while the failing tests ran",
    "callee": "the one service calls the other",
    "frames": "both are raised at the same place",
    "lift": "they occur together more often than by chance",
    "order": "it comes first",
}


def cause_steps(scene: Scene, tree: Tree, root: Root, steps: Steps) -> None:
    """Problem, chain, mechanism, change, latent cause, and the question at which the evidence stops."""
    leaf = _leaf(scene, root)
    _problem(scene, root, leaf, steps)
    pattern_steps(scene, [name for name, weight in root.reach.items() if weight >= CUT], steps)
    if _chain(scene, tree, root, leaf, steps):
        _mechanism(scene, root.issue, steps)
        _latent(scene, root.issue, steps)
        recurrence(scene, root.issue, steps)
        change_steps(scene, root.issue, steps)
        _check(scene, root.issue, steps)


def _leaf(scene: Scene, root: Root) -> str:
    """The symptom to start from: the issue of most of the explained tests, else the most frequent one under the root."""
    counts: dict[str, int] = {}
    for ref in root.tests:
        owner = scene.issue_of.get(ref)
        if owner:
            counts[owner] = counts.get(owner, 0) + 1
    if counts:
        return min(counts, key=lambda name: (-counts[name], name))
    below = [name for name, weight in root.reach.items() if weight >= CUT and name != root.issue]
    return min(below, key=lambda name: (-scene.issues[name].issue.count, name)) if below else root.issue


def _problem(scene: Scene, root: Root, leaf: str, steps: Steps) -> None:
    each = scene.issues[leaf]
    if root.tests:
        total = sum(run.counts()["total"] for run in scene.runs)
        same = tuple(ref for ref in root.tests if scene.issue_of.get(ref) == leaf)
        verb = "fails" if len(root.tests) == 1 else "fail"
        answer = f"{len(root.tests)} of {plural(total, 'test')} {verb}"
        answer += (
            f", {len(same)} of them with {naming.head(each)}."
            if len(same) != len(root.tests)
            else f" with {naming.head(each)}."
        )
        steps.say("What fails?", answer, "observed", (*same[:_REFS], *root.tests[:_REFS]))
        return
    steps.say(
        "What fails?",
        f"{naming.head(each)}{naming.where(each)}, {naming.since(each)}.",
        "observed",
        first_refs(each, _REFS),
    )


def _chain(scene: Scene, tree: Tree, root: Root, leaf: str, steps: Steps) -> bool:
    """One step for each edge from the symptom to the root; False when the chain had to be cut."""
    if leaf == root.issue:
        return True
    if leaf not in root.reach:
        return _joined(scene, root, leaf, steps)
    path = tree.path(leaf)
    product = 1.0
    for cause, effect in reversed(list(pairwise(path))):
        edge = tree.candidates[cause, effect]
        product *= edge.weight
        if product < CUT:
            answer = "UNKNOWN: the links to anything deeper are too weak to be said."
            steps.ask(f"Why {_asked(scene, effect)}?", answer, checks.around(scene, scene.issues[effect]))
            return False
        kinds = [sign.kind for sign in edge.signs]
        basis: Basis = "rule" if set(kinds) <= {"rule", "lift", "order"} and "rule" in kinds else "observed"
        said = listing([SAID[kind] for kind in kinds][:3])
        each = scene.issues[cause]
        answer = f"{naming.head(each)}{naming.where(each)}, {naming.since(each)}: {said}."
        refs = (*edge.refs, *first_refs(each, 2), *first_refs(scene.issues[effect], 2))
        steps.say(f"Why {_asked(scene, effect)}?", answer, basis, refs)
    return True


def _joined(scene: Scene, root: Root, leaf: str, steps: Steps) -> bool:
    """The tests' own issue hangs elsewhere, but single tests are joined to entries under this root."""
    found = [
        link for ref in root.tests for link in scene.linked.get(ref, ()) if link.issue in root.reach and link.by in FIRM
    ]
    if not found:
        return True
    each = scene.issues[root.issue]
    tests = len({link.ref for link in found})
    answer = (
        f"{naming.head(each)}{naming.where(each)}, {naming.since(each)}; {plural(tests, 'failing test')} "
        f"joined to it or to what follows from it by {listing(sorted({link.by for link in found}))}."
    )
    refs = (found[0].ref, found[0].occurrence, *first_refs(each, 2), *(link.ref for link in found[:_REFS]))
    steps.say(f"Why {_asked(scene, leaf)}?", answer, "observed", refs)
    return True


def _asked(scene: Scene, name: str) -> str:
    return short(naming.head(scene.issues[name], 100), 110).rstrip(".?")


def _mechanism(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    rule = scene.rules.get(each.issue.rule)
    question = f"Why {_asked(scene, name)}?"
    shown = first_refs(each, 2)
    told = rule.explain.told(each.finding.captures).whys if rule and each.finding else ()
    for sentence in told[:_RULE_WHYS]:
        steps.say(question, short(sentence, 400), "rule", (f"rule:{rule.id}" if rule else "", *shown))
        question = "Why is that?"
    loop = naming.cycle(each)
    if loop:
        steps.say(question, f"The traceback shows it: {loop}.", "observed", shown)
    elif each.issue.location and not told:
        steps.say(question, f"It is raised at {naming.place(each.issue.location)}{_caller(each)}.", "observed", shown)


def _caller(each: Occurring) -> str:
    own = [frame for frame in each.issue.frames if frame.own and frame != each.issue.location]
    return f", reached from {naming.place(own[-1])}" if own else ""


def _latent(scene: Scene, name: str, steps: Steps) -> None:
    each = scene.issues[name]
    rule = scene.rules.get(each.issue.rule)
    if rule and each.finding:
        told = rule.explain.told(each.finding.captures).latent
        steps.say("What made it possible?", short(told, 400), "rule", (f"rule:{rule.id}", *first_refs(each, 1)))


def _check(scene: Scene, name: str, steps: Steps) -> None:
    """The rule's own check, where it has one: the question at which the evidence stops."""
    each = scene.issues[name]
    rule = scene.rules.get(each.issue.rule)
    check = rule.explain.told(each.finding.captures).check if rule and each.finding else ""
    if rule and check:
        answer = "UNKNOWN: the evidence stops here; the check shows what is behind it."
        steps.ask("What is behind it?", answer, check, evidence=(f"rule:{rule.id}", *first_refs(each, 1)))
