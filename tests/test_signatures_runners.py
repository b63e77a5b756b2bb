"""Failures as runners and frameworks print them are named by what failed, not by the frame around it."""

import json
from pathlib import Path

import pytest
from reporting import report

from rca.cli import run
from rca.signatures import extract

RAILS = """I, [2026-07-06T09:29:00.123456 #7]  INFO -- : [req-0001] Completed 200 OK in 12ms
E, [2026-07-06T09:30:05.223456 #7] ERROR -- : [req-0900] NoMethodError (undefined method `total' for nil:NilClass):
[req-0900]   \n[req-0900] app/models/invoice.rb:34:in `amount'
[req-0900] app/controllers/invoices_controller.rb:12:in `show'
I, [2026-07-06T09:31:00.123456 #7]  INFO -- : [req-0901] Completed 200 OK in 15ms
"""
NAMED = (
    (
        "xUnit and VSTest put a blank before the colon",
        "System.Net.Http.HttpRequestException : Status 500\n   at Shop.Tests.Price() in /src/PriceTests.cs:line 21",
        ("System.Net.Http.HttpRequestException", "System.Net.Http.HttpRequestException: Status 500"),
    ),
    (
        "Rails' form, behind the prefix of Ruby's logger",
        "E, [2026-07-06T09:30:05.223456 #7] ERROR -- : [req-9] NoMethodError (undefined method `x' for nil):\napp/a.rb:3:in `b'",
        ("NoMethodError", "NoMethodError: undefined method `x' for nil"),
    ),
    ("a frame without its exception", "app/models/invoice.rb:34:in `amount'", (None, "at amount (app/models/invoice.rb)")),
)  # fmt: skip


@pytest.mark.parametrize(("sentence", "text", "wanted"), NAMED, ids=[row[0] for row in NAMED])
def test_a_failure_has_its_class_and_a_title(sentence: str, text: str, wanted: tuple[str | None, str]) -> None:
    found = extract(text)
    assert (found.exception_type, found.template) == wanted, sentence


def test_a_rails_log_has_times_and_its_exceptions_are_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "production.log").write_text(RAILS)
    assert run(["signatures", str(tmp_path)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["line"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert len({row["id"] for row in rows[1:5]}) == 1, "the exception and its frames are one record"
    assert rows[0]["id"] == rows[5]["id"] != rows[1]["id"]
    assert run(["ingest", str(tmp_path), "--format", "json"]) == 0
    source = json.loads(capsys.readouterr().out)["sources"][0]
    assert (source["first_at"], source["skipped"]) == ("2026-07-06T09:29:00.123456Z", 0)


def test_two_go_tests_with_one_failure_are_one_issue() -> None:
    said = "    cart_test.go:31: POST /cart: unexpected status 500, want 201"
    events = [
        {"Time": f"2026-03-04T05:00:0{at}Z", "Action": action, "Package": "x/y", "Test": test, **more}
        for test in ("TestAdd", "TestAddTwice")
        for at, action, more in (
            (0, "run", {}),
            (1, "output", {"Output": f"=== RUN   {test}\n"}),
            (1, "output", {"Output": f"{said}\n"}),
            (1, "output", {"Output": f"--- FAIL: {test} (0.20s)\n"}),
            (2, "fail", {"Elapsed": 2}),
        )
    ]
    run_of = report("".join(json.dumps(one) + "\n" for one in events))
    texts = {case.text for case in run_of.run.cases}
    assert texts == {said}
    junit = (
        '<testsuite name="y"><testcase classname="y" name="TestAdd"><failure message="Failed">'
        f"=== RUN   TestAdd\n{said}\n--- FAIL: TestAdd (0.20s)\n</failure></testcase></testsuite>"
    )
    assert {case.text for case in report(junit).run.cases} == texts


def test_rspec_is_named_by_its_class_and_message() -> None:
    junit = (
        '<testsuite name="rspec"><testcase classname="spec.a" name="t"><failure message="expected 200 but it was 500" '
        'type="RSpec::Expectations::ExpectationNotMetError">Failure/Error: expect(r).to be_ok\n  expected 200 but it was 500\n'
        "./spec/a_spec.rb:18:in `block'</failure></testcase></testsuite>"
    )
    found = extract(report(junit).run.cases[0].text)
    assert found.exception_type == "RSpec::Expectations::ExpectationNotMetError"
    assert found.template.startswith("RSpec::Expectations::ExpectationNotMetError: expected <*> but it was <*>")
