"""Nothing leaves the machine unless a live source is asked for, and no file is opened beside those that were named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WATCH = """
import json, os, sys
seen = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
def hook(event, args):
    if event.startswith("socket.") and event not in {"socket.__new__"}:
        seen.append([event, repr(args[1:])])
    elif event in {"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork"}:
        seen.append([event, repr(args[:1])])
    elif event == "open" and isinstance(args[0], (str, bytes)):
        mode, flags = args[1], args[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (mode is None and flags & WRITING):
            seen.append(["write", os.fsdecode(args[0])])
    elif event in {"os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "os.truncate", "shutil.rmtree", "sqlite3.connect"}:
        inside = isinstance(args[-1], int) and args[-1] >= 0  # in an open folder: the temporary one that is being removed
        seen.extend([] if inside else [[event, str(args[0])]])
sys.addaudithook(hook)
sys.dont_write_bytecode = True
from rca.cli import run
status = run(json.loads(sys.argv[1]))
sys.stderr.write("SEEN" + json.dumps([status, seen]))
"""
INCIDENT = str(ROOT / "fixtures" / "missing-module" / "input")


def watched(words: list[str], home: Path) -> list[tuple[str, str]]:
    """Sockets, processes and writes of one command line, as the interpreter's audit hook sees them (PEP 578)."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, json.dumps(words)], capture_output=True, check=True, cwd=ROOT, stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CACHE_HOME": str(home)},
    )  # fmt: skip
    status, seen = json.loads(done.stderr.decode().rpartition("SEEN")[2])
    assert status in {0, 1, 2, 3}, done.stderr
    return [(event, what) for event, what in seen]


QUIET = ("analyze {i} --no-history", "ingest {i}", "changes {i}", "signatures {i}/logs.jsonl", "rules list", "verify {i}", "diff {i} {i}")  # fmt: skip


@pytest.mark.parametrize("line", QUIET)
def test_a_command_that_only_prints_opens_no_socket_and_writes_no_file(line: str, tmp_path: Path) -> None:
    seen = watched(line.format(i=INCIDENT).split(), tmp_path)
    programs = [what for event, what in seen if event == "subprocess.Popen"]
    assert all("git" in what for what in programs), programs  # the bundle of the incident
    own = [
        (event, what)
        for event, what in seen
        if event != "subprocess.Popen" and "/rca-git-" not in what and what != os.devnull
    ]
    assert [one for one in own if not one[1].startswith(("/tmp", "/dev/"))] == []
    assert [one for one in own if one[0].startswith("socket.")] == []
    assert list(tmp_path.iterdir()) == []


def test_a_report_and_the_memory_are_written_where_they_were_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    words = ["analyze", INCIDENT, "-o", str(tmp_path / "r.json"), "--history", str(tmp_path / "h.sqlite"), "-q"]
    watched(words, home)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["h.sqlite", "home", "r.json"]
    assert list(home.iterdir()) == []


def test_the_watcher_sees_a_socket(tmp_path: Path) -> None:
    """The control: a live source does open one, so silence above means something."""
    seen = watched(["analyze", "gs://bucket-that-is-not/x", "--no-history"], tmp_path)
    assert any(event.startswith("socket.") for event, _ in seen)
