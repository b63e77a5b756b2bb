"""Event streams, one JSON object a line: dart and flutter, cargo (libtest)."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.clip import clip
from rca.ingest.jsonsource import mapping, natural, real, text, values
from rca.ingest.junit_outcome import TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.xmltext import plain
from rca.model.case import Outcome

CARGO: dict[str, Outcome] = {"ok": "passed", "failed": "failed", "timeout": "failed", "ignored": "skipped"}


def dart(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """`dart test --reporter json`: hidden tests (loading) count only when they fail; times count from an unknown start."""
    suites: dict[str, str] = {}
    running: dict[str, tuple[Draft, float]] = {}
    done = False
    for event in values(data, reading):
        kind = text(event.get("type"))
        if kind == "suite":
            suite = mapping(event.get("suite"))
            suites[str(suite.get("id"))] = text(suite.get("path"))
        elif kind == "testStart":
            about = mapping(event.get("test"))
            running[str(about.get("id"))] = _dart_case(about, suites), real(event.get("time")) or 0.0
        elif kind == "testDone" and str(event.get("testID")) in running:
            case, begun = running.pop(str(event.get("testID")))
            if _dart_done(case, begun, event):
                yield case
        elif str(event.get("testID")) in running:
            _dart_told(running[str(event.get("testID"))][0], event)
        done = done or kind == "done"
    for case, _ in running.values():
        case.outcome, case.message = "error", case.message or "no result: the run ended while it ran"
        yield case
    if not done:
        reading.incomplete("the stream has no end: the run was killed, or still runs")


def _dart_told(case: Draft, event: dict[str, Any]) -> None:
    if event.get("type") == "error":
        message, stack = text(event.get("error")), text(event.get("stackTrace"))
        case.message = case.message or plain(clip(message, TEXT_KEPT)).strip()
        case.text = plain(clip("\n".join(filter(None, (case.text, message, stack))), TEXT_KEPT))
    elif event.get("type") == "print":
        case.output = clip("\n".join(filter(None, (case.output, plain(text(event.get("message")))))), TEXT_KEPT)


def _dart_done(case: Draft, begun: float, event: dict[str, Any]) -> bool:
    """Take the result; whether the case is to be told of."""
    result = text(event.get("result"))
    case.outcome = "passed" if result == "success" else "error" if result == "error" else "failed"
    if event.get("skipped") is True:
        case.outcome = "skipped"
    case.duration_s = max(0.0, (real(event.get("time")) or 0.0) - begun) / 1000
    return event.get("hidden") is not True or case.outcome in {"failed", "error"}


def _dart_case(about: dict[str, Any], suites: dict[str, str]) -> Draft:
    case = Draft()
    case.suite = suites.get(str(about.get("suiteID")), "")
    case.name = text(about.get("name"))
    case.file = case.suite or None
    case.line = natural(about.get("root_line") or about.get("line"))
    reason = mapping(about.get("metadata")).get("skipReason")
    case.message = text(reason)
    return case


def cargo(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """`cargo test -- -Z unstable-options --format json`: a suite that ends without results of its tests names them."""
    running: list[str] = []
    number, expected = 0, 0
    stray: list[str] = []
    for event in values(data, reading, stray):
        kind, what, name = text(event.get("type")), text(event.get("event")), text(event.get("name"))
        if kind == "suite" and what == "started":
            number += 1
            expected += int(real(event.get("test_count")) or 0)
        elif kind == "test" and what == "started":
            running.append(name)
        elif kind in {"test", "bench"} and (what in CARGO or kind == "bench"):
            if name in running:
                running.remove(name)
            case = Draft()
            module, _, last = name.rpartition("::")
            case.classname, case.name = module, last
            case.suite = f"suite {number}" if number > 1 else ""
            case.outcome = CARGO.get(what, "passed")
            case.duration_s = real(event.get("exec_time"))
            case.output = plain(clip(text(event.get("stdout")), TEXT_KEPT))
            if case.outcome == "failed":
                case.text, case.output = case.output, ""
                case.message = text(event.get("message")) or panic_line(case.text) or what
            yield case
    for name in running:
        case = Draft()
        case.classname, _, case.name = name.rpartition("::")
        case.outcome, case.message = "error", "no result: the run ended while it ran"
        yield case
    reading.declared["tests"] = expected


def panic_line(whole: str) -> str:
    """What a Rust panic says: since 1.73 the line after "panicked at file:1:2:", before the words in quotes."""
    rows = whole.splitlines()
    for number, row in enumerate(rows):
        if "panicked at" in row:
            told = row.partition("panicked at")[2].strip()
            below = rows[number + 1].strip() if told.endswith(":") and number + 1 < len(rows) else ""
            return clip(below or told.strip("'"), 2_000)
    return ""
