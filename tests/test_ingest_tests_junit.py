"""JUnit XML: what each dialect's peculiarities mean."""

import pytest
from reporting import report

from rca.when import rfc3339

CASE = '<testcase classname="c" name="n" time="1">{}</testcase>'

OUTCOMES = [
    ("a case without children passed", "", "passed"),
    ("a failure is a failure", '<failure message="m">t</failure>', "failed"),
    ("an error counts as much as a failure", '<error message="m">t</error>', "error"),
    ("an error beside a failure makes one error", '<failure message="a"/><error message="b"/>', "error"),
    ("several failures are one failed test", '<failure message="a"/><failure message="b"/>', "failed"),
    ("a skip is a skip", "<skipped/>", "skipped"),
    ("a failure outweighs a skip", "<skipped/><failure/>", "failed"),
    ("a flaky failure is a pass in the end", "<flakyFailure><stackTrace>x</stackTrace></flakyFailure>", "passed"),
    ("rerun failures belong to a failure", "<failure/><rerunFailure/>", "failed"),
    ("html in a text does not disturb", "<failure>a <b>bold</b> word</failure>", "failed"),
]


@pytest.mark.parametrize(("sentence", "children", "outcome"), OUTCOMES, ids=[row[0] for row in OUTCOMES])
def test_the_outcome_of_a_case(sentence: str, children: str, outcome: str) -> None:
    read = report(f"<testsuite>{CASE.format(children)}</testsuite>")
    assert [case.outcome for case in read.run.cases] == [outcome], sentence


def test_a_collection_error_with_an_empty_classname_is_an_error_with_its_traceback() -> None:
    read = report(
        '<testsuites><testsuite name="pytest" errors="1" tests="1"><testcase classname="" name="tests.test_imports" time="0.000">'
        "<error message=\"collection failure\">ImportError: cannot import name 'a' from partially initialized module 'b'</error>"
        "</testcase></testsuite></testsuites>"
    )
    case = read.case("tests.test_imports")
    assert (case.outcome, case.id, case.ref) == (
        "error",
        "pytest::tests.test_imports",
        "test:3:pytest::tests.test_imports",
    )
    assert "partially initialized module" in case.text


def test_a_failure_and_its_failing_teardown_are_one_test_with_both_texts() -> None:
    read = report(
        '<testsuite name="pytest" tests="1"><testcase classname="c" name="n"><failure message="assert 1 == 2">A</failure></testcase>'
        '<testcase classname="c" name="n"><error message="failed on teardown with &quot;OSError&quot;">B</error></testcase></testsuite>'
    )
    case = read.case("n")
    assert read.counts == (1, 0, 1, 0)
    assert case.message.splitlines() == ["assert 1 == 2", 'failed on teardown with "OSError"']
    assert case.text == "A\n\nB"
    assert (case.attempts, read.source.read, read.source.duplicates) == ((), 2, 1)


def test_a_test_that_failed_and_then_passed_is_a_pass_that_remembers_its_attempts() -> None:
    twice = CASE.format('<failure message="no"/>') + CASE.format("")
    case = report(f"<testsuite>{twice}</testsuite>").case("n")
    assert (case.outcome, [attempt.outcome for attempt in case.attempts]) == ("passed", ["failed", "passed"])


def test_a_run_after_a_pass_is_another_test_of_that_name_so_that_no_failure_hides() -> None:
    read = report(f"<testsuite>{CASE.format('')}{CASE.format('<failure/>')}</testsuite>")
    assert [(case.id, case.outcome) for case in read.run.cases] == [("c::n", "passed"), ("c::n#2", "failed")]


DURATIONS = [("1.5", 1.5), ("0,014", 0.014), ("2,503.1", 2503.1), ("-3", None), ("NaN", None), ("", None), ("x", None), ("00:01:02.5", 62.5),
             ("999638317", None), ("1e-05", 1e-05), ("12 ms", 0.012)]  # fmt: skip


@pytest.mark.parametrize(("written", "seconds"), DURATIONS)
def test_a_duration_is_believed_only_when_it_is_one(written: str, seconds: float | None) -> None:
    read = report(f'<testsuite><testcase name="n" time="{written}"/></testsuite>')
    assert (
        read.case("n").duration_s == pytest.approx(seconds)
        if seconds is not None
        else read.case("n").duration_s is None
    )


def test_windows_are_inferred_by_stretching_the_durations_to_the_time_of_the_suite() -> None:
    read = report(
        '<testsuite timestamp="2026-03-04T05:00:00Z" time="10"><testcase name="a" time="1"/><testcase name="b" time="4"/></testsuite>'
    )
    windows = [
        (case.timed, rfc3339(case.start_ns or 0)[11:19], rfc3339(case.end_ns or 0)[11:19]) for case in read.run.cases
    ]
    assert windows == [("inferred", "05:00:00", "05:00:02"), ("inferred", "05:00:02", "05:00:10")]
    assert read.run.zone_known


def test_a_timestamp_without_a_zone_is_utc_and_said_to_be_unknown() -> None:
    read = report('<testsuite timestamp="2026-03-04T05:00:00"><testcase name="a"/></testsuite>')
    assert (read.source.first_at, read.run.zone_known) == ("2026-03-04T05:00:00Z", False)


def test_a_time_of_its_own_beats_the_inferred_one() -> None:
    read = report(
        '<testsuite timestamp="2026-03-04T05:00:00Z"><testcase name="a" time="2" timestamp="2026-03-04T06:00:00Z"/></testsuite>'
    )
    assert (read.case("a").timed, rfc3339(read.case("a").end_ns or 0)) == ("reported", "2026-03-04T06:00:02Z")


def test_totals_that_contradict_the_cases_are_kept_and_noted() -> None:
    read = report('<testsuites><testsuite tests="5" failures="2"><testcase name="a"/></testsuite></testsuites>')
    assert read.run.declared == {"tests": 5, "failed": 2, "errors": 0, "skipped": 0}
    assert read.counts == (1, 0, 0, 0)
    assert any("states 5 tests, 1 test cases" in note for note in read.source.notes)


def test_properties_output_and_ids_found_in_the_texts_come_with_the_case() -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    read = report(
        '<testsuite><testcase name="a" cluster="eu"><properties><property name="p" value="v"/></properties>'
        f'<failure message="GET https://api.example.com/v1/x?y=1 failed, user_id=u-77">traceparent: 00-{trace}-b7ad6b7169203331-01</failure>'
        "<system-out>requestId: r-1234</system-out></testcase></testsuite>"
    )
    case = read.case("a")
    assert case.properties == {"cluster": "eu", "p": "v"}
    assert (case.urls, case.traces, case.ids) == (("https://api.example.com/v1/x?y=1",), (trace,), ("u-77", "r-1234"))


def test_output_of_a_suite_goes_to_its_only_failure() -> None:
    read = report(
        '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase><system-out>said so</system-out></testsuite>'
    )
    assert [case.output for case in read.run.cases] == ["", "said so"]


def test_a_suite_that_failed_in_its_set_up_is_a_failing_case() -> None:
    read = report('<testsuite name="S"><error message="no class">trace</error></testsuite>')
    assert [(case.id, case.outcome, case.message) for case in read.run.cases] == [("S::(suite)", "error", "no class")]
