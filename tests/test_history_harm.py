"""The memory under harm: killed writers, full and read-only disks, files that are not ours; the analysis always runs."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from remembering import report, run

from rca import cli
from rca.errors import InputUnusableError
from rca.history import open_history
from rca.history.schema import APPLICATION_ID, VERSION

HERE = Path(__file__).parent
KILLS = 30  # bench/memory.py kills 200 times, on a real disk
CONTROL_KILLS = 12
QUICK = Path("/dev/shm")  # a killed process leaves to the file what it wrote, whatever the file lies on


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: no kill waits for a disk."""
    with TemporaryDirectory(dir=QUICK if os.access(QUICK, os.W_OK) else tmp_path) as made:
        yield Path(made)


def _killed(folder: Path, rounds: int, mode: str = "") -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, str(HERE / "killing.py"), str(folder), str(rounds), *([mode] if mode else [])],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parent)))},
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_nothing_acknowledged_is_lost_when_two_writers_are_killed_at_random_points(folder: Path) -> None:
    found = _killed(folder, KILLS)
    assert found["acknowledged"] > KILLS // 2
    assert (found["lost"], found["torn"], found["sound"]) == (0, 0, True)


CONTROLS = [
    ("acknowledged before the commit", "early", lambda found: found["lost"]),
    ("written without a transaction", "torn", lambda found: found["torn"]),
    ("written without a journal", "unjournaled", lambda found: found["lost"] or not found["sound"]),
]


@pytest.mark.parametrize(("sentence", "mode", "harmed"), CONTROLS, ids=[row[0] for row in CONTROLS])
def test_the_kill_test_can_fail(
    folder: Path, sentence: str, mode: str, harmed: Callable[[dict[str, int]], object]
) -> None:
    found = _killed(folder, CONTROL_KILLS, mode)
    assert harmed(found), (sentence, found)


def _foreign(path: Path) -> None:
    made = sqlite3.connect(path)
    made.execute("CREATE TABLE theirs (x)")
    made.close()


def _newer(path: Path) -> None:
    open_history(path).connection.close()
    made = sqlite3.connect(path)
    made.execute(f"PRAGMA user_version = {VERSION + 1}")
    made.close()


def _truncated(path: Path) -> None:
    with open_history(path) as history:
        for hour in range(30):
            made = run(hour, {f"test {hour} {n}": "failed" for n in range(50)})
            history.remember(report(made, {"v1:aa": ("a",)}), (made,))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _scribbled(path: Path) -> None:
    _truncated(path)
    whole = bytearray(path.read_bytes())
    for at in range(4096, len(whole), 512):
        whole[at : at + 64] = b"\xff" * 64
    path.write_bytes(bytes(whole))


def _marked(path: Path) -> None:
    """Ours by its mark, but without a single table of ours."""
    made = sqlite3.connect(path)
    made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    made.execute(f"PRAGMA user_version = {VERSION}")
    made.close()


BROKEN: list[tuple[str, Callable[[Path], object], str]] = [
    ("a database of someone else", _foreign, "not a history of rca"),
    ("written by a newer rca", _newer, "newer rca"),
    ("cut off in the middle", _truncated, "cannot be read"),
    ("overwritten in places", _scribbled, "cannot be read"),
    ("marked as ours, but empty", _marked, "cannot be read"),
    ("a text file", lambda path: path.write_text("hello " * 100), "cannot be read"),
    ("a folder", lambda path: path.mkdir(), "cannot be"),
]


@pytest.mark.parametrize(("sentence", "make", "words"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_memory_that_cannot_be_used_is_one_line_and_the_analysis_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "history"
    make(path)
    status = cli.run(["analyze", str(_junit(tmp_path)), "--format", "json", "--history", str(path)])
    shown = capsys.readouterr()
    assert status == 0, sentence
    told = shown.err.strip().splitlines()
    assert len(told) == 1, told
    assert words in told[0]
    assert str(path) in told[0]
    assert "memory of earlier runs: it was unavailable" in shown.out
    assert cli.run(["history", "list", "--history", str(path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def _junit(folder: Path) -> Path:
    junit = folder / "junit.xml"
    cases = "".join(f'<testcase classname="c" name="case {n} {"x" * 200}"/>' for n in range(400))
    junit.write_text(
        f'<testsuite name="s" tests="401">{cases}<testcase name="b"><failure>no</failure></testcase></testsuite>'
    )
    return junit


def test_a_full_disk_leaves_the_memory_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "history"
    with open_history(path) as history:
        made = run(0, {"a": "failed"})
        history.remember(report(made, {"v1:aa": ("a",)}), (made,))
    limit = path.stat().st_size + 4096
    done = subprocess.run(
        [sys.executable, "-m", "rca", "analyze", str(_junit(tmp_path)), "--format", "json", "--history", str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"]
    assert len(done.stderr.strip().splitlines()) == 1
    assert "cannot be written" in done.stderr
    with open_history(path) as history:
        assert len(history.runs()) == 1
        assert history.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes to what is read-only")
def test_a_read_only_memory_is_read_and_not_written(tmp_path: Path) -> None:
    path = tmp_path / "history"
    open_history(path).connection.close()
    path.chmod(0o400)
    tmp_path.chmod(0o700)
    with open_history(path) as history, pytest.raises(InputUnusableError, match="cannot be written"):
        history.remember(report(run(0, {}), {}))


def test_a_new_memory_keeps_its_promises_to_the_disk(tmp_path: Path) -> None:
    with open_history(tmp_path / "h") as history:
        told = [
            history.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "application_id", "user_version")
        ]
    assert told == ["delete", 2, APPLICATION_ID, VERSION]
