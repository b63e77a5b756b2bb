"""Test Anything Protocol, versions 12 to 14."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from rca.ingest.clip import Clip
from rca.ingest.jsonsource import lines
from rca.ingest.junit_outcome import TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import seconds
from rca.ingest.xmltext import plain

_POINT = re.compile(r"( {0,64})(ok|not ok)\b(?: {1,8}(\d{1,9}))?(?: {1,8}-)? {0,8}(.{0,2000})")
_PLAN = re.compile(r"( {0,64})1\.\.(\d{1,9})(?: {1,8}#\s?(.{0,200}))?")
_DIRECTIVE = re.compile(r"\s#\s{0,8}(skip\w{0,8}|todo)\b:?\s{0,8}(.{0,500})$", re.IGNORECASE)
_TIME = re.compile(r"\s#\s{0,8}time=(\S{1,20})$")
_FIELD = re.compile(
    r"\s{0,64}(message|error|duration_ms|at|file|line|stack|location):\s{1,8}['\"]?(.{0,2000}?)['\"]?\s{0,8}$"
)
_START = re.compile(r"(?:TAP version \d{1,3}\s*$|1\.\.\d{1,9}\s*$|(?:ok|not ok) 1\b)", re.MULTILINE)


def recognise(head: str) -> bool:
    """A version line, a plan or the first test point, among the first lines, and a test point."""
    shown = [line for line in head.splitlines()[:200] if line.strip() and not line.lstrip().startswith("#")]
    begun = any(_START.match(line) for line in shown[:20])  # npm and shells print a few lines before
    return begun and any(_POINT.fullmatch(line) for line in shown[:100])


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The test points. A subtest's points are tests; the point that sums them up is not, unless it alone failed."""
    tap = _Tap()
    for number, raw in lines(data):
        line = plain(raw.decode("utf-8", "replace").rstrip("\r\n")).removeprefix("\ufeff")
        if point := _POINT.fullmatch(line):
            yield from tap.done()
            tap.point(len(point[1]), point[2], point[3], point[4])
        elif plan := _PLAN.fullmatch(line):
            tap.planned = int(plan[2]) if not plan[1] else tap.planned
        elif line.startswith("Bail out!"):
            reading.incomplete(f"line {number}: {line[:300]}")
        elif line.lstrip().startswith("# Subtest:"):
            tap.suites[len(line) - len(line.lstrip())] = line.partition("# Subtest:")[2].strip()[:500]
        elif tap.last is not None and line.strip() not in {"---", "..."}:
            tap.detail.add(line + "\n")
    yield from tap.done()
    if tap.planned is not None and tap.planned > tap.seen:
        reading.incomplete(f"{tap.planned} tests were planned, {tap.seen} reported: the run ended early")


class _Tap:
    """Where in the stream of test points we are."""

    def __init__(self) -> None:
        self.last: Draft | None = None
        self.detail = Clip(TEXT_KEPT)
        self.depth = 0
        self.seen = 0  # points of the outermost level
        self.planned: int | None = None
        self.suites: dict[int, str] = {}  # name of the subtest announced at a depth
        self.failed_below = False

    def done(self) -> Iterator[Draft]:
        """The point before, with the detail that followed it."""
        if self.last is not None:
            yield _done(self.last, self.detail)
            self.last = None

    def point(self, indent: int, result: str, number: str | None, told: str) -> None:
        """A test point."""
        self.seen += indent == 0
        sums_up = indent < self.depth
        self.depth = indent
        if sums_up and (result == "ok" or self.failed_below):
            self.failed_below = self.failed_below and indent > 0
            return
        self.detail = Clip(TEXT_KEPT)
        above = [name for depth, name in sorted(self.suites.items()) if depth < indent]
        self.last = _point(result, number, told, " > ".join(above))
        self.failed_below = indent > 0 and (self.failed_below or self.last.outcome == "failed")


def _point(result: str, number: str | None, told: str, suite: str) -> Draft:
    case = Draft()
    case.suite = suite
    directive = _DIRECTIVE.search(" " + told)
    case.outcome = "passed" if result == "ok" else "failed"
    name = told
    if directive is not None:
        name = (" " + told)[: directive.start()].strip()
        case.outcome = "skipped"  # a TODO that fails is expected to: neither passed nor failed
        case.message = directive[2].strip(" -")
    if taken := _TIME.search(" " + name):
        case.duration_s = seconds(taken[1])
        name = (" " + name)[: taken.start()].strip()
    case.name = name or f"test {number or '?'}"
    return case


def _done(case: Draft, detail: Clip) -> Draft:
    told = detail.text().strip("\n")
    for line in told.splitlines()[:200]:
        field = _FIELD.fullmatch(line)
        if field is None:
            continue
        if field[1] in {"message", "error"} and case.outcome == "failed" and not case.message:
            case.message = field[2]
        elif field[1] == "duration_ms":
            took = seconds(field[2])
            case.duration_s = took / 1000 if took is not None else case.duration_s
        elif field[1] == "file":
            case.file = field[2]
        elif field[1] == "line" and field[2].isdecimal() and len(field[2]) < 10:
            case.line = int(field[2])
    if case.outcome == "failed":
        case.text = told
        case.message = case.message or told.strip().lstrip("# ").partition("\n")[0]
    return case
