"""Impact and targets: which tests a priority owns, what counts, and when a criterion is met."""

from typing import Any

import pytest

from rca.globs import fits
from rca.impact import criteria, impacts
from rca.model import Config, TestCase, TestRun
from rca.model.case import Outcome

CASES: tuple[tuple[str, str, Outcome, float | None, dict[str, str]], ...] = (
    ("pay", "test_pay[card]", "failed", 2.5, {"latency_ms": "250"}),
    ("pay", "test_pay[cash]", "passed", 0.5, {"latency_ms": "90"}),
    ("pay", "test_refund", "skipped", None, {}),
    ("look", "test_look", "passed", 0.1, {"latency_ms": "fast"}),
    ("look", "test_find", "error", 0.2, {"latency_ms": "nan"}),
)


def a_run() -> TestRun:
    cases = [
        TestCase(
            id=f"{suite}::{name}",
            ref=f"test:0:{suite}::{name}",
            suite=suite,
            classname="",
            name=name,
            outcome=outcome,
            duration_s=seconds,
            properties=properties,
        )
        for suite, name, outcome, seconds, properties in CASES
    ]
    around = cases[0].model_copy(update={"id": "pay", "name": "package pay", "is_test": False})
    return TestRun(path="junit.xml", source=0, cases=(*cases, around))


GLOBS = [
    ("a whole name", "test_pay", "test_pay", True),
    ("no part of a name", "pay", "test_pay", False),
    ("a star at the end", "test_*", "test_pay", True),
    ("a star for nothing", "test_pay*", "test_pay", True),
    ("brackets are letters", "test_pay[card]", "test_pay[card]", True),
    ("a question mark is one, too", "test_pa?", "test_pay", False),
    ("parts in their order", "*pay*card*", "pay::test_pay[card]", True),
    ("parts in another order", "*card*pay*", "pay::test_pay[card]", False),
    ("head and tail do not share letters", "ab*ba", "aba", False),
    ("upper and lower case differ", "Test*", "test_pay", False),
]


@pytest.mark.parametrize(("sentence", "glob", "text", "expected"), GLOBS, ids=[row[0] for row in GLOBS])
def test_a_glob_fits(sentence: str, glob: str, text: str, expected: bool) -> None:
    assert fits(glob, text) is expected, sentence


def test_a_glob_of_many_stars_takes_linear_time_on_a_hostile_name() -> None:
    assert not fits("*a" * 500 + "b", "a" * 20_000_000)


def test_a_test_belongs_to_the_first_priority_that_names_it() -> None:
    says = Config.model_validate(
        {
            "priorities": [
                {"name": "P1", "tests": "*pay*", "impact": "$120K MRR", "target": "100 %"},
                {"name": "P2", "tests": ["*"], "target": "50 %"},
                {"name": "P3", "tests": "nothing*", "target": "50 %"},
            ]
        }
    )
    first, second, third = impacts([a_run()], says)
    assert (first.total, first.passed, first.failed, first.skipped) == (3, 1, 1, 1)
    assert (first.actual, first.met, first.failing) == ("50 % (1 of 2)", False, ("pay::test_pay[card]",))
    assert (second.total, second.actual, second.met) == (2, "50 % (1 of 2)", True)
    assert (third.total, third.actual, third.met) == (0, "no such test in the inputs", None)


CRITERIA: list[tuple[str, dict[str, Any], tuple[str, str, bool | None]]] = [
    (
        "the pass rate of a suite leaves out what was skipped",
        {"targets": [{"suites": "pay", "target": "50 %"}]},
        ("50 %", "50 % (1 of 2)", True),
    ),
    (
        "of tests that were all skipped nothing can be told",
        {"targets": [{"tests": "test_refund", "target": "50 %"}]},
        ("50 %", "all 1 skipped", None),
    ),
    (
        "the slowest of some tests, failed ones too",
        {"performance": [{"name": "pay", "tests": "*pay*", "at_most": "2 s"}]},
        ("max ≤ 2 s", "2.5 s (of 2)", False),
    ),
    (
        "the median",
        {"performance": [{"name": "pay", "tests": "*", "statistic": "median", "at_most": "350 ms"}]},
        ("median ≤ 350 ms", "350 ms (of 4)", True),
    ),
    (
        "a percentile is a value that occurred",
        {"performance": [{"name": "all", "tests": "*", "statistic": "p95", "at_most": "1 min"}]},
        ("p95 ≤ 1 min", "2.5 s (of 4)", True),
    ),
    (
        "a property, where it is a number",
        {
            "performance": [
                {"name": "rate", "tests": "*", "property": "latency_ms", "statistic": "mean", "at_least": 100}
            ]
        },
        ("mean ≥ 100", "170 (of 2)", True),
    ),
    (
        "a property nobody recorded",
        {"performance": [{"name": "rate", "tests": "*", "property": "rate", "at_least": 100}]},
        ("max ≥ 100", "no property 'rate' with a number in the inputs", None),
    ),
]


@pytest.mark.parametrize(("sentence", "says", "expected"), CRITERIA, ids=[row[0] for row in CRITERIA])
def test_a_criterion_is_judged(sentence: str, says: dict[str, Any], expected: tuple[str, str, bool | None]) -> None:
    (found,) = criteria([a_run()], Config.model_validate(says))
    assert (found.target, found.actual, found.met) == expected, sentence


def test_almost_all_is_not_all() -> None:
    case = a_run().cases[1]
    cases = [case.model_copy(update={"id": str(n), "outcome": "passed" if n else "failed"}) for n in range(10_000)]
    says = Config.model_validate({"targets": [{"tests": "*", "target": "100 %"}]})
    (found,) = criteria([TestRun(path="x", source=0, cases=tuple(cases))], says)
    assert (found.actual, found.met) == ("99.9 % (9999 of 10000)", False)


def test_without_configuration_there_is_nothing_to_say() -> None:
    assert impacts([a_run()], Config()) == ()
    assert criteria([a_run()], Config()) == ()
