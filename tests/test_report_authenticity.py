"""Which tests show no sign that they reached the system: neutral, and never on one sign alone."""

import json
from pathlib import Path

import pytest

from rca.gather import Request, gather
from rca.join import authenticity
from rca.model import Outcomes, TestCase, TestRun

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
STAGING = SHARED / "gcp" / "incidents" / "staging-e2e-junit"


def case(name: str, duration: float, *, at: str = "tests.e2e.staging.TestChat", **more: object) -> TestCase:
    given = {"outcome": "passed", "suite": "pytest", "classname": at, "duration_s": duration, "ref": f"test:0:{name}"}
    return TestCase.model_validate({"id": f"{at}::{name}", "name": name, **given, **more})


SIBLINGS = [case(f"slow_{n}", 0.8) for n in range(3)]
SAME = {"tests.e2e.staging.TestChat::fast": Outcomes(passed=5, durations_s=(0.001,) * 5)}
TABLE = [
    ("instant, and its siblings took their time", [case("fast", 0.001), *SIBLINGS], {}, True),
    ("instant, and nothing to compare with", [case("fast", 0.001)], {}, False),
    ("instant in each of five runs alike", [case("fast", 0.001)], SAME, True),
    ("as slow as its siblings", [case("fast", 0.7), *SIBLINGS], {}, False),
    ("instant, but it does not say that it talks to anything", [case("fast", 0.001, at="unit.T"), *SIBLINGS], {}, False),
    ("instant, but it called an address", [case("fast", 0.001, urls=("https://x.example/a",)), *SIBLINGS], {}, False),
    ("instant, but it failed", [case("fast", 0.001, outcome="failed"), *SIBLINGS], {}, False),
    ("it prints a mock and took its time", [case("fast", 0.4, output="<MagicMock name='client' id='1'>")], {}, False),
    ("it prints a mock and was instant", [case("fast", 0.001, output="<AsyncMock name='ws' id='1'>")], {}, True),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "cases", "past", "doubted"), TABLE, ids=[row[0] for row in TABLE])
def test_two_signs_make_a_doubt(sentence: str, cases: list[TestCase], past: dict[str, Outcomes], doubted: bool) -> None:
    found = authenticity([TestRun(path="junit.xml", source=0, cases=tuple(cases))], past)
    assert any(one.id.endswith("::fast") for one in found) is doubted, sentence
    assert all(len(one.reasons) >= 3 for one in found)


def test_a_class_skipped_as_a_whole_is_told_once() -> None:
    skipped = [case(f"s{n}", 0.0, at="tests.e2e.TestPay", outcome="skipped") for n in range(4)]
    found = authenticity([TestRun(path="junit.xml", source=0, cases=(*skipped, *SIBLINGS))], {})
    assert [one.id for one in found] == ["tests.e2e.TestPay"]
    assert not authenticity([TestRun(path="junit.xml", source=0, cases=tuple(skipped))], {})


@pytest.mark.skipif(
    not STAGING.exists(), reason="../shared/data is not here (development data, not part of the project)"
)
def test_a_real_staging_run_lists_just_the_tests_known_to_be_too_fast() -> None:
    known = json.loads((STAGING / "answer.json").read_text())["passed_in_2ms_or_less"]
    found = authenticity(gather(Request(paths=[str(STAGING / "input")])).runs, {})
    ids = [one.id.replace("::", ".") for one in found]
    assert sorted(name for name in known if any(one.endswith(name) for one in ids)) == sorted(known)
    assert len(ids) == len(known)
