"""Every failure carries its class, and it is that of its cause, not of the symptom a test shows."""

import pytest

from rca.classes import Classes
from rca.model import Attempt, Cause, Edge, Issue, Outcome, TestCase, TestRun
from rca.model.report import Novelty

Row = tuple[str, dict[str, object], str]


def case(name: str, outcome: Outcome = "failed", *, passed_on_retry: bool = False) -> TestCase:
    attempts = (Attempt(outcome="passed"),) if passed_on_retry else ()
    return TestCase(
        id=name, suite="s", classname="c", name=name, outcome=outcome, ref=f"test:0:{name}", attempts=attempts
    )


def cause(trigger: str | None) -> Cause:
    return Cause(
        rank=1, label="primary", issue="root", statement="s", p=0.9, words="very likely", basis="b", trigger=trigger
    )


def led(kept: bool = True) -> Edge:
    return Edge(cause="root", effect="shown", weight=0.9, kinds=("rule",), kept=kept)


ROWS: list[Row] = [
    ("its cause has a trigger, two steps away", {"causes": [cause("deploy:a")], "edges": [led()]}, "this_change"),
    ("the link to that cause was not kept", {"causes": [cause("deploy:a")], "edges": [led(kept=False)]}, "unknown"),
    ("no cause, but its own issue has a guilty change", {"blamed": {"shown": 0.6}}, "this_change"),
    ("its cause was there before", {"causes": [cause(None)], "edges": [led()], "novelty": {"root": "ongoing"}}, "already_failing"),
    ("its issue was gone and is back", {"novelty": {"shown": "regressed"}}, "seen_before"),
    ("its cause is a store that is away", {"causes": [cause(None)], "edges": [led()], "rule": "db.store-refused"}, "infrastructure"),
    ("its cause is a store that is used wrongly", {"causes": [cause(None)], "edges": [led()], "rule": "db.unique"}, "unknown"),
    ("it often fails at random", {"flaky": {"t": 0.9}}, "flaky"),
    ("it passed when it was tried again, whatever changed", {"retry": True, "blamed": {"shown": 0.9}}, "flaky"),
    ("nearly all of the run fails, and nothing says why", {"others": "failed"}, "infrastructure"),
    ("nearly all of the run fails, so its past flakes say nothing", {"others": "failed", "flaky": {"t": 0.9}}, "infrastructure"),
    ("nearly all of the run fails after one deploy", {"others": "failed", "causes": [cause("deploy:a")], "edges": [led()]}, "this_change"),
    ("nothing is known", {}, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "given", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_failure_has_the_class_of_its_cause(sentence: str, given: dict[str, object], expected: str) -> None:
    others: Outcome = "failed" if given.get("others") else "passed"
    failing = case("t", passed_on_retry=bool(given.get("retry")))
    run = TestRun(path="junit.xml", source=0, cases=(failing, *(case(f"o{n}", others) for n in range(11))))
    novelty: dict[str, Novelty] = given.get("novelty", {})  # type: ignore[assignment]  # a table of mixed columns
    classes = Classes(
        [Issue(id="root", title="r", rule=str(given.get("rule", "python.key"))), Issue(id="shown", title="s")],
        causes=given.get("causes", []),  # type: ignore[arg-type]
        edges=given.get("edges", []),  # type: ignore[arg-type]
        novelty=novelty,
        blamed=given.get("blamed", {}),  # type: ignore[arg-type]
        flaky=given.get("flaky", {}),  # type: ignore[arg-type]
    )
    assert classes.of(run, failing, "shown") == expected, sentence
