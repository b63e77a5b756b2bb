"""What machines read: JUnit with class and cause, SARIF as GitHub wants it, every finding with its class."""

import json
from functools import lru_cache
from pathlib import Path

import pytest
from junit_schema import checked

from rca import rules
from rca.gather import Request, gather
from rca.model import Frame, Report
from rca.pipeline import Settings, analyze
from rca.report import render

ROOT = Path(__file__).resolve().parent.parent
PLACED = "no-subprotocol"


@lru_cache(maxsize=6)
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings())


@pytest.mark.parametrize("scenario", ["policy-violation", "healthy", "nothing-in-logs", "innocent-deploy"])
def test_junit_is_valid_and_read_back_it_has_the_tests_and_outcomes_of_the_inputs(
    scenario: str, tmp_path: Path
) -> None:
    report = report_of(scenario)
    text = render(report, "junit")
    assert checked(text).count("testcase") == report.tests.total
    path = tmp_path / "again.xml"
    path.write_text(text)
    again = {case.id: case.outcome for run in gather(Request(paths=[str(path)])).runs for case in run.cases}
    assert again == report.tests.cases


def test_a_failing_case_tells_its_class_its_issue_its_cause_and_the_trigger() -> None:
    text = render(report_of("missing-module"), "junit")
    case = text.partition('name="test_profile_names_the_user">')[2].partition("</testcase>")[0]
    assert "class: caused by this change" in case
    assert "issue: A test got HTTP 503 where it expected 200 (v1:" in case
    assert "cause (very likely, 94 %): Module app.monitoring is not there to import" in case
    assert "trigger: deploy of chat-backend revision chat-backend-00065-kzs" in case


def test_a_case_that_failed_in_one_run_and_passed_in_the_last_is_no_failure_and_says_so() -> None:
    report = report_of("fix-then-regress")
    name = report.tests.failures[0].id
    ended = report.tests.model_copy(update={"cases": {**report.tests.cases, name: "passed"}})
    text = render(report.model_copy(update={"tests": ended}), "junit")
    assert "failed before, and then did not: class: seen before" in text
    assert 'failures="6"' in text


def test_of_too_many_tests_the_failing_ones_are_listed_and_the_rest_is_said() -> None:
    report = report_of("policy-violation")
    text = render(
        report.model_copy(update={"tests": report.tests.model_copy(update={"cases": {}, "total": 90_000})}), "junit"
    )
    assert checked(text).count("testcase") == 10
    assert "only the tests that failed are listed, of 90000" in text


LOG = {"version", "$schema", "runs"}
RESULT = {"ruleId", "level", "message", "partialFingerprints", "properties", "locations"}


def test_sarif_has_what_the_schema_and_github_require_and_nothing_unknown() -> None:
    report = report_of(PLACED)
    document = json.loads(render(report, "sarif"))
    assert document.keys() == LOG
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert run.keys() <= {"tool", "results", "properties"}
    rules_ = run["tool"]["driver"]["rules"]
    assert all(one.keys() == {"id", "shortDescription", "fullDescription", "help"} for one in rules_)
    assert all(one[key]["text"] for one in rules_ for key in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert result.keys() == RESULT
        assert result["level"] in {"none", "note", "warning", "error"}
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        assert result["properties"]["class"] == "unknown"


def test_a_place_in_sarif_is_a_uri_whatever_the_file_is_called() -> None:
    report = report_of(PLACED)
    place = Frame(file=r"\src\app\[id] 100%\x y.ts", line=3, function="f", own=True)
    issues = tuple(one.model_copy(update={"location": place}) for one in report.issues)
    (result, *_) = json.loads(render(report.model_copy(update={"issues": issues}), "sarif"))["runs"][0]["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "src/app/%5Bid%5D%20100%25/x%20y.ts"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text", "By class: 13 caused by this change."),
        ("md", "By class: 13 caused by this change."),
        ("github", "By class: 13 caused by this change."),
        ("comment", "By class: 13 caused by this change."),
        ("annotations", "root, caused by this change; v1:"),
        ("sarif", '"class": "caused by this change"'),
        ("codequality", "new; caused by this change)"),
        ("junit", "class: caused by this change"),
        ("json", '"kind": "this_change"'),
    ],
)
def test_every_format_tells_the_class_and_none_of_them_speaks_where_nothing_failed(name: str, said: str) -> None:
    assert said in render(report_of("missing-module"), name)
    assert "By class" not in render(report_of("healthy"), name)
    assert "class:" not in render(report_of("healthy"), name)


@pytest.mark.parametrize("name", ["text", "md", "github", "comment"])
def test_one_bug_or_many_is_answered_in_the_first_sentence(name: str) -> None:
    head = "\n".join(render(report_of("policy-violation"), name).splitlines()[:9])
    assert "10 failures, 2 causes" in head


def test_nothing_failed_is_two_lines_and_no_finding() -> None:
    report = report_of("healthy")
    assert render(report, "annotations") == ""
    assert json.loads(render(report, "codequality")) == []
    assert json.loads(render(report, "sarif"))["runs"][0]["results"] == []
    assert len(render(report, "text").splitlines()) <= 8
