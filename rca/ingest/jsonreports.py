"""JSON and TAP reports of other runners: what marks each, and which reader takes it."""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from rca.errors import InputUnusableError
from rca.ingest import ctrf, gotest, jsonevents, jsonjs, jsonothers, tap
from rca.ingest.jsonsource import first_keys, utf8
from rca.ingest.testdraft import Draft, Reading

HEAD = 64 << 10
_LINE = re.compile(r"\n(?:\{\s*\"|\[\s*\{)")
_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"

Keys = Mapping[str, str]
Reader = Callable[[BinaryIO, Reading], Iterator[Draft]]


def _has(*names: str) -> Callable[[Keys], bool]:
    return lambda keys: all(name in keys for name in names)


FORMATS: tuple[tuple[Callable[[Keys], bool], Reader], ...] = (
    (lambda keys: keys.get("reportFormat", "").startswith('"CTRF"'), ctrf.read),
    (lambda keys: '"tool"' in keys.get("results", "") and "[" not in keys, ctrf.read),
    (lambda keys: "Action" in keys and not {"Package", "ImportPath", "Test"}.isdisjoint(keys), gotest.read),
    (_has("protocolVersion", "runnerVersion", "type"), jsonevents.dart),
    (lambda keys: keys.get("type", "").startswith(('"suite"', '"test"')) and "event" in keys, jsonevents.cargo),
    (_has("numTotalTests", "testResults"), jsonjs.jest),
    (_has("numTotalTests", "numFailedTestSuites"), jsonjs.jest),
    (lambda keys: '"passes"' in keys.get("stats", "") and "results" in keys, jsonjs.mochawesome),
    (lambda keys: '"passes"' in keys.get("stats", "") and ("tests" in keys or "failures" in keys), jsonjs.mocha),
    (lambda keys: "suites" in keys and "config" in keys and '"configFile"' in keys["config"], jsonjs.playwright),
    (lambda keys: "examples" in keys and ("summary" in keys or "version" in keys), jsonothers.rspec),
    (_has("exitcode", "created", "root"), jsonothers.pytest_json),
    (_has("[", "elements", "keyword"), jsonothers.cucumber),
    (_has("[", "uri", "keyword"), jsonothers.cucumber),
)
"""How the outermost keys of its first object tell a format, and its reader. The first that fits takes the file."""


def find(head: bytes) -> Reader | None:
    """The reader for what begins with `head`."""
    shown = utf8(head[:HEAD]).decode("utf-8", "replace")
    keys = first_keys(shown[_start(shown) :])
    found = next((reader for fits, reader in FORMATS if fits(keys)), None) if keys else None
    return found or (tap.read if tap.recognise(shown) else None)


def _start(shown: str) -> int:
    """Where the JSON begins: at the start, or below what the compiler, npm or a shell printed before."""
    at = len(shown) - len(shown.lstrip("\ufeff \t\r\n"))
    if shown.startswith(("{", "["), at):
        return at
    found = _LINE.search(shown)
    return found.start() + 1 if found else 0


def recognise(head: bytes) -> bool:
    """Whether `head` begins a report of one of the formats."""
    return find(head) is not None


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The tests of such a report."""
    head = data.read(HEAD)
    reader = find(head)
    if reader is None:
        raise InputUnusableError("not a JSON or TAP report that rca reads", where=reading.path)
    before = _LINE.search(head.decode("latin-1")) if not head.lstrip(_BLANK).startswith((b"{", b"[")) else None
    if before is not None and reader not in {gotest.read, tap.read}:  # these two make something of other lines
        head = head[before.start() + 1 :]
    yield from reader(io.BufferedReader(_Again(head, data)), reading)


class _Again(io.RawIOBase):
    """A stream whose beginning was already taken."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self.head = head
        self.rest = rest

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """The head first, then the rest."""
        piece, self.head = (
            (self.head[: len(buffer)], self.head[len(buffer) :]) if self.head else (self.rest.read(len(buffer)), b"")
        )
        buffer[: len(piece)] = piece
        return len(piece)
