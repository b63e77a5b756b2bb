"""Common Test Report Format (ctrf.io): one JSON document, durations in milliseconds."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.errors import InputUnusableError
from rca.ingest.clip import clip
from rca.ingest.jsonsource import document, mapping, natural, objects, real, text
from rca.ingest.junit_outcome import PASSED_KEPT, TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.xmltext import plain
from rca.model.case import Attempt, Outcome
from rca.when import from_epoch

OUTCOMES: dict[str, Outcome] = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "pending": "skipped",
    "other": "skipped",
}


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The tests of a report. Raises InputUnusableError when it has none of the parts that make it one."""
    results = mapping(mapping(document(data, reading)).get("results"))
    tests = results.get("tests")
    if not isinstance(tests, list):
        raise InputUnusableError("no results.tests in it", where=reading.path, hint="CTRF lists the tests there")
    summary = mapping(results.get("summary"))
    for key, name in (("tests", "tests"), ("failed", "failed"), ("skipped", "skipped")):
        reading.declared[key] = int(real(summary.get(name)) or 0)
    for name in ("start", "stop"):
        reading.began(epoch_ms(summary.get(name)))
    for number, test in enumerate(tests):
        name, status = text(mapping(test).get("name")), text(mapping(test).get("status"))
        if not isinstance(test, dict) or not name:
            reading.skipped["test without a name"] += 1
        elif status not in OUTCOMES:
            reading.skipped[f"status {status[:40]!r} is unknown"] += 1
            reading.notes.append(f"results.tests[{number}]: status {status[:40]!r} is unknown")
        else:
            yield _draft(test, name, OUTCOMES[status])


def epoch_ms(value: Any) -> int | None:
    """Nanoseconds of epoch milliseconds; 0 and what is no number mean unknown."""
    number = real(value)
    return from_epoch(number) if number and number > 0 else None


def _draft(test: dict[str, Any], name: str, outcome: Outcome) -> Draft:
    case = Draft()
    suite = test.get("suite")
    case.suite = " > ".join(item for item in suite if isinstance(item, str)) if isinstance(suite, list) else text(suite)
    case.name, case.outcome = name, outcome
    case.duration_s = milliseconds(test.get("duration"))
    case.start_ns, case.end_ns = epoch_ms(test.get("start")), epoch_ms(test.get("stop"))
    case.message = plain(clip(text(test.get("message")), TEXT_KEPT))
    case.text = plain(clip(text(test.get("trace")), TEXT_KEPT))
    case.file = text(test.get("filePath")) or None
    case.line = natural(test.get("line"))
    kept = PASSED_KEPT if outcome == "passed" else TEXT_KEPT
    case.output = plain(clip("\n".join(filter(None, (text(test.get(key)) for key in ("stdout", "stderr")))), kept))
    case.attempts = tuple(
        Attempt(
            outcome=OUTCOMES.get(text(item.get("status")), "skipped"),
            duration_s=milliseconds(item.get("duration")),
            message=plain(clip(text(item.get("message")), TEXT_KEPT)),
            text=plain(clip(text(item.get("trace")), TEXT_KEPT)),
        )
        for item in objects(test.get("retryAttempts"))[:100]
    )
    if not case.attempts and test.get("flaky") is True and outcome == "passed":
        case.attempts = (
            Attempt(outcome="failed", message="marked flaky: an earlier run failed"),
            Attempt(outcome="passed"),
        )
    case.properties = {
        key: clip(str(value), 2_000)
        for key in ("type", "browser", "threadId", "environment", "rawStatus")
        if isinstance(value := test.get(key), str | int | float)
    }
    return case


def milliseconds(value: Any) -> float | None:
    """Seconds of a count of milliseconds; None for what is none or negative."""
    number = real(value)
    return number / 1000 if number is not None and number >= 0 else None
