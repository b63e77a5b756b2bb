"""Three hundred and more broken inputs through the real command line: status, what is kept, conservation, no traceback."""

import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus.broken import NDJSON, XML, Case, N, cases

from rca import rules
from rca.cli import run

FORMATS = ("text", "md", "html", "json", "github", "sarif")
CASES = list(cases())
SECONDS, MEMORY = 10, 1 << 30
HEAVY = {"ndjson-100-mb-line", "junit-huge-text", "junit-huge-attribute", "lines-endless-line", "gzip-bomb", "gzip-newlines", "zip-bomb", "junit-attributes"}  # fmt: skip
Capture = pytest.CaptureFixture[bytes]
SHARES = 16


@pytest.fixture(autouse=True)
def rules_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The built-in rules are the same for every input: proving them is the work of other tests."""
    held = rules.load([rules.builtin()])
    real = rules.load
    monkeypatch.setattr(
        rules, "load", lambda dirs, *more, **named: held if len(dirs) == 1 else real(dirs, *more, **named)
    )


def arguments(case: Case, folder: Path) -> list[str]:
    for name, content in {case.name: case.content, **case.more}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    given = folder / case.name
    if not case.option:
        return [str(given)]
    return [str(folder / "logs"), case.option, str(given.parent if case.option == "--rules" else given)]


def wrong(case: Case, folder: Path, capsysbinary: Capture, fmt: str) -> Iterator[str]:
    """What does not come out as the manifest says."""
    given = arguments(case, folder)
    began = time.monotonic()
    status = run(
        [
            "analyze",
            *given,
            "--no-history",
            "--format",
            "json",
            "-o",
            f"{fmt}={folder / 'report'}",
            "-o",
            f"json={folder / 'json'}",
            "-q",
        ]
    )
    took = time.monotonic() - began
    out, err = capsysbinary.readouterr()
    if status not in case.status:
        yield f"status {status}: {err.decode()[:200]}"
    if took > SECONDS:
        yield f"took {took:.0f} s"
    if b"Traceback (most recent" in err or len(err.splitlines()) > (1 if status else 0) or out:
        yield f"printed {err[:200]!r}"
    if status:
        return
    report = json.loads((folder / "json").read_bytes())
    for source in report["coverage"]["sources"]:
        if source["read"] != source["kept"] + source["duplicates"] + source["skipped"]:
            yield f"not conserved: {source}"
        if source["skipped"] and not source["skipped_reasons"]:
            yield "skipped without a reason"
    kept = sum(source["kept"] for source in report["coverage"]["sources"])
    if kept < (case.kept or (N if case.more else 0)):
        yield f"kept {kept} of {case.kept}"
    if not (folder / "report").stat().st_size:
        yield "an empty report"


def test_there_are_three_hundred_and_all_have_names() -> None:
    assert len(CASES) >= 300
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("share", range(SHARES))
def test_every_broken_input_comes_out_as_the_manifest_says(share: int, tmp_path: Path, capsysbinary: Capture) -> None:
    found = []
    for number, case in enumerate(CASES):
        if number % SHARES == share and case.id not in HEAVY:
            folder = tmp_path / str(number)
            found += [f"{case.id}: {one}" for one in wrong(case, folder, capsysbinary, FORMATS[number % len(FORMATS)])]
    assert found == [], "\n".join(found)


LIBC = ctypes.CDLL(None, use_errno=True)
DROP, READ_ALL = 24, (1, 2)  # PR_CAPBSET_DROP; CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, see prctl(2), capabilities(7)


def limited() -> None:
    """In the child: one GiB of data, and no right to read what its owner closed, which conceals permission errors."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    for capability in READ_ALL if os.getuid() == 0 else ():
        LIBC.prctl(DROP, capability, 0, 0, 0)


@pytest.mark.parametrize("case", [case for case in CASES if case.id in HEAVY], ids=lambda case: case.id)
def test_a_bomb_is_defused_within_a_gibibyte_and_ten_seconds(case: Case, tmp_path: Path) -> None:
    given = arguments(case, tmp_path)
    began = os.times().children_user
    done = subprocess.run(
        [sys.executable, "-m", "rca", "ingest", *given, "--format", "json"],
        capture_output=True, check=False, preexec_fn=limited, cwd="/", env={**os.environ, "POLARS_MAX_THREADS": "2"},
    )  # fmt: skip
    assert done.returncode in case.status, done.stderr[-400:]
    assert b"Traceback" not in done.stderr
    assert os.times().children_user - began < SECONDS
    if not done.returncode:
        for source in json.loads(done.stdout)["sources"]:
            assert source["read"] == source["kept"] + source["duplicates"] + source["skipped"]


def places(folder: Path) -> dict[str, tuple[list[str], int]]:
    """What is no plain file: how it is given, and the status."""
    (folder / "good.jsonl").write_bytes(NDJSON)
    (folder / "loop").symlink_to(folder / "loop")
    (folder / "dangling").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    (folder / "closed").write_bytes(NDJSON)
    (folder / "closed").chmod(0)
    (folder / "locked").mkdir()
    (folder / "locked").chmod(0)
    odd = folder / "odd\n\x1b[31m::error::\u202e-name"
    odd.mkdir()
    (odd / os.fsdecode(b"\xff\xfe")).write_bytes(NDJSON)
    (folder / "-dash").write_bytes(NDJSON)
    (folder / "cycle").mkdir()
    (folder / "cycle" / "again").symlink_to(folder / "cycle")
    (folder / "cycle" / "tests.xml").write_bytes(XML)
    return {
        "a loop of links": ([str(folder / "loop")], 2),
        "a link to nowhere": ([str(folder / "dangling")], 2),
        "a named pipe": ([str(folder / "pipe")], 2),
        "a device": (["/dev/zero"], 2),
        "a file without permission": ([str(folder / "closed")], 2),
        "a folder without permission": ([str(folder / "locked")], 2),
        "an odd name": ([str(odd)], 0),
        "a name like an option": (["--", "-dash"], 0),
        "a folder that holds itself": ([str(folder / "cycle")], 0),
        "a folder with all of these in it": ([str(folder)], 0),
        "a name with a NUL": ([str(folder / "good.jsonl"), ""], 2),
        "a name far too long": (["x" * 5000], 2),
    }


def test_what_is_no_plain_file_never_blocks_and_never_surprises_an_ordinary_user(tmp_path: Path) -> None:
    folder = tmp_path / "places"
    folder.mkdir()
    table = places(folder)
    wrongly = []
    for what, (given, status) in table.items():
        done = subprocess.run(
            [sys.executable, "-m", "rca", "ingest", *given], capture_output=True, check=False, preexec_fn=limited, cwd=folder, timeout=60
        )  # fmt: skip
        lines = done.stderr.splitlines()
        if (
            done.returncode != status
            or b"Traceback" in done.stderr
            or len(lines) > 1
            or b"\x1b" in done.stdout + done.stderr
        ):
            wrongly.append((what, done.returncode, done.stderr[-300:]))
    assert wrongly == []
