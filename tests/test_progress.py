"""Long reading says how far it is, on standard error only: alive on a terminal, now and then in a log, not for short work."""

import gzip
import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from corpus.broken import NDJSON

from rca import ingest
from rca.cli.progress import ERASE, Line, quantity, span
from rca.digest import digest
from rca.gather import Request, gather


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def told(*, live: bool, steps: list[tuple[float, int]], total: int | None) -> str:
    """What is written when so many bytes (and a tenth as many records) came at these times."""
    out, clock = io.StringIO(), Clock()
    line = Line(out, live=live, clock=clock)
    line.expect(total)
    for clock.now, size in steps:
        line.advance(size, size // 10)
    line.end()
    return out.getvalue()


STEADY = [(float(second), 10_000_000) for second in range(1, 41)]


def test_a_log_gets_a_line_every_ten_seconds_with_rate_and_time_left() -> None:
    assert told(live=False, steps=STEADY, total=400_000_000).splitlines() == [
        "rca: read 100 MB of 400 MB (25 %), 10 MB/s, 1,000,000 records/s, 30 s left",
        "rca: read 200 MB of 400 MB (50 %), 10 MB/s, 1,000,000 records/s, 20 s left",
        "rca: read 300 MB of 400 MB (75 %), 10 MB/s, 1,000,000 records/s, 10 s left",
        "rca: read 400 MB of 400 MB (100 %), 10 MB/s, 1,000,000 records/s, putting it together",
    ]


def test_where_the_whole_is_not_known_no_time_left_is_made_up() -> None:
    first = told(live=False, steps=STEADY, total=None).splitlines()[0]
    assert first == "rca: read 100 MB, 10 MB/s, 1,000,000 records/s"


def test_short_work_says_nothing() -> None:
    assert not told(live=False, steps=STEADY[:9], total=400_000_000)
    assert not told(live=True, steps=[(0.5, 1), (0.9, 1)], total=2)


def test_a_terminal_has_one_line_that_is_taken_away_at_the_end() -> None:
    text = told(live=True, steps=STEADY, total=400_000_000)
    assert "\n" not in text
    assert text.count(ERASE) == len(STEADY) + 1
    assert text.endswith(ERASE)


def test_a_file_that_grows_while_it_is_read_is_never_more_than_whole() -> None:
    assert "(100 %)" in told(live=False, steps=[(10.0, 600)], total=400)


def test_amounts_and_times_as_people_say_them() -> None:
    amounts = {0: "0 B", 950: "950 B", 1200: "1.2 kB", 47_000_000: "47 MB", 3_411_000_000: "3.41 GB", 2 * 10**12: "2.00 TB"}  # fmt: skip
    assert {size: quantity(size) for size in amounts} == amounts
    times = {0.2: "1 s", 59.4: "59 s", 80: "1 min 20 s", 7500: "2 h 5 min"}
    assert {seconds: span(seconds) for seconds in times} == times


class Sum:
    """Someone who is told, and adds up."""

    def __init__(self) -> None:
        self.expected: list[int | None] = []
        self.size = self.records = 0

    def expect(self, size: int | None) -> None:
        """Told the whole."""
        self.expected.append(size)

    def advance(self, size: int, records: int) -> None:
        """Told a part."""
        self.size += size
        self.records += records


def test_every_byte_and_record_is_told_of_once_compressed_or_not(tmp_path: Path) -> None:
    lines = NDJSON * 50
    (tmp_path / "a.jsonl").write_bytes(lines)
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "c.log").write_bytes(b"2025-01-01T00:00:00Z ERROR it failed\n" * 900)
    whole = sum(path.stat().st_size for path in tmp_path.iterdir())
    for read in (
        lambda sums: gather(Request(paths=[str(tmp_path)], progress=sums)),
        lambda sums: digest([str(tmp_path)], progress=sums),
    ):
        sums = Sum()
        read(sums)
        assert sums.expected[0] == whole
        assert sums.size == whole
        assert sums.records == 2 * 50 * NDJSON.count(b"\n") + 900


def test_nobody_needs_to_be_told() -> None:
    assert list(ingest.read(["-"], stdin=io.BytesIO(NDJSON)))


@pytest.mark.parametrize("quiet", [False, True])
def test_a_person_at_a_terminal_sees_it_and_standard_output_does_not(quiet: bool) -> None:
    """A slow pipe: blocks keep coming until the line is seen, or, where none may come, for three seconds."""
    words = ["analyze", "-", "--no-history", "--format", "json", *(["-q"] if quiet else [])]
    block = NDJSON * (1 + 300_000 // len(NDJSON))  # more than is read at a time
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "CI"} | {"TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "rca", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, env=environ
    ) as child:  # fmt: skip
        os.close(theirs)
        assert child.stdin is not None
        assert child.stdout is not None
        said, until = bytearray(), time.monotonic() + (3 if quiet else 60)
        while b"read" not in said and time.monotonic() < until:
            child.stdin.write(block)
            said += heard(ours, 0.2)
        child.stdin.close()
        out = child.stdout.read()
        while more := heard(ours, 5):
            said += more
    assert child.returncode == 0
    assert out.startswith(b"{\n")
    assert (b"rca: read" in said) is not quiet
    assert said.endswith(ERASE.encode()) is not quiet


def heard(terminal: int, seconds: float) -> bytes:
    """What is said on a terminal within some time; nothing once the other side has closed it."""
    if not select.select([terminal], [], [], seconds)[0]:
        return b""
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's way of saying so
        return b""
