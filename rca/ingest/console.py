"""Console logs of test runs: every runner's reader sees every line, so that a log may hold several kinds of sessions."""

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from rca.ingest.console_js import Jest, Mocha, Vitest
from rca.ingest.console_jvm import Gradle, Maven
from rca.ingest.console_lines import clean
from rca.ingest.console_lines import read as cleaned
from rca.ingest.console_native import Cargo, Go
from rca.ingest.console_pytest import Pytest
from rca.ingest.console_runner import Runner
from rca.ingest.console_unittest import Unittest
from rca.ingest.testdraft import Draft, Reading

RUNNERS: tuple[type[Runner], ...] = (Pytest, Unittest, Jest, Vitest, Mocha, Go, Maven, Gradle, Cargo)


def recognise(head: str) -> bool:
    """Whether a line of `head`, cleaned, is one that only a test runner writes."""
    for line in head.splitlines()[:5_000]:
        text, _ = clean(line[:2_000])
        if text and any(runner.marks.match(text) for runner in RUNNERS):
            return True
    return False


SIGNS = [
    *("test session starts", "short test summary info", " passed", " failed", "Ran ", "ERROR: ", "FAIL: "),
    *("Tests:", "PASS ", "FAIL", "Test Files", " passing (", "=== RUN", "--- PASS", "--- FAIL", "ok  \t"),
    *("T E S T S", "Tests run:", " FAILED", " PASSED", "tests completed", "test result: "),
]
"""Every mark of every runner but the weak ones holds one of these: one search for all of them spares nine regexes a line."""

_SURE = (Pytest, Unittest, Jest, Vitest, Mocha)
"""One line of these is enough; the marks of the others might occur in a service's log once."""


def recognise_late(text: bytes) -> bool:
    """Whether a runner begins further down, below what installing and building printed. 8 MiB take 0.1 s."""
    lines = pl.Series(text.decode("utf-8", "replace").split("\n"), dtype=pl.String).str.slice(0, 2_000)
    likely = lines.filter(lines.str.contains_any(SIGNS)).head(20_000)
    texts = [clean(line)[0] for line in likely]
    return any(
        sum(bool(text and runner.marks.match(text)) for text in texts) >= (1 if runner in _SURE else 2)
        for runner in RUNNERS
    )


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The tests that the log names; those that a summary only counts are in `reading.more`.

    A runner's reader begins with the first line that only it writes: application output looks like results too often.
    """
    waiting = [kind(reading) for kind in RUNNERS]
    active: list[Runner] = []
    recent: deque[str] = deque(maxlen=RECENT)
    for line in cleaned(data, reading):
        for runner in waiting[:]:
            if line and runner.marks.match(line):
                waiting.remove(runner)
                active.append(runner)
                for earlier in recent:  # results may precede the first line that is unmistakable
                    runner.line(earlier)
        if waiting:
            recent.append(line)
        for runner in active:
            runner.line(line)
            if runner.ready:
                yield from runner.ready
                runner.ready = []
    for runner in active:
        runner.close()
        yield from runner.ready
    if not active:
        reading.notes.append("no results of a test runner are in this log")


RECENT = 2_000
"""Lines kept for a runner that is not recognised yet: a mocha run ends with the first line that only mocha writes."""
