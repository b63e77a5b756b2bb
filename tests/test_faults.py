"""A disk that is full, broken, closed or read-only: what stood there stays, one line says so, and the status is 2."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from corpus.broken import NDJSON

from rca import rules
from rca.cli import run

FAULTS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "EACCES": errno.EACCES, "EROFS": errno.EROFS}
CALLS = ("tempfile.mkstemp", "os.fsync", "pathlib.Path.replace")
"""Every call by which a report or a digest reaches the disk, in order: each fails in turn. `write` fails below, for real."""
Capture = pytest.CaptureFixture[bytes]


def words(command: str, folder: Path) -> list[str]:
    """The command line that writes `folder`/old, which holds something already."""
    (folder / "logs").write_bytes(NDJSON)
    (folder / "old.json").write_bytes(b"old")
    more = ["--no-history", "-q"] if command == "analyze" else []
    return [command, str(folder / "logs"), "-o", str(folder / "old.json"), *more]


def failing(code: int) -> Callable[..., NoReturn]:
    """A call that fails with `code`."""

    def fail(*_given: object, **_named: object) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("command", ["analyze", "digest"])
def test_the_old_file_survives_a_fault_at_every_step(
    command: str, call: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Capture
) -> None:
    held = rules.load([rules.builtin()])
    monkeypatch.setattr(rules, "load", lambda *_, **__: held)
    given = words(command, tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(call, failing(FAULTS[fault]))
        status = run(given)
    lines = capsysbinary.readouterr().err.decode().splitlines()
    assert status == 2
    assert len(lines) == 1, lines
    assert os.strerror(FAULTS[fault]) in lines[0]
    assert "old.json" in lines[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "old.json"]
    assert (tmp_path / "old.json").read_bytes() == b"old"


def small() -> None:
    """In the child: no file may grow beyond 900 bytes; writing on gives EFBIG, as a full disk gives ENOSPC."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))


@pytest.mark.parametrize("command", ["analyze", "digest"])
def test_a_write_that_really_fails_half_way_leaves_the_old_file(command: str, tmp_path: Path) -> None:
    given = words(command, tmp_path)
    done = subprocess.run([sys.executable, "-m", "rca", *given], capture_output=True, check=False, preexec_fn=small)
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (tmp_path / "old.json").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "old.json"]


def test_a_memory_that_cannot_grow_stays_as_it_was_and_the_report_is_still_written(tmp_path: Path) -> None:
    (tmp_path / "logs").write_bytes(NDJSON)
    (tmp_path / "more").write_bytes(NDJSON.replace(b"worker", b"other"))
    rca = [sys.executable, "-m", "rca", "analyze", "--history", str(tmp_path / "h"), "--format", "json"]
    subprocess.run([*rca, str(tmp_path / "logs")], capture_output=True, check=True)
    before = (tmp_path / "h").read_bytes()
    done = subprocess.run([*rca, str(tmp_path / "more")], capture_output=True, check=False, preexec_fn=small)
    assert done.returncode == 0
    assert done.stdout.startswith(b"{")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert b"memory" in done.stderr
    shown = subprocess.run(
        [*rca[:3], "history", "list", "--history", str(tmp_path / "h")], capture_output=True, check=True
    )
    assert shown.stdout.count(b"\n") >= 1
    assert len(before) == (tmp_path / "h").stat().st_size


def test_without_the_care_the_old_file_is_lost(tmp_path: Path) -> None:
    """The control: a plain open-and-write under the same limit destroys what stood there."""
    (tmp_path / "old").write_bytes(b"old")
    plain = f"open({str(tmp_path / 'old')!r}, 'wb').write(b'x' * 5000)"
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, check=False, preexec_fn=small)
    assert done.returncode != 0
    assert (tmp_path / "old").read_bytes() != b"old"
