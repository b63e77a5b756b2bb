"""Whatever the world looks like, an explanation keeps its promises, and the order of its inputs does not show in it."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

import pytest
from test_cause_world import RULES, blamed, case, deploy, logged, of_tests, run, told

from rca.model import Change, Explanation, Link, NoChange, Occurrence, Occurring, Suspect, TestCase

T = TypeVar("T")
KINDS = ("KeyError", "TimeoutError", "ConnectionClosedError", "AssertionError", "RecursionError", None)
MESSAGES = (
    "",
    "x",
    "upstream stock answered 503",
    "connect to chat-backend refused",
    "Container called exit(3).",
    "ünïcode \x1b[31m \u202e",
    "y" * 5000,
)
SERVICES = ("chat-backend", "stock", "api", "auth-service")


class World:
    """A random world: issues of logs and tests, joins and suspects, with every kind of gap in what is known."""

    def __init__(self, seed: int) -> None:
        rng = Random(seed)
        self.cases: list[TestCase] = [
            case(f"t{i}", rng.choice([None, 30.0 + i, 60.0]), rng.choice(["failed", "error", "passed"]))
            for i in range(rng.randrange(6))
        ]
        self.issues: list[Occurring] = [_log(rng, i) for i in range(rng.randrange(7))]
        failed = [each for each in self.cases if each.outcome != "passed"]
        if failed:
            self.issues += [of_tests("tests", failed, kind=rng.choice(KINDS) or "Error", message=rng.choice(MESSAGES))]
        logs = [each for each in self.issues if each.occurrences and not each.issue.tests]
        self.links = [
            Link(test=each.id, ref=each.ref, issue=log.issue.id, occurrence=log.occurrences[0].ref, by=rng.choice(["trace", "id", "url", "window", "text"]))
            for each in failed for log in logs if rng.random() < 0.4
        ]  # fmt: skip
        self.changes: list[Change] = [
            deploy(f"r{i}", rng.uniform(-900, 900), rng.choice(SERVICES)) for i in range(rng.randrange(3))
        ]
        self.suspects: list[tuple[Suspect, NoChange]] = [
            blamed(each.issue.id, rng.choice(self.changes).id, rng.random(), gap=rng.uniform(-60, 600), before=rng.randrange(3))
            for each in self.issues if self.changes and rng.random() < 0.7
        ]  # fmt: skip
        self.topology = rng.choice(
            [None, {"api": ("stock",), "stock": ("api",)}, {"chat-backend": ("auth-service", "stock")}]
        )

    def explained(self, shuffle: int | None = None) -> Explanation:
        """The explanation, of inputs in another order if asked."""
        return told(
            _mixed(self.issues, shuffle),
            cases=self.cases,
            links=_mixed(self.links, shuffle),
            suspects=_mixed(self.suspects, shuffle),
            changes=_mixed(self.changes, shuffle),
            topology=self.topology,
            runs=[run(self.cases)] if self.cases else [],
        )


def _mixed(items: Sequence[T], shuffle: int | None) -> list[T]:
    mixed = list(items)
    if shuffle is not None:
        Random(shuffle).shuffle(mixed)
    return mixed


def _log(rng: Random, number: int) -> Occurring:
    at = sorted(rng.uniform(-600, 600) for _ in range(rng.choice([1, 2, 5, 40])))
    made = logged(
        f"log{number}",
        at,
        kind=rng.choice(KINDS),
        message=rng.choice(MESSAGES),
        service=rng.choice(SERVICES),
        traces=[rng.choice([None, "t1", "t2"]) for _ in at],
        rule=rng.choice([None, *(rule.id for rule in RULES.rules)]),
        severity=rng.choice(["ERROR", "WARNING", "INFO", "DEFAULT"]),
        instance=rng.choice([None, "i1"]),
        failing=rng.random() < 0.8,
        status=rng.choice([None, None, 500, 404]),
        novelty=rng.choice(["new", "ongoing", "regressed", "unknown"]),
    )
    if rng.random() < 0.15:  # entries without a time, and issues of which only the count was kept
        timeless = tuple(Occurrence(ref=each.ref, at=None, text=each.text) for each in made.occurrences)
        issue = made.issue.model_copy(update={"first_at": None, "last_at": None, "exemplar": None, "services": ()})
        made = Occurring(issue, made.signature, made.finding, timeless if rng.random() < 0.5 else (), made.failing)
    return made


@pytest.mark.parametrize("seed", range(60))
def test_an_explanation_keeps_its_promises(seed: int) -> None:
    world = World(seed)
    found = world.explained()
    names = {each.issue.id for each in world.issues}
    assert set(found.roles) == names
    assert [each.rank for each in found.causes] == list(range(1, len(found.causes) + 1))
    assert (found.verdict.status == "no_failure_found") <= (not found.causes)
    assert (found.verdict.status == "cause_found") == any(
        each.issue and found.roles[each.issue] == "root" for each in found.causes
    )
    assert found.explained <= {each.ref for each in world.cases}
    for cause in found.causes:
        assert 0 <= cause.p <= 0.98
        assert all(why.evidence or why.basis == "open" for why in cause.whys)
        assert all(why.check for why in cause.whys if why.basis == "open")
    assert all(action.done_when and action.cause in {each.rank for each in found.causes} for action in found.actions)
    assert all(0 <= edge.weight <= 1 and (edge.kept or edge.reason) for edge in found.edges)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_inputs_does_not_show(seed: int) -> None:
    world = World(seed)
    assert world.explained(shuffle=1) == world.explained(shuffle=2) == world.explained()
