"""`rca redact` as a filter: endless lines, borders of pieces, slow writers, readers that go, disks that are full."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from corpus.draw import ALNUM, Draw

from rca.redact import bulk
from rca.safe import strip

ROOT = Path(__file__).resolve().parent.parent
RCA = [sys.executable, "-m", "rca", "redact"]


def filtered(raw: bytes) -> bytes:
    return b"".join(bulk.lines(io.BytesIO(raw), strip))


@pytest.mark.parametrize("size", [64, 100, 257])
def test_a_key_that_lies_over_the_borders_of_pieces_is_masked(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", size)
    block = Draw(3).pem(9)
    shown = filtered(("before\n" + "\n".join(block) + "\nafter\n").encode()).decode()
    assert not any(line in shown for line in block[1:-1])
    assert shown.startswith("before\n")
    assert shown.endswith("\nafter\n")
    assert shown.count("\n") == len(block) + 2


@pytest.mark.parametrize("offset", range(0, 60, 7))
def test_a_line_without_end_is_parted_where_no_credential_is(offset: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("CHUNK", 300), ("LONGEST", 600), ("TAIL", 400)):
        monkeypatch.setattr(bulk, name, size)
    draw = Draw(offset)
    secrets = [draw.of(ALNUM, 24) for _ in range(40)]
    given = "x" * offset + "".join(
        f" request {n} done; api_token = {secret} and so on" for n, secret in enumerate(secrets)
    )
    shown = filtered(given.encode()).decode()
    assert [secret for secret in secrets if secret[:8] in shown or secret[-8:] in shown] == []
    assert re.sub(r"\[secret:value:[0-9a-f]{4}\]", "@", shown) == re.sub("|".join(secrets), "@", given)


def test_bytes_that_are_no_text_pass_as_they_are() -> None:
    raw = bytes(range(256)) * 40 + b"\npassword=hunter2correct\n\xff\xfe"
    shown = filtered(raw)
    assert b"hunter2" not in shown
    assert shown.split(b"password=", maxsplit=1)[0] == raw.split(b"password=", maxsplit=1)[0]
    assert shown.endswith(b"]\n\xff\xfe")


def test_each_line_of_a_slow_writer_comes_at_once_and_a_reader_may_go() -> None:
    with subprocess.Popen(
        RCA, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as filter_:
        assert filter_.stdin is not None
        assert filter_.stdout is not None
        assert filter_.stderr is not None
        filter_.stdin.write(b"password=hunter2correct\n")
        filter_.stdin.flush()
        assert filter_.stdout.readline().startswith(b"password=[secret:")  # before the writer has ended
        filter_.stdout.close()
        filter_.stdin.write(b"x\n" * 10)
        filter_.stdin.close()
        assert filter_.stderr.read() == b""
        assert filter_.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_behind_standard_output_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(RCA, input=b"a\n", stdout=full, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr == b"rca: standard output: cannot write: No space left on device\n"


def test_every_test_that_the_security_page_names_is_there() -> None:
    page = (ROOT / "SECURITY.md").read_text()
    files = set(re.findall(r"`((?:tests|bench)/[\w./]+)`", page))
    assert len(files) >= 9
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    source = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    names = set(re.findall(r"`(test_\w+)`", page))
    assert names
    assert [name for name in sorted(names) if f"def {name}(" not in source] == []
    rows = [
        line for line in page.partition("## Promises")[2].partition("\n## ")[0].splitlines() if line.startswith("|")
    ]
    told = [
        row for row in rows[2:] if "test" not in row.rpartition("|")[0].rpartition("|")[2] and "the same" not in row
    ]
    assert told == []
