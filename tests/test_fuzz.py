"""A short run of the fuzzer over the readers and the redaction; the long one is in bench/results/fuzz.txt."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SECONDS = "15"


def test_the_fuzzer_finds_nothing_in_a_short_run(tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed (extra rca[fuzz]; it has no wheel for every Python)")
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "fuzz.py"), SECONDS], capture_output=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:].decode("utf-8", "replace")


def test_seeded_mutations_of_the_corpus_keep_every_oracle(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "bench" / "fuzz.py"), "3", "--mutate"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-3000:].decode("utf-8", "replace")
    assert b"0 findings" in done.stdout
