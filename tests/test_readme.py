"""The README tells the truth: each console block is run again and must print what stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
BLOCK = re.compile(r"```console\n\$ rca (?P<command>[^\n]+)\n(?P<printed>.*?)```", re.DOTALL)


def blocks() -> list[tuple[str, str]]:
    return [(match["command"], match["printed"]) for match in BLOCK.finditer(README.read_text())]


def printed(command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "rca", *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "100"},
    )
    return done.stdout


@pytest.mark.parametrize(("command", "expected"), blocks(), ids=[command for command, _ in blocks()])
def test_a_console_block_prints_what_the_readme_shows(command: str, expected: str) -> None:
    assert printed(command) == expected


def test_every_exit_status_and_command_is_named() -> None:
    text = README.read_text()
    assert all(re.search(rf"\b{code}\b", text) for code in (0, 1, 2, 3, 4, 130))
    assert all(f"rca {name}" in text for name in ("analyze", "ingest", "changes", "explain", "rules"))


if __name__ == "__main__":  # rewrite the blocks: python tests/test_readme.py
    README.write_text(
        BLOCK.sub(
            lambda match: f"```console\n$ rca {match['command']}\n{printed(match['command'])}```", README.read_text()
        )
    )
