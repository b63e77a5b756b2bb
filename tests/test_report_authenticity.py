"""Which tests show no sign that they reached the system: neutral, and never on one sign alone."""

import json
from pathlib import Path

import polars as pl
import pytest

from rca.gather import Request, gather
from rca.join import authenticity
from rca.model import Digest, Outcomes, TestCase, TestRun
from rca.model.frames import ROUTES, TRAFFIC

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


def test_runs_given_as_earlier_show_durations_that_never_change() -> None:
    ran = [TestRun(path=f"{n}.xml", source=n, cases=(case("fast", 0.001), case("real", 0.1 * n))) for n in range(5)]
    found = authenticity(ran[4:], {}, None, ran[:4])
    assert [one.id.rpartition("::")[2] for one in found] == ["fast"]
    assert "its duration was the same in 5 runs" in found[0].reasons
    assert not authenticity(ran[4:], {}, None, ran[1:4]), "four runs are too few"


MINUTE = 60_000_000_000
BEGAN = 29_000_000 * MINUTE  # a full minute


def logs(service: str, route: str, *answers: tuple[int, int]) -> Digest:
    """Requests on record in the minute of the run: (status, count) each."""
    rows = [(service, f"GET {route}", status, BEGAN, count, "") for status, count in answers]
    bad = sum(count for status, count in answers if status >= 500)
    total = sum(count for _, count in answers)
    traffic = [(service, "r1", None, BEGAN, total, total, bad, BEGAN, BEGAN)]
    return Digest(
        routes=pl.DataFrame(rows, schema=ROUTES, orient="row"),
        traffic=pl.DataFrame(traffic, schema=TRAFFIC, orient="row"),
    )


DOWN = logs("chat-backend", "/api/threads/<*>", (503, 40))
CALLED = ("https://chat.example/api/threads/7?x=1",)
SERVED = [
    ("the service it names fails for everyone, and it was instant", case("fast", 0.001), DOWN, "40 of the 40 requests to chat-backend on record"),
    ("the address it called fails for everyone, and it was instant", case("fast", 0.001, urls=CALLED), DOWN, "40 of the 40 requests to GET /api/threads/<*> of chat-backend"),
    ("that its endpoint fails is one sign alone", case("fast", 0.7), DOWN, ""),
    ("half of the requests were answered", case("fast", 0.001), logs("chat-backend", "/x", (503, 20), (200, 20)), ""),
    ("too few requests to speak of everyone", case("fast", 0.001), logs("chat-backend", "/x", (503, 4)), ""),
    ("another service fails", case("fast", 0.001), logs("billing", "/x", (503, 40)), ""),
    ("it called another address, which answered", case("fast", 0.001, urls=("https://chat.example/health",)), DOWN, ""),
    ("what was refused was refused by design", case("fast", 0.001), logs("chat-backend", "/x", (401, 40)), ""),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "one", "digest", "said"), SERVED, ids=[row[0] for row in SERVED])
def test_a_test_that_passes_while_its_endpoint_fails_for_everyone_has_one_sign(
    sentence: str, one: TestCase, digest: Digest, said: str
) -> None:
    run = TestRun(path="junit.xml", source=0, started_ns=BEGAN + 1, ended_ns=BEGAN + MINUTE // 2, cases=(one,))
    found = authenticity([run], {}, digest)
    assert bool(found) is bool(said), sentence
    assert not said or said in " ".join(found[0].reasons)
    later = run.model_copy(update={"started_ns": BEGAN + 9 * MINUTE, "ended_ns": BEGAN + 10 * MINUTE})
    assert not authenticity([later], {}, digest), "the logs of another time say nothing"


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
