"""The event stream of `go test -json` (test2json), alone or mixed with what the compiler and the tests print."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.clip import Clip, clip
from rca.ingest.framing import unframed
from rca.ingest.jsonsource import real, text, values
from rca.ingest.junit_outcome import PASSED_KEPT, TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import instant
from rca.ingest.xmltext import plain
from rca.model.case import Outcome

ENDS: dict[str, Outcome] = {"pass": "passed", "fail": "failed", "skip": "skipped", "bench": "passed"}

_PLACE = re.compile(r"^\s{0,40}([\w./@+-]{1,300}\.go):(\d{1,8}):? ?(.{0,2000})", re.MULTILINE)
TIMED_OUT = "panic: test timed out after"


class _Test:
    """A test that runs, or the package itself."""

    __slots__ = ("draft", "out", "start")

    def __init__(self, package: str, name: str, start: int | None) -> None:
        self.draft = Draft()
        self.draft.suite, self.draft.name = package, name
        self.start = start
        self.out = Clip(TEXT_KEPT)


class _Package:
    """What is known of one package while its events come in."""

    def __init__(self, name: str, start: int | None) -> None:
        self.name = name
        self.running: dict[str, _Test] = {}
        self.passed: set[str] = set()
        self.failed = 0
        self.timed_out = False
        self.own = _Test(name, "(package)", start)

    def output(self, out: str) -> None:
        """The package itself printed something."""
        self.timed_out = self.timed_out or out.startswith(TIMED_OUT)
        self.own.out.add(out)


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The tests of a stream of events. A package that fails without a failing test is one failure, but no test."""
    packages: dict[str, _Package] = {}
    builds: dict[str, Clip] = {}
    stray: list[str] = []
    for event in values(data, reading, stray):
        action, name = text(event.get("Action")), text(event.get("Package"))
        if action in {"build-output", "build-fail"}:
            builds.setdefault(text(event.get("ImportPath")), Clip(TEXT_KEPT)).add(text(event.get("Output")))
            continue
        test = text(event.get("Test"))  # test2json by itself names no package
        if not action or not (name or test):
            reading.seen["events without an action, a package or a test"] += 1
            continue
        at, _ = instant(text(event.get("Time")))
        reading.began(at)
        package = packages.setdefault(name, _Package(name, at))
        if test:
            yield from _test_event(package, test, event, at)
        elif action in {"output", "start"}:
            package.output(text(event.get("Output")))
        elif action in ENDS:
            yield from _unfinished(package, failed=action == "fail")
            if action == "fail" and (not package.failed or package.timed_out):
                yield _package_failure(package, event, at, builds, stray)
            del packages[name]  # a later start is a further run of it
    for name in sorted(packages):
        yield from _unfinished(packages[name], failed=False)


def _test_event(package: _Package, test: str, event: dict[str, Any], at: int | None) -> Iterator[Draft]:
    action = event["Action"]
    if action == "run" or test not in package.running:
        if action in {"pause", "cont", "attr"}:
            return
        package.running[test] = _Test(package.name, test, at if action == "run" else None)
    running = package.running[test]
    if action == "output":
        out = text(event.get("Output"))
        package.timed_out = package.timed_out or out.startswith(TIMED_OUT)
        running.out.add(out)
    elif action == "attr":
        properties = running.draft.properties = running.draft.properties or {}
        properties[text(event.get("Key"))[:200]] = text(event.get("Value"))[:2_000]
    elif action in ENDS:
        del package.running[test]
        yield _done(package, running, ENDS[action], at, real(event.get("Elapsed")))


def _done(package: _Package, running: _Test, outcome: Outcome, at: int | None, elapsed: float | None) -> Draft:
    draft = running.draft
    draft.outcome, draft.duration_s = outcome, elapsed
    draft.end_ns = at
    draft.start_ns = running.start
    if running.start is None and at is not None:
        draft.start_ns = at - round((elapsed or 0.0) * 1_000_000_000)
    whole = plain(running.out.text())
    told = unframed(whole)
    if outcome == "failed":
        package.failed += 1
        draft.text = told or whole
        describe(draft, told)
    elif outcome == "skipped":
        draft.message = clip(told.strip(), 2_000)
    else:
        package.passed.add(draft.name)
        draft.output = clip(told, PASSED_KEPT)
    return draft


def describe(draft: Draft, told: str) -> None:
    """Message, file and line of a failing Go test from what it printed: a panic, else the first `file.go:1: text`."""
    panic = next((line for line in told.splitlines() if line.startswith(("panic:", "fatal error:"))), "")
    place = _PLACE.search(told)
    if place is not None:
        draft.file, draft.line = place[1], int(place[2])
    draft.message = clip(panic or (place[3].strip() if place else "") or told.strip().partition("\n")[0], 2_000)


def _package_failure(
    package: _Package, event: dict[str, Any], at: int | None, builds: dict[str, Clip], stray: list[str]
) -> Draft:
    draft = package.own.draft
    printed = plain(package.own.out.text())
    build = builds.get(text(event.get("FailedBuild")))
    broken = build is not None or "[build failed]" in printed or "[setup failed]" in printed
    compiler = build.text() if build is not None else "\n".join(stray) if broken else ""
    draft.is_test = False
    draft.outcome = "error" if broken else "failed"
    draft.duration_s = real(event.get("Elapsed"))
    draft.start_ns, draft.end_ns = package.own.start, at
    draft.text = "\n".join(filter(None, (plain(compiler).strip(), printed.strip())))
    told = "\n".join(line for line in draft.text.splitlines() if not line.startswith("# "))
    describe(draft, told)
    if package.timed_out:
        draft.message = next(
            (line for line in told.splitlines() if line.startswith(TIMED_OUT)), "the package timed out"
        )
    return draft


def _unfinished(package: _Package, *, failed: bool) -> Iterator[Draft]:
    """Tests that never reported a result: failed; but a subtest of a test that passed is a lost event (golang/go#40771)."""
    for test in list(package.running):
        running = package.running.pop(test)
        root = test.partition("/")[0]
        lost = root != test and root in package.passed
        draft = _done(package, running, "passed" if lost else "failed", None, None)
        if not lost and not draft.message:
            draft.message = f"no result: {package.name} ended while it ran" if failed else "no result in the report"
        yield draft
