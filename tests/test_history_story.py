"""The recorded incident "fix, then regress" told through three analyses with one memory, and judged by verify and diff."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rca import cli
from rca.diff import diff
from rca.gather import Request, gather
from rca.history import open_history
from rca.model import FixVerdict
from rca.pipeline import Settings, analyze, verify
from rca.rules import builtin, load
from rca.window import Asked

INPUT = Path(__file__).parent.parent / "fixtures" / "fix-then-regress" / "input"
FULL = "session table is full"


def _told(capsys: pytest.CaptureFixture[str], memory: Path, number: int) -> dict[str, Any]:
    command = ["analyze", str(INPUT / f"run-{number}"), str(INPUT / "history.bundle"), "--history", str(memory)]
    assert cli.run([*command, "--format", "json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    del told["tool"]
    return told


def _issue(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in report["issues"] if FULL in one["title"])
    return found


def test_three_analyses_with_one_memory_tell_that_the_fix_did_not_hold(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    memory = tmp_path / "history"
    first, second, third = (_told(capsys, memory, number) for number in (1, 2, 3))

    assert "Known" not in first["verdict"]["summary"]
    assert _issue(first)["note"] == ""

    blamed = {one["change"]: one["p"] for one in second["suspects"] if one["issue"] == _issue(second)["id"]}
    assert all(p < 0.1 for change, p in blamed.items() if "00073" in change), "the fix came after it was first seen"
    assert "Known: seen in 1 earlier run since 2025-10-28 15:33:03 UTC" in second["verdict"]["summary"]
    assert "inconclusive" in _issue(second)["note"], "one green run proves nothing"
    assert "fixed" not in second["verdict"]["summary"]

    assert _issue(third)["novelty"] == "regressed"
    assert "chat-backend-00073-vvg" in third["verdict"]["summary"]
    assert "the fix did not hold" in third["verdict"]["summary"]
    assert [(row["failed"], row["remembered"]) for row in third["loop"]] == [(7, True), (0, True), (7, False)]
    assert any("back: " in move and FULL in move for move in third["loop"][2]["moves"])

    assert [_told(capsys, memory, number) for number in (3, 1, 2)] == [third, first, second], (
        "asked again, told the same"
    )
    with open_history(memory) as history:
        assert len(history.runs()) == 3


@cache
def _verdicts(*numbers: int) -> dict[str, FixVerdict]:
    facts = gather(Request(paths=[str(INPUT / f"run-{number}") for number in numbers]))
    found = verify(facts, load([builtin()]), Settings(asked=Asked()))
    return {one.title: one for one in found}


def test_one_green_run_after_the_deploy_is_no_repair() -> None:
    found = _verdicts(1, 2)
    assert {one.verdict for one in found.values()} <= {"no_recurrence_yet", "inconclusive"}
    assert all(one.needs for one in found.values())
    full = next(one for title, one in found.items() if FULL in title)
    assert "requests to chat-backend" in full.needs


def test_the_failure_that_came_back_is_not_fixed_and_harmless_warnings_are_not_judged() -> None:
    found = _verdicts(1, 2, 3)
    assert {one.verdict for one in found.values()} == {"not_fixed"}
    assert len(found) == 2, "the warnings of every boot and the refusal that a test provokes are no failures"


def test_known_issues_are_judged_by_the_memory_when_the_inputs_hold_only_the_green_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    memory = tmp_path / "history"
    _told(capsys, memory, 1)
    assert cli.run(["verify", str(INPUT / "run-2"), "--history", str(memory), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["verdicts"]
    assert {one["verdict"] for one in found} <= {"no_recurrence_yet", "inconclusive"}
    absent = next(one for one in found if FULL not in one["title"])
    assert (absent["before"]["exposure"], absent["after"]["exposure"]) == (7, 7)
    assert cli.run(["history", "show", absent["issue"], "--history", str(memory)]) == 0
    assert "judged" in capsys.readouterr().out


def test_diff_tells_what_the_regression_broke() -> None:
    green, red = (
        analyze(gather(Request(paths=[str(INPUT / f"run-{number}")])), load([builtin()]), Settings())
        for number in (2, 3)
    )
    found = diff(green, red)
    assert len(found.tests.broken) == 7
    assert [one.title for one in found.new] == ["WebSocket closed by the server with 1011: it failed inside"]
    assert found.comparable
