"""JSON, JSON lines and TAP of test runners."""

import json
from collections.abc import Sequence

import pytest
from reporting import report

from rca.errors import InputUnusableError
from rca.ingest import testreports
from rca.when import rfc3339

GO = [
    {"Time": "2026-03-04T05:00:00Z", "Action": "run", "Package": "x/y", "Test": "TestA"},
    {
        "Time": "2026-03-04T05:00:01Z",
        "Action": "output",
        "Package": "x/y",
        "Test": "TestA",
        "Output": "    a_test.go:12: got 1, want 2\n",
    },
    {"Time": "2026-03-04T05:00:02Z", "Action": "fail", "Package": "x/y", "Test": "TestA", "Elapsed": 2},
    {"Time": "2026-03-04T05:00:02Z", "Action": "run", "Package": "x/y", "Test": "TestB"},
    {"Time": "2026-03-04T05:00:02Z", "Action": "output", "Package": "x/y", "Test": "TestB", "Output": "panic: boom\n"},
    {"Time": "2026-03-04T05:00:03Z", "Action": "fail", "Package": "x/y", "Elapsed": 3},
    {"ImportPath": "x/z", "Action": "build-output", "Output": "z.go:3:1: syntax error\n"},
    {"Action": "fail", "Package": "x/z", "FailedBuild": "x/z"},
]

CTRF = {
    "results": {
        "tool": {"name": "t"},
        "summary": {"tests": 2, "passed": 1, "failed": 1},
        "tests": [
            {"name": "a", "status": "passed", "duration": 1500, "start": 1772600767000, "stop": 1772600768500},
            {
                "name": "b",
                "status": "failed",
                "duration": 1,
                "message": "m",
                "trace": "Error: m\n at f (x.js:1:2)",
                "suite": ["s", "t"],
            },
            {"name": "c", "status": "exploded", "duration": 1},
            {"status": "passed"},
        ],
    }
}
JEST = {
    "numTotalTests": 1,
    "numFailedTests": 1,
    "testResults": [
        {"name": "/a.test.js", "status": "failed", "assertionResults": [
            {"ancestorTitles": ["A", "b"], "title": "c", "status": "failed", "failureMessages": ["Error: no\n  at x"], "duration": 5}]},
        {"name": "/b.test.js", "status": "failed", "message": "Cannot find module './x'", "assertionResults": []},
    ],
}  # fmt: skip
MOCHA = {
    "stats": {
        "suites": 1,
        "tests": 1,
        "passes": 0,
        "failures": 2,
        "start": "2026-03-04T05:00:00Z",
        "end": "2026-03-04T05:00:01Z",
    },
    "tests": [{"title": "t", "fullTitle": "S t", "duration": 3, "err": {"message": "m", "stack": "Error: m\n  at f"}}],
    "pending": [],
    "failures": [{"title": "h", "fullTitle": 'S "before all" hook', "err": {"message": "no db"}}],
    "passes": [],
}
RSPEC = {
    "version": "3.13",
    "examples": [
        {"description": "adds", "full_description": "Sum adds", "status": "passed", "file_path": "./s.rb", "line_number": 3, "run_time": 0.1},
        {"description": "fails", "full_description": "Sum fails", "status": "failed", "file_path": "./s.rb", "line_number": 9,
         "exception": {"class": "E", "message": "no", "backtrace": ["s.rb:9"]}},
    ],
    "summary": {"example_count": 2, "failure_count": 1, "pending_count": 0},
}  # fmt: skip
PLAYWRIGHT = {
    "config": {"configFile": "/p.config.ts"},
    "suites": [{"title": "a.spec.ts", "specs": [{"title": "logs in", "file": "a.spec.ts", "line": 4, "tests": [
        {"projectName": "chromium", "status": "flaky", "results": [
            {"status": "failed", "duration": 10, "error": {"message": "timeout", "stack": "at x"}, "startTime": "2026-03-04T05:00:00Z"},
            {"status": "passed", "duration": 20, "startTime": "2026-03-04T05:00:01Z"}]}]}]}],
    "errors": [],
}  # fmt: skip
PYTEST_JSON = {
    "created": 1772600767.5, "duration": 1.5, "exitcode": 1, "root": "/", "environment": {}, "summary": {},
    "collectors": [{"nodeid": "t/test_b.py", "outcome": "failed", "longrepr": "E   ImportError: x"}],
    "tests": [{"nodeid": "t/test_a.py::test_x", "lineno": 3, "outcome": "failed", "setup": {"outcome": "passed"},
               "call": {"outcome": "failed", "duration": 0.5, "crash": {"message": "assert 0"}, "longrepr": "E assert 0"},
               "teardown": {"outcome": "passed"}}],
}  # fmt: skip
CUCUMBER = [{"uri": "f.feature", "keyword": "Feature", "name": "F", "elements": [{"type": "scenario", "name": "S", "line": 3, "steps": [
    {"keyword": "Given ", "name": "x", "result": {"status": "passed", "duration": 1_000_000_000}},
    {"keyword": "Then ", "name": "y", "result": {"status": "failed", "error_message": "Error: no\n at z"}}]}]}]  # fmt: skip
DART = [
    {"protocolVersion": "0.1.1", "runnerVersion": "1", "pid": 1, "type": "start", "time": 0},
    {"suite": {"id": 0, "path": "a_test.dart"}, "type": "suite", "time": 0},
    {"test": {"id": 1, "name": "loading a_test.dart", "suiteID": 0}, "type": "testStart", "time": 1},
    {"testID": 1, "result": "success", "hidden": True, "type": "testDone", "time": 5},
    {"test": {"id": 2, "name": "adds", "suiteID": 0, "line": 7}, "type": "testStart", "time": 10},
    {"testID": 2, "error": "Expected: 1", "stackTrace": "a_test.dart 7:1", "type": "error", "time": 12},
    {"testID": 2, "result": "failure", "hidden": False, "skipped": False, "type": "testDone", "time": 30},
    {"success": False, "type": "done", "time": 31},
]
CARGO = [
    {"type": "suite", "event": "started", "test_count": 2},
    {"type": "test", "event": "started", "name": "m::a"},
    {
        "type": "test",
        "name": "m::a",
        "event": "failed",
        "stdout": "thread 'm::a' panicked at src/lib.rs:1:2:\nno good\n",
    },
    {"type": "test", "event": "started", "name": "m::b"},
]
REPORTLOG = [
    {"pytest_version": "8.3", "$report_type": "SessionStart"},
    {"nodeid": "t/test_b.py", "outcome": "failed", "longrepr": {"longrepr": "E   ImportError: x"}, "$report_type": "CollectReport"},
    {"nodeid": "t/test_a.py::test_x", "location": ["t/test_a.py", 6, "test_x"], "outcome": "passed", "when": "setup", "longrepr": None,
     "sections": [], "user_properties": [["k", "v"]], "start": 1772600767.0, "stop": 1772600767.5, "duration": 0.5, "$report_type": "TestReport"},
    {"nodeid": "t/test_a.py::test_x", "location": ["t/test_a.py", 6, "test_x"], "outcome": "failed", "when": "call",
     "longrepr": {"reprcrash": {"path": "t/test_a.py", "lineno": 8, "message": "assert 0"}, "chain": [[{"reprentries": [
         {"type": "ReprEntry", "data": {"lines": [">   assert 0", "E   assert 0"],
                                        "reprfileloc": {"path": "t/test_a.py", "lineno": 8, "message": "AssertionError"}}}]}, None, None]]},
     "sections": [["Captured stdout call", "hello"]], "start": 1772600767.5, "stop": 1772600769, "duration": 1.5, "$report_type": "TestReport"},
    {"nodeid": "t/test_a.py::test_x", "location": ["t/test_a.py", 6, "test_x"], "outcome": "passed", "when": "teardown", "longrepr": None,
     "sections": [], "start": 1772600769, "stop": 1772600769.25, "duration": 0.25, "$report_type": "TestReport"},
    {"exitstatus": 1, "$report_type": "SessionFinish"},
]  # fmt: skip
TAP = """TAP version 14
1..3
ok 1 - fine # time=12ms
not ok 2 - bad
  ---
  message: "expected 3"
  file: a.js
  line: 9
  ...
ok 3 - later # SKIP no database
"""


def lines(events: Sequence[object]) -> str:
    """One object a line."""
    return "\n".join(json.dumps(event) for event in events) + "\n"


FORMATS = [
    ("go test -json", lines(GO), (2, 3, 1, 0), "TestA", "got 1, want 2"),
    ("CTRF", json.dumps(CTRF, indent=1), (2, 1, 0, 0), "b", "m"),
    ("jest", json.dumps(JEST), (2, 1, 1, 0), "c", "Error: no"),
    ("mocha", json.dumps(MOCHA, indent=2), (2, 1, 1, 0), "t", "m"),
    ("rspec", json.dumps(RSPEC), (2, 1, 0, 0), "fails", "no"),
    ("playwright", json.dumps(PLAYWRIGHT), (1, 0, 0, 0), "logs in", ""),
    ("pytest-json-report", json.dumps(PYTEST_JSON), (2, 1, 1, 0), "test_x", "assert 0"),
    ("cucumber", json.dumps(CUCUMBER), (1, 1, 0, 0), "S", "Error: no"),
    ("dart", lines(DART), (1, 1, 0, 0), "adds", "Expected: 1"),
    ("cargo", lines(CARGO), (2, 1, 1, 0), "a", "no good"),
    ("TAP", TAP, (3, 1, 0, 1), "bad", "expected 3"),
]


@pytest.mark.parametrize(("sentence", "text", "counts", "name", "message"), FORMATS, ids=[row[0] for row in FORMATS])
def test_a_format_is_recognised_counted_and_tells_why_a_test_failed(
    sentence: str, text: str, counts: tuple[int, int, int, int], name: str, message: str
) -> None:
    read = report(text)
    assert (read.kind, read.counts, read.case(name).message) == ("test-json", counts, message), sentence
    assert report("npm warn before\n\n" + text).counts == counts


@pytest.mark.parametrize(("sentence", "text", "counts", "name", "message"), FORMATS, ids=[row[0] for row in FORMATS])
def test_cut_off_it_is_salvaged_or_refused(
    sentence: str, text: str, counts: tuple[int, int, int, int], name: str, message: str
) -> None:
    refused: list[InputUnusableError] = []
    for end in range(40, len(text), 97):
        kind = testreports.recognise(text[:end].encode(), "")
        if kind == "test-json":
            try:
                read = report(text[:end])
            except InputUnusableError as error:
                refused.append(error)
            else:
                assert read.counts[0] <= counts[0], (sentence, name, message)
    assert all(error.where and error.hint for error in refused)


def test_go_tests_have_their_place_their_times_and_packages_are_no_tests() -> None:
    read = report(lines(GO))
    case = read.case("TestA")
    assert (case.file, case.line, case.timed, case.duration_s) == ("a_test.go", 12, "reported", 2)
    assert read.case("TestB").message == "panic: boom"  # its fail event is missing
    assert "syntax error" in read.case("(package)").text
    assert rfc3339(read.run.ended_ns or 0) == "2026-03-04T05:00:03Z"


def test_a_report_log_of_pytest_gives_real_times_and_the_traceback() -> None:
    read = report(lines(REPORTLOG))
    case = read.case("test_x")
    assert (read.kind, read.counts, case.id) == ("reportlog", (2, 1, 1, 0), "pytest::t.test_a::test_x")
    assert (case.file, case.line, case.message, case.duration_s) == ("t/test_a.py", 7, "assert 0", 1.5)
    assert (rfc3339(case.start_ns or 0), rfc3339(case.end_ns or 0)) == (
        "2026-03-04T05:06:07Z",
        "2026-03-04T05:06:09.250000Z",
    )
    assert case.text == ">   assert 0\nE   assert 0\n\nt/test_a.py:8: AssertionError"
    assert (case.output, read.case("t.test_b").message) == ("Captured stdout call:\nhello", "ImportError: x")


def test_unreadable_tests_of_ctrf_are_skipped_and_counted() -> None:
    read = report(json.dumps(CTRF))
    assert dict(read.source.skipped_reasons) == {"status 'exploded' is unknown": 1, "test without a name": 1}
    assert (read.source.read, read.source.kept, read.source.skipped) == (4, 2, 2)
    assert rfc3339(read.case("a").end_ns or 0) == "2026-03-04T05:06:08.500000Z"


def test_a_flaky_playwright_test_passed_and_keeps_its_attempts() -> None:
    case = report(json.dumps(PLAYWRIGHT)).case("logs in")
    assert [(attempt.outcome, attempt.message) for attempt in case.attempts] == [("failed", "timeout"), ("passed", "")]


def test_fewer_test_points_than_planned_means_that_the_run_ended_early() -> None:
    read = report("1..5\nok 1 a\nok 2 b\n")
    assert not read.source.complete
    assert "5 tests were planned, 2 reported" in read.source.notes[0]


OTHERS = [
    (
        "a log entry",
        '{"timestamp": "2026-03-04T05:00:00Z", "severity": "ERROR", "textPayload": "FAILED tests/test_a.py::test_x - no"}',
    ),
    ("log entries in an array", '[\n {"insertId": "1", "textPayload": "--- FAIL: TestX (0.00s)"}\n]'),
    ("a change list", '[{"kind": "deploy", "at": "2026-03-04T05:00:00Z"}]'),
    (
        "a plain log",
        "2026-03-04 05:00:00 INFO all tests passed, 3 failed logins in 2.5s\nTraceback (most recent call last):\n",
    ),
    ("html", "<!DOCTYPE html><html><body>ok</body></html>"),
    ("nothing", ""),
]


@pytest.mark.parametrize(("sentence", "text"), OTHERS, ids=[row[0] for row in OTHERS])
def test_what_is_no_test_report_is_left_to_others(sentence: str, text: str) -> None:
    assert testreports.recognise(text.encode(), "TEST-junit.xml") is None, sentence


ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    1e300,
    10**30,
    "",
    "x",
    [],
    {},
    [[1]],
    {"a": {"b": []}},
    "\ud83d\ude00 \x1b[31m<b>",
)


def spoiled(value: object, at: list[int], odd: object) -> object:
    """`value` with its at[0]-th part (counted through all levels) replaced."""
    at[0] -= 1
    if at[0] < 0:
        at[0] = 10**9
        return odd
    if isinstance(value, dict):
        return {key: spoiled(item, at, odd) for key, item in value.items()}
    if isinstance(value, list):
        return [spoiled(item, at, odd) for item in value]
    return value


DOCUMENTS = [CTRF, JEST, MOCHA, RSPEC, PLAYWRIGHT, PYTEST_JSON, CUCUMBER]
STREAMS = [GO, DART, CARGO, REPORTLOG]


@pytest.mark.parametrize("sample", [*DOCUMENTS, *STREAMS], ids=lambda sample: str(sample)[:20])
def test_any_value_of_a_wrong_kind_is_survived(sample: object) -> None:
    refused: list[InputUnusableError] = []
    for number in range(1, 70):
        for odd in ODD:
            changed = spoiled(sample, [number], odd)
            text = lines(changed) if sample in STREAMS and isinstance(changed, list) else json.dumps(changed)
            if testreports.recognise(text.encode(), "") is not None:
                try:
                    read = report(text)
                except InputUnusableError as error:
                    refused.append(error)
                else:
                    assert read.source.read == read.source.kept + read.source.duplicates + read.source.skipped
    assert all(error.where for error in refused)


def test_nesting_without_end_is_refused_or_skipped() -> None:
    deep = "[" * 200_000
    with pytest.raises(InputUnusableError):
        report('{"numTotalTests": 1, "testResults": ' + deep)
    assert report(lines(GO) + '{"Action": ' + deep + "\n").counts == (2, 3, 1, 0)
