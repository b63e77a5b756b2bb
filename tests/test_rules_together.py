"""What rules over several events find stands in the report: loops, shares, and what never came."""

import json
from pathlib import Path

import pytest

from rca import gather, pipeline, rules
from rca.model import Report
from rca.report import render

ROOT = Path(__file__).resolve().parent.parent


def analysed(path: Path) -> Report:
    facts = gather.gather(gather.Request(paths=[str(path)]))
    return pipeline.analyze(facts, rules.load([rules.builtin()]), pipeline.Settings())


def request(second: int) -> str:
    return json.dumps(
        {
            "insertId": f"r{second}",
            "timestamp": f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z",
            "severity": "INFO",
            "httpRequest": {"requestMethod": "GET", "requestUrl": "https://shop.example/cart", "status": 200},
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": "shop", "revision_name": "shop-1"}},
            "logName": "projects/p/logs/run.googleapis.com%2Frequests",
        }
    )


def junit(message: str, minute: int) -> str:
    return (
        f'<testsuite name="e2e" tests="1" failures="1" timestamp="2026-01-01T00:{minute:02}:00Z" time="20">'
        f'<testcase classname="e2e" name="test_chat" time="20"><failure message="{message}">{message}</failure></testcase>'
        "</testsuite>"
    )


@pytest.mark.parametrize(
    ("incident", "rule", "said"),
    [
        ("missing-module", "platform.crash-loop", "chat-backend ended 7 times within"),
        ("innocent-deploy", "server.error-share", "of the requests to auth-service fail"),
    ],
)
def test_a_pattern_among_events_stands_in_every_document(incident: str, rule: str, said: str) -> None:
    report = analysed(ROOT / "fixtures" / incident / "input")
    (found,) = [one for one in report.patterns if one.rule == rule]
    assert said in found.title
    assert all(ref in report.evidence for ref in found.evidence)
    for form in ("text", "md", "html"):
        assert said in " ".join(render(report, form).split()), form


def test_a_crash_loop_is_told_where_the_cause_is_explained() -> None:
    report = analysed(ROOT / "fixtures" / "missing-module" / "input")
    assert any("a crash loop" in why.answer for cause in report.causes for why in cause.whys)


def test_events_that_a_test_missed_are_named_as_missing(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(junit("AssertionError: Missing critical events: {'job_done'}", 1))
    (tmp_path / "logs.json").write_text("\n".join(request(second) for second in range(0, 300, 5)))
    assert "Expected events never came: {'job_done'}" in analysed(tmp_path).coverage.missing


def test_that_no_request_came_while_the_tests_ran_is_named_as_missing(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(junit("AssertionError: no answer", 10))
    seconds = [*range(0, 300, 5), *range(1200, 1500, 5)]
    (tmp_path / "logs.json").write_text("\n".join(request(second) for second in seconds))
    report = analysed(tmp_path)
    (found,) = [one for one in report.patterns if one.kind == "absence"]
    assert found.title in report.coverage.missing


def test_a_healthy_run_has_no_pattern() -> None:
    assert analysed(ROOT / "fixtures" / "healthy" / "input").patterns == ()
