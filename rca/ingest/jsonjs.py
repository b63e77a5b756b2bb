"""JSON of JavaScript runners: mocha, mochawesome, jest and vitest, playwright."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.clip import clip
from rca.ingest.ctrf import epoch_ms, milliseconds
from rca.ingest.jsonsource import document, mapping, natural, objects, real, strings, text
from rca.ingest.junit_outcome import TEXT_KEPT
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import instant
from rca.ingest.xmltext import plain
from rca.model.case import Attempt, Outcome

JEST: dict[str, Outcome] = {
    "passed": "passed", "failed": "failed", "pending": "skipped", "skipped": "skipped", "todo": "skipped", "disabled": "skipped",
}  # fmt: skip
PLAYWRIGHT: dict[str, Outcome] = {
    "passed": "passed", "failed": "failed", "timedOut": "failed", "interrupted": "error", "skipped": "skipped",
}  # fmt: skip


def jest(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """`jest --json` and vitest's json: a file that could not be loaded has no results, and is one error."""
    report = mapping(document(data, reading))
    reading.declared["tests"] = int(real(report.get("numTotalTests")) or 0)
    reading.declared["failed"] = int(real(report.get("numFailedTests")) or 0)
    reading.declared["skipped"] = int(
        (real(report.get("numPendingTests")) or 0) + (real(report.get("numTodoTests")) or 0)
    )
    reading.began(epoch_ms(report.get("startTime")))
    for suite in objects(report.get("testResults")):
        file = text(suite.get("name")) or text(suite.get("testFilePath"))
        start = epoch_ms(suite.get("startTime"))
        results = objects(suite.get("assertionResults") or suite.get("testResults"))
        for result in results:
            case = _jest_case(result, file)
            case.start_ns = epoch_ms(result.get("startAt")) or (start if len(results) == 1 else None)
            yield case
        if not results and suite.get("status") == "failed":
            reading.declared["tests"] += 1
            case = Draft()
            case.suite, case.name, case.file, case.outcome = file, "(file)", file, "error"
            case.text = plain(clip(text(suite.get("message")) or text(suite.get("failureMessage")), TEXT_KEPT))
            case.message = first_line(case.text.replace("● Test suite failed to run", ""))
            case.start_ns, case.end_ns = start, epoch_ms(suite.get("endTime"))
            yield case


def _jest_case(result: dict[str, Any], file: str) -> Draft:
    case = Draft()
    case.suite, case.file = file, file or None
    case.classname = " ".join(strings(result.get("ancestorTitles")))
    case.name = text(result.get("title")) or text(result.get("fullName"))
    case.outcome = JEST.get(text(result.get("status")), "error")
    case.duration_s = milliseconds(result.get("duration"))
    case.line = natural(mapping(result.get("location")).get("line"))
    messages = [plain(item) for item in strings(result.get("failureMessages"))]
    if case.outcome in {"failed", "error"}:
        case.text = clip("\n\n".join(messages), TEXT_KEPT)
        case.message = first_line(case.text)
    runs = result.get("invocations")
    reasons = strings(result.get("retryReasons"))
    if isinstance(runs, int) and runs > 1 and reasons:
        failed = [
            Attempt(outcome="failed", message=first_line(plain(item)), text=plain(clip(item, TEXT_KEPT)))
            for item in reasons[:100]
        ]
        case.attempts = (*failed, Attempt(outcome=case.outcome, message=case.message))
    return case


def first_line(whole: str) -> str:
    """The first line that is not blank, cut."""
    return clip(next((line.strip() for line in whole.splitlines() if line.strip()), ""), 2_000)


def mocha(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """Mocha's json reporter: a failed hook is among the failures only, and is an error of its own."""
    report = mapping(document(data, reading))
    stats = mapping(report.get("stats"))
    start, zoned = instant(text(stats.get("start")))
    end, _ = instant(text(stats.get("end")))
    reading.zone_known = zoned
    reading.began(start)
    reading.began(end)
    tests = objects(report.get("tests"))
    pending = {text(item.get("fullTitle")) for item in objects(report.get("pending"))}
    told = {text(item.get("fullTitle")) for item in tests}
    for test in tests:
        yield _mocha_case(test, skipped=text(test.get("fullTitle")) in pending)
    for failure in objects(report.get("failures")):
        if text(failure.get("fullTitle")) not in told:
            case = _mocha_case(failure, skipped=False)
            case.outcome = "error"
            yield case


def _mocha_case(test: dict[str, Any], *, skipped: bool) -> Draft:
    case = Draft()
    title, full = text(test.get("title")), text(test.get("fullTitle"))
    case.classname = full.removesuffix(title).strip() if title else ""
    case.name = title or full
    case.file = text(test.get("file")) or None
    case.duration_s = milliseconds(test.get("duration"))
    error = mapping(test.get("err"))
    if error and (error.get("message") or error.get("stack") or error.get("estack")):
        case.outcome = "failed"
        case.message = plain(clip(text(error.get("message")), TEXT_KEPT)) or first_line(plain(text(error.get("stack"))))
        case.text = plain(clip(text(error.get("stack")) or text(error.get("estack")) or case.message, TEXT_KEPT))
    elif skipped or test.get("pending") is True or test.get("skipped") is True or test.get("state") == "pending":
        case.outcome = "skipped"
    elif test.get("fail") is True or test.get("state") == "failed":
        case.outcome = "failed"
    return case


def mochawesome(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """Mochawesome and Cypress: suites in suites; a failed hook is an error."""
    report = mapping(document(data, reading))
    stats = mapping(report.get("stats"))
    for name in ("start", "end"):
        reading.began(instant(text(stats.get(name)))[0])
    waiting = [(suite, text(suite.get("file")), "") for suite in reversed(objects(report.get("results")))]
    while waiting:
        suite, file, above = waiting.pop()
        file = text(suite.get("file")) or file
        name = " ".join(filter(None, (above, text(suite.get("title")))))
        hooks = [*objects(suite.get("beforeHooks")), *objects(suite.get("afterHooks"))]
        for test in [*objects(suite.get("tests")), *(hook for hook in hooks if hook.get("fail") is True)]:
            case = _mocha_case(test, skipped=False)
            case.suite, case.classname, case.file = file, name, file or None
            case.outcome = "error" if test in hooks else case.outcome
            yield case
        waiting += [(inner, file, name) for inner in reversed(objects(suite.get("suites")))]


def playwright(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """Playwright's json: specs in suites; each project's test is a test, its results are attempts."""
    report = mapping(document(data, reading))
    reading.began(instant(text(mapping(report.get("stats")).get("startTime")))[0])
    waiting = [(suite, "") for suite in reversed(objects(report.get("suites")))]
    while waiting:
        suite, above = waiting.pop()
        name = " › ".join(filter(None, (above, text(suite.get("title")))))
        for spec in objects(suite.get("specs")):
            for test in objects(spec.get("tests")):
                yield _playwright_case(spec, test, name)
        waiting += [(inner, name) for inner in reversed(objects(suite.get("suites")))]
    for error in objects(report.get("errors")):
        case = Draft()
        case.name, case.outcome = "(run)", "error"
        case.message, case.text = _error(error)
        yield case


def _playwright_case(spec: dict[str, Any], test: dict[str, Any], suite: str) -> Draft:
    case = Draft()
    case.suite, case.classname, case.name = text(test.get("projectName")), suite, text(spec.get("title"))
    case.file = text(spec.get("file")) or None
    case.line = natural(spec.get("line"))
    attempts = []
    for result in objects(test.get("results"))[:100]:
        message, whole = _error(mapping(result.get("error")))
        outcome = PLAYWRIGHT.get(text(result.get("status")), "error")
        attempts.append(
            Attempt(outcome=outcome, duration_s=milliseconds(result.get("duration")), message=message, text=whole)
        )
        case.outcome, case.duration_s, case.message, case.text = outcome, attempts[-1].duration_s, message, whole
        case.start_ns, _ = instant(text(result.get("startTime")))
        outs = [text(item.get("text")) for key in ("stdout", "stderr") for item in objects(result.get(key))]
        case.output = plain(clip("".join(outs), TEXT_KEPT))
    if test.get("status") == "expected" and case.outcome == "failed":
        case.outcome = "passed"  # test.fail(): it was meant to
    if test.get("status") == "skipped" or not attempts:
        case.outcome = "skipped"
    case.attempts = tuple(attempts) if len(attempts) > 1 else ()
    return case


def _error(error: dict[str, Any]) -> tuple[str, str]:
    message = plain(clip(text(error.get("message")), TEXT_KEPT))
    return first_line(message), plain(clip(text(error.get("stack")) or message, TEXT_KEPT))
