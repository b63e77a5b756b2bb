"""`rca eval --replay`: stored reports against today's rules."""

import json
import shutil
from pathlib import Path

import pytest

from rca import cli

INCIDENT = Path(__file__).parent.parent / "fixtures" / "missing-module" / "input"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    """A stored incident: its inputs, and the report of today beside them."""
    folder = tmp_path / "stored"
    shutil.copytree(INCIDENT, folder / "a" / "input")
    assert cli.run(["analyze", str(INCIDENT), "-o", str(folder / "a" / "report.json"), "--no-history", "-q"]) == 0
    return folder


def test_a_report_of_today_replays_the_same_and_a_changed_verdict_is_shown(
    capsys: pytest.CaptureFixture[str], stored: Path
) -> None:
    path = stored / "a" / "report.json"
    assert cli.run(["eval", str(stored), "--replay"]) == 0
    assert "1 stored, 0 changed, 0 with another verdict" in capsys.readouterr().out

    report = json.loads(path.read_text())
    report["verdict"]["status"] = "cause_not_in_evidence"
    path.write_text(json.dumps(report))
    assert cli.run(["eval", str(stored), "--replay", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["replayed"]
    assert found["changes"] == ["verdict: cause_not_in_evidence → cause_found"]

    shutil.rmtree(stored / "a" / "input")
    for issue in report["issues"]:
        issue["rule"] = "python.retired"
    path.write_text(json.dumps(report))
    assert cli.run(["eval", str(stored), "--replay"]) == 0
    assert "rule python.retired → " in capsys.readouterr().out


def test_a_folder_without_a_stored_report_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.run(["eval", str(tmp_path), "--replay"]) == 2
    assert "no stored report here" in capsys.readouterr().err
