"""What a report advises must fit what is known: the platform, the test runner, whether there are tests at all."""

from pathlib import Path

import pytest
from test_cause_world import blamed, case, deploy, logged, of_tests, told

from rca.cause.rerun import rerun
from rca.cli import run
from rca.errors import UsageError
from rca.model import Digest, Frame, TestCase
from rca.model.change import NEVER_READY
from rca.window import Asked, bounds

APP = (Frame(file="app/orders.py", line=9, function="settle"),)


def _case(name: str, file: str | None, text: str = "") -> TestCase:
    return case(name, 1).model_copy(update={"name": name, "file": file, "text": text, "classname": "shop.it.OrdersIT"})


RERUNS: tuple[tuple[str, TestCase, str], ...] = (
    ("pytest", _case("test_total[eur]", "e2e/test_cart.py"), "pytest e2e/test_cart.py -k test_total -x -vv"),
    (
        "a module that failed to import has no test to select",
        _case("tests.test_bill", "tests/test_bill.py"),
        "pytest tests/test_bill.py -x -vv",
    ),
    (
        "RSpec",
        _case("Invoices shows the total", "./spec/invoices_spec.rb"),
        "bundle exec rspec ./spec/invoices_spec.rb -e 'Invoices shows the total'",
    ),
    (
        "go test, its file told by its output",
        _case("TestAdd", None, "    cart_test.go:31: unexpected status 500"),
        "go test ./... -run '^TestAdd$' -v",
    ),
    ("jest", _case("checkout pays", "/repo/e2e/checkout.test.js"), "npx jest -t 'checkout pays'"),
    (
        ".NET",
        _case("Discounted", None, "   at Shop.Tests.PriceTests.Discounted() in /src/Tests/PriceTests.cs:line 21"),
        "dotnet test --filter 'FullyQualifiedName~Discounted'",
    ),
    (
        "JUnit",
        _case("listsOpen", None, "\tat shop.it.OrdersIT.listsOpen(OrdersIT.java:22)"),
        "mvn test '-Dtest=OrdersIT#listsOpen'",
    ),
    ("nothing known of the file", _case("test_x", None), "pytest -k test_x -x -vv"),
)


@pytest.mark.parametrize(("what", "failed", "command"), RERUNS, ids=[row[0] for row in RERUNS])
def test_a_test_is_run_again_by_its_own_runner(what: str, failed: TestCase, command: str) -> None:
    assert rerun(failed).replace("'", "") == command.replace("'", ""), what


def test_nothing_is_advised_for_a_platform_that_nothing_in_the_evidence_names() -> None:
    change = deploy("4.2.0").model_copy(update={"revision": "4.2.0", "previous_revision": "4.1.9", "commit": None})
    issue = logged("boom", [10 + k for k in range(12)], kind="KeyError", message="'x'", frames=APP)
    found = told([issue], changes=[change], suspects=[blamed("boom", change.id, 0.9, gap=3)])
    mitigation = next(action for action in found.actions if action.type == "mitigate")
    assert mitigation.text == "Put 4.1.9 of chat-backend back in place of 4.2.0."
    assert "gcloud run" not in "".join(why.check or "" for cause in found.causes for why in cause.whys)
    assert not any("failing tests" in action.done_when for action in found.actions), "there are no tests"


def test_a_message_is_named_by_its_first_line_and_ends_with_one_full_stop() -> None:
    message = 'column "boost" does not exist.\nLINE 1: select p.boost from products p\n                ^'
    failed = [case(f"test_{k}", 30 + k) for k in range(3)]
    found = told([of_tests("column", failed, kind="UndefinedColumn", message=message)], cases=failed)
    assert 'UndefinedColumn: column "boost" does not exist' in found.verdict.summary
    assert "LINE 1" not in found.verdict.summary
    assert ".." not in found.verdict.summary


def test_a_service_is_named_once_as_the_place() -> None:
    found = told([logged("slow", [1, 2, 3, 4, 5], message="No answer in time from the called service")])
    assert "chat-backend. At chat-backend" not in found.verdict.summary


def test_a_window_that_ends_before_it_begins_is_a_mistake_of_the_user() -> None:
    asked = Asked(since="2026-01-02", until="2026-01-01")
    with pytest.raises(UsageError, match="lies after --until"):
        bounds(asked, Digest(), (), ())


@pytest.mark.parametrize("option", ["--topology", "--changes"])
def test_a_log_given_as_something_else_is_refused(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "app.log"
    log.write_text("2026-01-01T00:00:00Z ERROR boom\n" * 3)
    assert run(["analyze", str(log), option, str(log), "--no-history"]) == 2
    assert f"{option} wants" in capsys.readouterr().err


def test_a_revision_that_never_became_ready_has_no_traffic_to_take_back() -> None:
    change = deploy().model_copy(update={"title": f"deploy of chat-backend{NEVER_READY}", "previous_revision": "old"})
    issue = logged("probe", [10, 11, 12, 13, 14], message="Start-up probe failed", rule="data.store")
    found = told([issue], changes=[change], suspects=[blamed("probe", change.id, 0.95, gap=3)])
    mitigation = next(action for action in found.actions if action.type == "mitigate")
    assert mitigation.text.startswith("Leave traffic on old: ")
    answers = {why.question: why.answer for why in found.causes[0].whys}
    assert answers["Did the roll-out stop it?"].startswith("Yes: ")


def test_what_to_search_the_tests_for_is_a_word_of_the_failure_never_its_id() -> None:
    found = told([logged("v1:0a1b", [1, 2, 3, 4, 5], message="ERROR could not settle", service="")])
    checks = [why.check for cause in found.causes for why in cause.whys if why.question == "Why did no test stop it?"]
    assert checks == ["git grep -n settle -- '*test*'"]
