"""The manual is complete and true: each command has examples that its own options accept, and the shell completes them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from rca.cli import app
from rca.cli.manual import PAGES

PAGE = Path(__file__).resolve().parent.parent / "templates" / "scale"
ROOT: Any = typer.main.get_command(app)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name."""
    for name, one in ROOT.commands.items():
        below = getattr(one, "commands", None)
        if below is None:
            yield name, one
        else:
            yield from ((f"{name} {under}", two) for under, two in below.items())


COMMANDS = dict(commands())


def test_every_command_has_a_page_and_no_page_is_left_over() -> None:
    assert sorted(COMMANDS) == sorted(PAGES)
    assert all(one in COMMANDS for page in PAGES.values() for one in page.see)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_options_of_every_example_are_real(name: str) -> None:
    typed = [line for _, line in PAGES[name].examples]
    assert typed
    assert all(accepted(line) for line in typed)


def accepted(line: str) -> int:
    """How many commands of ours a line holds; their options and arguments are parsed, and nothing is run."""
    count = 0
    for part in re.split(r" (?:\||&&) ", line):
        words = shlex.split(part.partition(" < ")[0].partition(" > ")[0], comments=True)
        if not words or words[0] != "rca":
            continue
        called = next(full for size in (2, 1) if (full := " ".join(words[1 : 1 + size])) in COMMANDS)
        context = COMMANDS[called].make_context(called, words[2 + called.count(" ") :])
        assert context.info_name == called, line
        count += 1
    return count


def test_the_commands_of_the_page_on_large_logs_are_real() -> None:
    text = (PAGE / "README.md").read_text().replace("\\\n", " ")
    indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    ours = [line.removeprefix("SPARK_MASTER=spark://HOST:7077 ") for line in indented]
    ours += ["rca " + line.partition(" -- ")[2] for line in indented if line.startswith("gcloud dataproc")]
    ours += ["rca " + line.partition("rca.py ")[2] for line in indented if line.startswith("spark-submit")]
    ours += ["rca " + found[1].replace(",", " ") for line in indented if (found := re.search(r" --args=(\S+)", line))]
    assert sum(accepted(line) for line in ours if line.startswith("rca ")) >= 9


def test_the_kubernetes_job_tells_its_pods_how_many_they_are() -> None:
    text = (PAGE / "job.yaml").read_text()
    completions = re.search(r"completions: (\d+)", text)
    told = re.search(r'JOB_COMPLETIONS, value: "(\d+)"', text)
    assert completions is not None
    assert told is not None
    assert completions[1] == told[1]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_option_and_argument_says_what_it_is(name: str) -> None:
    untold = [one.name for one in COMMANDS[name].params if not getattr(one, "help", None)]
    assert untold == []
    assert len(PAGES[name].short) <= 60, "the list of commands cuts it"


def test_the_shell_completes_commands_and_options() -> None:
    for typed, place, expected in (("rca an", "1", "analyze"), ("rca digest --sh", "2", "--shard"), ("rca rules t", "2", "test")):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", "from rca.cli import run; run([])"],
            env={**os.environ, "_RCA_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": place},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.split() == [expected], done.stderr
