"""Flaky or broken: the outcomes of a test in the memory, in earlier runs and in these, split at the deploy; and the loop."""

import json
from pathlib import Path

import pytest
from remembering import HOUR, START, run

from rca import cli, rules
from rca.correlate import flakes
from rca.loop import loop
from rca.model import Change, Facts, Outcomes, TestCase, TestRun, Window
from rca.model.case import Attempt, Outcome
from rca.when import rfc3339

GREEN, RED, NONE = "passed", "failed", "skipped"
ROWS = [
    ("never failed, then twice after the deploy", [GREEN] * 8, [RED, RED], True, "broken"),
    ("failed now and then before", [GREEN, RED, GREEN, GREEN, RED, GREEN, RED, GREEN], [GREEN, RED], True, "flaky"),
    ("fails after the deploy as it did before", [RED, GREEN, RED, GREEN, RED, RED, GREEN, GREEN], [RED], True, "flaky"),
    ("passed when tried again, more than once", ["flaked", GREEN, "flaked", GREEN, GREEN, "flaked", GREEN, GREEN], [GREEN, RED], True, "flaky"),
    ("never passed at all", [RED] * 8, [RED, RED], True, "unknown"),
    ("seen once", [], [RED], True, "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "before", "after", "deployed", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_failing_test_is_told_flaky_or_broken(
    sentence: str, before: list[str], after: list[Outcome], deployed: bool, expected: str
) -> None:
    known = {"t": Outcomes(recent=tuple(before))} if before else {}
    runs = [run(n, {"t": outcome}) for n, outcome in enumerate(after)]
    changes = [Change(id="d", kind="deploy", at=rfc3339(START - HOUR // 2))] if deployed else []
    found = flakes(Facts(outcomes=known, runs=tuple(runs), changes=tuple(changes)), {}).get("t")
    told = "unknown" if found is None else "flaky" if found.p > 0.5 else "broken"
    assert told == expected, sentence
    if found is not None:
        mean, low, high = found.share
        assert 0 <= low <= mean <= high <= 1


WAYS = [
    ("it fails as it failed when it healed by itself", [(2, {"v1:old"})], "v1:old", [], "flaky"),
    ("it fails as it never failed before", [(2, {"v1:old"})], "v1:new", [], "broken"),
    ("it came back as it was before a deploy repaired it", [(2, {"v1:old"})], "v1:old", [2.5], "broken"),
]


@pytest.mark.parametrize(("sentence", "modes", "now", "deploys", "expected"), WAYS, ids=[row[0] for row in WAYS])
def test_how_it_failed_before_says_whether_it_broke(
    sentence: str, modes: list[tuple[int, set[str]]], now: str, deploys: list[float], expected: str
) -> None:
    outcomes = [GREEN, GREEN, RED, GREEN, GREEN, GREEN, GREEN]
    known = Outcomes(
        recent=tuple(outcomes),
        times=tuple(START + n * HOUR for n in range(7)),
        modes=tuple((START + n * HOUR + HOUR // 60, frozenset(issues)) for n, issues in modes),
    )
    deployed = tuple(START + int(n * HOUR) for n in deploys)
    facts = Facts(outcomes={"t": known}, runs=(run(7, {"t": "failed"}), run(8, {"t": "failed"})), deployed=deployed)
    told = "flaky" if flakes(facts, {"t": now})["t"].p > flakes(facts, {})["t"].p else "broken"
    if deploys:  # then its way of failing says nothing, neither way
        assert flakes(facts, {"t": now}) == flakes(facts, {})
    assert told == expected, sentence


def test_failures_in_a_row_that_a_deploy_ended_were_a_break_and_no_flakes() -> None:
    outcomes = [RED, RED, RED, GREEN, GREEN, GREEN, GREEN]
    known = Outcomes(recent=tuple(outcomes), times=tuple(START + n * HOUR for n in range(7)))
    now = (run(7, {"t": "failed"}),)
    repaired = Facts(outcomes={"t": known}, runs=now, deployed=(START + 3 * HOUR - 1,))
    healed = Facts(outcomes={"t": known}, runs=now)
    assert flakes(repaired, {})["t"].p < 0.5 < flakes(healed, {})["t"].p
    assert flakes(repaired, {})["t"].share[0] < 0.15


def test_a_long_record_is_weighed_like_a_short_one() -> None:
    known = Outcomes(recent=(GREEN,) * 1500 + (RED,) * 1500, times=tuple(START + n for n in range(3000)))
    facts = Facts(outcomes={"t": known}, runs=(run(1, {"t": "failed"}),), deployed=(START + 1, START + 1500))
    assert flakes(facts, {})["t"].p < 0.01


def test_memory_and_earlier_reports_count_alike() -> None:
    earlier = [run(n - 8, {"t": "passed" if n % 3 else "failed"}) for n in range(8)]
    now = [run(0, {"t": "failed"})]
    remembered = {"t": Outcomes(recent=tuple("passed" if n % 3 else "failed" for n in range(8)))}
    assert flakes(Facts(earlier=tuple(earlier), runs=tuple(now)), {}) == flakes(
        Facts(outcomes=remembered, runs=tuple(now)), {}
    )


def test_passing_and_failing_within_one_run_is_direct_evidence() -> None:
    case = TestCase(id="t", ref="test:0:t", suite="", classname="", name="t", outcome="failed", attempts=(Attempt(outcome="passed"), Attempt(outcome="failed")))  # fmt: skip
    assert flakes(Facts(runs=(TestRun(path="", source=0, cases=(case,)),)), {})["t"].p == pytest.approx(0.98)


def test_the_loop_lays_runs_side_by_side_with_what_was_deployed_between() -> None:
    runs = [run(0, {"a": "failed", "b": "passed"}), run(2, {"a": "passed", "b": "skipped"})]
    changes = [
        Change(id=name, kind="deploy", title=name, at=rfc3339(START + hour * HOUR))
        for name, hour in (("old", -2), ("first", -1), ("second", 1), ("later", 9))
    ]
    rows = loop((), runs, (), {}, changes, Window(since=None, until=None, anchor="inputs"))
    assert [(row.passed, row.failed, row.skipped, row.changes) for row in rows] == [
        (1, 1, 0, ("first",)),
        (1, 0, 1, ("second",)),
    ]
    assert rows[1].suites == (("s", 1, 1),)


def _junit(path: Path, hour: int, red: str) -> Path:
    cases = "".join(
        f'<testcase classname="c" name="{name}" time="1">{"<failure>no</failure>" if name in red else ""}</testcase>'
        for name in "abcdef"
    )
    path.write_text(f'<testsuite name="s" timestamp="2026-03-01T{hour:02d}:00:00Z">{cases}</testsuite>')
    return path


def test_every_failing_test_shows_its_share_with_an_interval_and_a_quarantine_is_only_suggested(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`a` fails now and then, `b` broke now; both are told with what they did before."""
    held = rules.load([rules.builtin()])
    monkeypatch.setattr(rules, "load", lambda *_, **__: held)  # read once for all of the runs
    memory = ["--history", str(tmp_path / "memory")]
    for hour, red in enumerate(("", "a", "", "a", "", "a", "", "")):
        assert cli.run(["analyze", str(_junit(tmp_path / f"{hour}.xml", hour, red)), *memory, "-q"]) == 0
    files = [word for end in ("md", "json", "txt") for word in ("-o", str(tmp_path / f"r.{end}"))]
    assert cli.run(["analyze", str(_junit(tmp_path / "now.xml", 12, "ab")), *memory, *files]) == 0
    found = {one["name"]: one for one in json.loads((tmp_path / "r.json").read_text())["tests"]["failures"]}
    assert (found["a"]["kind"], found["b"]["flaky"] < 0.5) == ("flaky", True)
    assert found["a"]["flaky_share"] == pytest.approx([4.5 / 10, 0.17, 0.75], abs=0.01)  # 4 of 9, Jeffreys
    for text in ((tmp_path / "r.md").read_text(), (tmp_path / "r.txt").read_text()):
        row = next(line for line in text.splitlines() if "45 % (" in line)
        assert row.strip().removeprefix("| ").startswith("a"), text
        assert text.count("suggestion: quarantine") == 1
    capsys.readouterr()
