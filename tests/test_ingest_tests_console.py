"""Console logs: what nine runners print, with and without what CI systems put before the lines."""

import pytest
from reporting import report

from rca.ingest import testreports

PYTEST = """============================= test session starts ==============================
platform linux -- Python 3.12.1, pytest-8.3.2, pluggy-1.5.0
collected 6 items / 1 error

tests/test_api.py .FsE                                                   [100%]

==================================== ERRORS ====================================
_____________________ ERROR collecting tests/test_cycle.py _____________________
ImportError while importing test module '/w/tests/test_cycle.py'.
app/a.py:1: in <module>
    from app.b import B
E   ImportError: cannot import name 'B' from partially initialized module 'app.b'
___________________ ERROR at teardown of TestApi.test_closes ___________________
tests/conftest.py:9: in client
    raise OSError("gone")
E   OSError: gone
=================================== FAILURES ===================================
__________________________ TestApi.test_get[user a] ____________________________
tests/test_api.py:12: in test_get
    assert response.status_code == 200
E   AssertionError: assert 500 == 200
------------------------------ Captured log call -------------------------------
ERROR    root:client.py:3 GET https://api.example.com/v1/users failed
=========================== short test summary info ============================
FAILED tests/test_api.py::TestApi::test_get[user a] - AssertionError: assert ...
ERROR tests/test_cycle.py
ERROR tests/test_api.py::TestApi::test_closes - OSError: gone
============= 1 failed, 2 passed, 1 skipped, 2 errors in 3.21s =================
"""

UNITTEST = """test_ok (app.tests.TestSum.test_ok) ... ok
test_bad (app.tests.TestSum.test_bad)
Sums are sums. ... FAIL
test_later (app.tests.TestSum.test_later) ... skipped 'no db'

======================================================================
FAIL: test_bad (app.tests.TestSum.test_bad)
Sums are sums.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/w/app/tests.py", line 7, in test_bad
    self.assertEqual(1, 2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 3 tests in 0.002s

FAILED (failures=1, skipped=1)
"""

JEST = """PASS src/ok.test.js
FAIL src/sum.test.js
  ● Sum › of two › adds

    expect(received).toBe(expected) // Object.is equality

    Expected: 4
    Received: 3

      at Object.toBe (src/sum.test.js:5:15)

  ● Test suite failed to run

    Cannot find module './gone'

Test Suites: 2 failed, 1 passed, 3 total
Tests:       1 failed, 1 skipped, 4 passed, 6 total
Snapshots:   0 total
"""

VITEST = """ FAIL  src/sum.spec.ts > Sum > adds
AssertionError: expected 3 to be 4
 ❯ src/sum.spec.ts:5:15

 Test Files  1 failed | 1 passed (2)
      Tests  1 failed | 4 passed | 1 skipped (6)
"""

MOCHA = """  Sum
    ✔ adds (12ms)
    1) breaks


  1 passing (20ms)
  1 pending
  1 failing

  1) Sum
       breaks:

      AssertionError: expected 3 to equal 4
      at Context.<anonymous> (test/sum.js:9:14)
"""

GO = """=== RUN   TestA
    a_test.go:12: got 1, want 2
--- FAIL: TestA (0.10s)
=== RUN   TestB
--- PASS: TestB (0.00s)
=== RUN   TestC
    c_test.go:3: needs a database
--- SKIP: TestC (0.00s)
FAIL
FAIL\tgithub.com/x/y\t0.112s
# github.com/x/z
./z.go:3:1: syntax error: unexpected }
FAIL\tgithub.com/x/z [build failed]
FAIL
"""

MAVEN = """[INFO] -------------------------------------------------------
[INFO]  T E S T S
[INFO] -------------------------------------------------------
[INFO] Running com.x.SumTest
[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in com.x.SumTest
[ERROR] com.x.SumTest.adds -- Time elapsed: 0.01 s <<< FAILURE!
java.lang.AssertionError: expected:<4> but was:<3>
\tat org.junit.Assert.fail(Assert.java:89)
\tat com.x.SumTest.adds(SumTest.java:14)

[ERROR] com.x.SumTest.breaks -- Time elapsed: 0.01 s <<< ERROR!
java.lang.NullPointerException: x is null
\tat com.x.SumTest.breaks(SumTest.java:20)

[INFO] Results:
[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0
[INFO] BUILD FAILURE
"""

GRADLE = """> Task :test FAILED

com.x.SumTest > adds() FAILED
    org.opentest4j.AssertionFailedError: expected: <4> but was: <3>
        at com.x.SumTest.adds(SumTest.java:14)

com.x.SumTest > later() SKIPPED

5 tests completed, 1 failed, 1 skipped
BUILD FAILED in 3s
"""

CARGO = """     Running unittests src/lib.rs (target/debug/deps/x-1)

running 3 tests
test sum::adds ... FAILED
test sum::ok ... ok
test sum::slow ... ignored, takes an hour

failures:

---- sum::adds stdout ----
thread 'sum::adds' panicked at src/lib.rs:9:5:
assertion `left == right` failed
  left: 3

failures:
    sum::adds

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
"""

LOGS = [
    ("pytest", PYTEST, (5, 1, 2, 1), "test_get[user a]", "AssertionError: assert 500 == 200", ("tests/test_api.py", 12)),
    ("unittest", UNITTEST, (3, 1, 0, 1), "test_bad", "AssertionError: 1 != 2", ("/w/app/tests.py", 7)),
    ("jest", JEST, (7, 1, 1, 1), "adds", "expect(received).toBe(expected) // Object.is equality", ("src/sum.test.js", 5)),
    ("vitest", VITEST, (6, 1, 0, 1), "adds", "AssertionError: expected 3 to be 4", ("src/sum.spec.ts", 5)),
    ("mocha", MOCHA, (3, 1, 0, 1), "breaks", "AssertionError: expected 3 to equal 4", ("test/sum.js", 9)),
    ("go test", GO, (3, 2, 1, 1), "TestA", "got 1, want 2", ("a_test.go", 12)),
    ("maven", MAVEN, (3, 1, 1, 0), "adds", "java.lang.AssertionError: expected:<4> but was:<3>", ("SumTest.java", 14)),
    ("gradle", GRADLE, (5, 1, 0, 1), "adds()", "org.opentest4j.AssertionFailedError: expected: <4> but was: <3>", ("SumTest.java", 14)),
    ("cargo", CARGO, (3, 1, 0, 1), "adds", "assertion `left == right` failed", ("src/lib.rs", 9)),
]  # fmt: skip

DRESSES = [
    ("as printed", "{}"),
    ("GitHub Actions", "2026-03-04T05:06:07.1234567Z {}"),
    ("gh run view", "build\tRun tests\t2026-03-04T05:06:07.1234567Z {}"),
    ("GitLab", "2026-03-04T05:06:07.123456Z 01O {}"),
    ("Jenkins timestamps", "[2026-03-04T05:06:07.123Z] {}"),
    ("docker compose", "tests-1  | {}"),
    ("act", "[ci/test] | {}"),
    ("coloured", "\x1b[31m{}\x1b[0m"),
    ("overwritten progress", "collecting 1%\rcollecting 99%\r{}"),
    ("Windows line ends", "{}\r"),
]


@pytest.mark.parametrize("dress", [row[1] for row in DRESSES], ids=[row[0] for row in DRESSES])
@pytest.mark.parametrize(("runner", "log", "counts", "name", "message", "place"), LOGS, ids=[row[0] for row in LOGS])
def test_a_log_gives_counts_names_messages_and_places_however_it_is_dressed(
    runner: str,
    log: str,
    counts: tuple[int, int, int, int],
    name: str,
    message: str,
    place: tuple[str, int],
    dress: str,
) -> None:
    lines = (line if "\r{" in dress and not line else dress.replace("{}", line) for line in log.splitlines())
    read = report("\n".join(lines) + "\n")
    case = read.case(name)
    assert (read.kind, read.counts) == ("console", counts), runner
    assert (case.message, (case.file, case.line)) == (message, place)
    if "05:06:07" in dress:
        assert (read.source.first_at or "").startswith("2026-03-04T05:06:07.123")


def test_pytest_names_its_tests_as_its_junit_xml_does_and_keeps_what_was_captured() -> None:
    read = report(PYTEST)
    case = read.case("test_get[user a]")
    assert case.id == "pytest::tests.test_api.TestApi::test_get[user a]"
    assert "https://api.example.com/v1/users" in case.urls
    assert "partially initialized module" in read.case("tests.test_cycle").text
    assert read.case("test_closes").outcome == "error"


def test_a_log_that_ends_before_the_summary_is_said_to_be_incomplete() -> None:
    read = report(PYTEST.partition("=========================== short")[0])
    assert not read.source.complete
    assert "no summary follows" in read.source.notes[0]
    assert read.counts[1:3] == (1, 2)


def test_two_runners_in_one_log_are_both_read() -> None:
    assert report(PYTEST + GO).counts == (8, 3, 3, 2)


def test_noise_before_the_results_does_not_matter() -> None:
    assert report("Collecting requests\n" * 500 + PYTEST).counts == (5, 1, 2, 1)


def test_a_log_without_results_of_a_runner_is_no_console_log() -> None:
    log = '2026-03-04T05:06:07Z INFO request failed\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: x\n'
    assert testreports.recognise(log.encode(), "console.log") is None
