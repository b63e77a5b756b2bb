"""Did the fix hold: words that never exceed the evidence, on small cases whose answer is plain."""

import polars as pl
import pytest

from rca.model import Change, Frame, Issue, Known, Occurrence, Occurring, Signature, TestCase, TestRun
from rca.model.case import Outcome
from rca.model.frames import MINUTE_NS, ROUTES, TRAFFIC
from rca.verify import judge
from rca.verify.odds import Side, served, silent_runs, thin
from rca.verify.odds import tested as by_runs
from rca.when import rfc3339

SECOND = 1_000_000_000
START = 1_760_000_040 * SECOND  # a whole minute
FIX = Change(id="deploy:x", kind="deploy", at=rfc3339(START + 60 * MINUTE_NS), service="x", revision="x-2")


def _issue(
    name: str, minutes: list[float], *, service: str | None = "x", tests: tuple[str, ...] = (), line: int = 1
) -> Occurring:
    place = Frame(file=f"{line}.py", function="f", line=line, own=True)
    seen = tuple(
        Occurrence(ref=f"test:0:{tests[0]}:{n}" if tests else f"log:0:{n}", at=START + int(at * MINUTE_NS), service=service, test=tests[0] if tests else None)
        for n, at in enumerate(minutes)
    )  # fmt: skip
    issue = Issue(
        id=name, title=name, location=place, services=(service,) if service else (), tests=tests, count=len(seen)
    )
    return Occurring(issue=issue, signature=Signature(id=name, template=name), finding=None, occurrences=seen)


def _traffic(minutes: range) -> pl.DataFrame:
    rows = [
        {"service": "x", "minute": at, "entries": 10, "requests": 10, "failed": 0, "first_at": at, "last_at": at + MINUTE_NS - 1}
        for at in (START + n * MINUTE_NS for n in minutes)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=TRAFFIC)


def _runs(outcomes: list[tuple[int, Outcome]]) -> list[TestRun]:
    return [
        TestRun(path=f"{n}", source=0, started_ns=START + minute * MINUTE_NS, cases=(TestCase(id="t", ref=f"test:0:t:{n}", suite="s", classname="", name="t", outcome=outcome),))
        for n, (minute, outcome) in enumerate(outcomes)
    ]  # fmt: skip


def _judge(
    *issues: Occurring,
    traffic: pl.DataFrame | None = None,
    runs: list[TestRun] | None = None,
    known: dict[str, Known] | None = None,
) -> dict[str, str]:
    found = judge(
        issues,
        fix=FIX,
        traffic=pl.DataFrame(schema=TRAFFIC) if traffic is None else traffic,
        routes=pl.DataFrame(schema=ROUTES),
        runs=runs or [],
        first_ns=START,
        last_ns=START + 240 * MINUTE_NS,
        known=known,
    )
    return {one.issue: one.verdict for one in found}


OFTEN = [float(n) for n in range(5, 60, 5)]
ROWS = [
    ("often before, long silence under traffic", OFTEN, range(240), "fixed"),
    ("rare before: three quiet hours prove nothing", [50.0], range(240), "inconclusive"),
    ("nobody used the path afterwards", OFTEN, range(60), "inconclusive"),
    ("as often as before", [*OFTEN, *(float(n) for n in range(65, 240, 5))], range(240), "not_fixed"),
    ("much rarer than before", [n / 4 for n in range(8, 236)] + [100.0, 200.0], range(240), "improved"),
    ("a burst counts once", [50.0 + n / 1000 for n in range(50)], range(240), "no_recurrence_yet"),
]


@pytest.mark.parametrize(("sentence", "minutes", "served_in", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_failure_of_a_service_is_judged_by_its_requests(
    sentence: str, minutes: list[float], served_in: range, expected: str
) -> None:
    assert _judge(_issue("v1:a", minutes), traffic=_traffic(served_in)) == {"v1:a": expected}, sentence


RUNS: list[tuple[str, list[tuple[int, Outcome]], list[float], str]] = [
    ("one red run, one green", [(10, "failed"), (70, "passed")], [10.0], "no_recurrence_yet"),
    ("three red runs, two green", [(10, "failed"), (20, "failed"), (30, "failed"), (70, "passed"), (80, "passed")], [10.0, 20.0, 30.0], "fixed"),
    ("one red run of ten, three green", [(n, "passed" if n else "failed") for n in range(10)] + [(70, "passed"), (80, "passed"), (90, "passed")], [0.1], "inconclusive"),
    ("skipped afterwards", [(10, "failed"), (70, "skipped")], [10.0], "inconclusive"),
    ("red again, twice", [(10, "failed"), (70, "failed"), (80, "failed")], [10.0, 70.0, 80.0], "not_fixed"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "runs", "minutes", "expected"), RUNS, ids=[row[0] for row in RUNS])
def test_a_failing_test_is_judged_by_its_runs(
    sentence: str, runs: list[tuple[int, Outcome]], minutes: list[float], expected: str
) -> None:
    one = _issue("v1:t", minutes, service=None, tests=("t",))
    refs = [f"test:0:t:{n}" for n, (_, outcome) in enumerate(runs) if outcome == "failed"]
    seen = tuple(Occurrence(ref=ref, at=each.at, test="t") for ref, each in zip(refs, one.occurrences, strict=True))
    issue = Occurring(issue=one.issue, signature=one.signature, finding=None, occurrences=seen)
    assert _judge(issue, runs=_runs(runs)) == {"v1:t": expected}, sentence


def test_another_failure_at_the_same_place_is_no_repair() -> None:
    assert _judge(_issue("v1:a", OFTEN), _issue("v1:b", [70.0, 80.0]), traffic=_traffic(range(240))) == {
        "v1:a": "not_fixed"
    }
    assert _judge(_issue("v1:a", OFTEN), _issue("v1:b", [70.0, 80.0], line=2), traffic=_traffic(range(240))) == {
        "v1:a": "fixed"
    }


def test_what_the_memory_knows_counts_as_before_and_other_projects_do_not() -> None:
    remembered = Known(fingerprint="v1:k", title="k", failures=9, exposure={"requests": 300.0}, services=("x",))
    strange = Known(fingerprint="v1:s", title="s", failures=9, exposure={"requests": 300.0}, services=("elsewhere",))
    assert _judge(traffic=_traffic(range(61, 240)), known={"v1:k": remembered, "v1:s": strange}) == {"v1:k": "fixed"}
    assert _judge(traffic=_traffic(range(61, 66)), known={"v1:k": remembered}) == {"v1:k": "inconclusive"}


def test_the_statistics_are_those_of_the_notes() -> None:
    assert thin([0, 9 * SECOND, 10 * SECOND, 25 * SECOND]) == 3
    odds = served(Side(4, 4, 100.0), Side(0, 0, 100.0), "requests", "requests")
    assert odds.p == pytest.approx(0.5**4.5)
    assert odds.verdict == "fixed"
    assert silent_runs(1, 1, 1) == pytest.approx(0.25)
    assert by_runs(Side(1, 1, 1), Side(0, 0, 1)).needs == "about 4 more runs of its tests without it"
