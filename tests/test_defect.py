"""An error that nobody foresaw is one line that no host obeys, and never looks like an answer to --fail-on."""

import subprocess
import sys

import pytest

BROKEN = """
import sys
import rca.cli, rca.__main__
def run(argv):
    raise KeyError("a\\n::error::b password=hunter2hunter2 ##[add-mask]c")
rca.cli.run = run
sys.argv = ["rca", *sys.argv[1:]]
rca.__main__.main()
"""


@pytest.mark.parametrize(("options", "lines"), [([], 1), (["--verbose"], 5)])
def test_a_defect_is_defused_redacted_and_exit_status_2(options: list[str], lines: int) -> None:
    done = subprocess.run([sys.executable, "-c", BROKEN, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    told = done.stderr.splitlines()
    assert len(told) >= lines
    assert len(told) == 1 or options
    assert told[0].startswith("rca: defect: KeyError")
    assert "hunter2" not in done.stderr
    assert not [line for line in told if line.lstrip().startswith("::") or "##[" in line]
