"""`pytest --rca` says below a failed run what broke and why, and nothing below a green one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BROKEN = """
def helper():
    import app_monitoring_that_is_not_there

def test_one():
    helper()

def test_two():
    helper()
"""


def run(folder: Path, suite: str, *options: str) -> str:
    (folder / "test_it.py").write_text(suite)
    command = [sys.executable, "-m", "pytest", "-p", "rca.recorder", "-p", "no:cacheprovider", *options]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=alone)
    assert "INTERNALERROR" not in done.stdout + done.stderr
    return done.stdout


def test_the_verdict_stands_below_a_failed_run_even_when_warnings_are_errors(tmp_path: Path) -> None:
    said = run(tmp_path, BROKEN, "--rca", "-W", "error")
    assert "app_monitoring_that_is_not_there" in said.partition(" rca ")[2]
    assert "2 failures" in said.partition(" rca ")[2]


@pytest.mark.parametrize(
    ("sentence", "suite", "options"),
    [("a green run", "def test_one(): pass", ["--rca"]), ("a run without the option", BROKEN, [])],
)
def test_nothing_is_said_below(sentence: str, suite: str, options: list[str], tmp_path: Path) -> None:
    assert " rca " not in run(tmp_path, suite, *options), sentence


def test_an_error_of_rca_is_one_line(tmp_path: Path) -> None:
    said = run(tmp_path, BROKEN, "--rca", "--rca-with", "missing.jsonl").partition(" rca ")[2]
    assert "rca: " in said
    assert "missing.jsonl" in said
    assert "Traceback" not in said
