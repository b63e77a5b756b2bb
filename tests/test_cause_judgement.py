"""Finer judgements: rare roots, recurrences, lost connections, two views of one fault, and what green tests vouch for."""

from typing import Any

import pytest
from test_cause_world import SECOND, START, blamed, case, deploy, joined, logged, of_tests, run, told

from rca.cause.nature import nature
from rca.cause.words import band, grade, listing, short
from rca.model import Digest, Frame, Occurring

CLOSED: dict[str, Any] = {"kind": "ConnectionClosedError", "message": "received 1011 (internal error) Internal error"}
APP = (Frame(file="app/orders.py", line=9, function="settle"),)

NATURES: tuple[tuple[str, Occurring, str], ...] = (
    ("a rule's root", logged("a", [1], kind="ValueError", message="bad", rule="data.user-id"), "mechanism"),
    ("a traceback", logged("b", [1], kind="KeyError", message="'x'", frames=APP), "exception"),
    ("an error line", logged("c", [1], message="could not settle the order"), "error"),
    ("a line that looks like an error, without severity", logged("d", [1], message="ERROR: no such column", severity="DEFAULT"), "error"),
    ("a warning", logged("e", [1], message="retrying", severity="WARNING"), "quiet"),
    ("a request answered with 503", logged("f", [1], message="GET /x", status=503), "relay"),
    ("an access log line with 500", logged("g", [1], message='10.0.0.1 - "POST /api/orders HTTP/1.1" 500 109'), "relay"),
    ("a caller that passes a status on", logged("h", [1], message="stock: unexpected status 502 from /parts"), "relay"),
    ("a container's end", logged("i", [1], message="Container called exit(1).", severity="WARNING"), "symptom"),
    ("a refused client", logged("j", [1], message="GET /x", status=404, severity="WARNING"), "symptom"),
    ("an assertion", of_tests("k", [case("t", 1)], kind="AssertionError", message="assert 1 == 2"), "assertion"),
    ("a client's time-out", of_tests("l", [case("t", 1)], kind="TimeoutError", message="timed out"), "symptom"),
    ("an exception of the code under test", of_tests("m", [case("t", 1)], kind="KeyError", message="'x'", frames=APP), "exception"),
    ("an exception of a Java test's own code", of_tests("o", [case("t", 1)], kind="com.acme.BadAddress", message="x", frames=(Frame(file="com/acme/AddressTest.java", line=3, function="AddressTest.bad"),)), "symptom"),
    ("an exception of the test's own code", of_tests("n", [case("t", 1)], kind="KeyError", message="'x'", frames=(Frame(file="tests/test_x.py", line=3, function="test_t"),)), "symptom"),
)  # fmt: skip


@pytest.mark.parametrize(("what", "issue", "kind"), NATURES, ids=[row[0] for row in NATURES])
def test_the_nature_of_an_issue_is_read_from_what_it_says(what: str, issue: Occurring, kind: str) -> None:
    assert nature(issue).kind == kind, what


def test_a_root_seen_once_borrows_the_timing_of_what_surely_follows_from_it() -> None:
    loop = logged(
        "module",
        [1],
        kind="ModuleNotFoundError",
        message="No module named 'app.monitoring'",
        rule="image.module",
        frames=APP,
    )
    exits = logged(
        "exits", [2 + 10 * i for i in range(12)], message="Container called exit(3).", rule="run.exit", severity="ERROR"
    )
    suspects = [blamed("module", "chat-backend-00002", 0.4, gap=1), blamed("exits", "chat-backend-00002", 0.95, gap=2)]
    found = told([loop, exits], changes=[deploy()], suspects=suspects)
    cause = found.causes[0]
    assert (cause.issue, cause.trigger) == ("module", "chat-backend-00002")
    timing = next(why.answer for why in cause.whys if why.basis == "timing")
    assert "Counted on what follows from it: Container exited" in timing


def test_two_rare_faults_of_one_deploy_support_each_other_but_never_beyond_likely() -> None:
    cases = [case(f"test_{i}", 31 + 3 * i) for i in range(4)]
    many = logged(
        "many",
        [31, 34, 37, 40],
        kind="RecursionError",
        message="maximum recursion depth exceeded",
        rule="python.recursion",
        novelty="new",
    )
    once = logged(
        "once",
        [32],
        kind="ValueError",
        message="Invalid user_id format: pending_auth",
        rule="data.user-id",
        novelty="new",
    )
    closed = of_tests("closed", cases, **CLOSED)
    links = [joined(each, many, "url", i) for i, each in enumerate(cases)] + [joined(cases[0], once, "url")]
    suspects = [blamed("many", "chat-backend-00002", 0.9), blamed("once", "chat-backend-00002", 0.5)]
    found = told([many, once, closed], cases=cases, links=links, changes=[deploy()], suspects=suspects)
    assert [(each.label, each.issue, each.trigger) for each in found.causes] == [
        ("primary", "many", "chat-backend-00002"),
        ("secondary", "once", "chat-backend-00002"),
        ("tertiary", None, "chat-backend-00002"),
    ]
    assert found.causes[2].p <= 0.79


def test_a_recurrence_names_the_change_and_the_green_run_in_between() -> None:
    times = [2, 5, 8, 500, 503, 506]
    loop = logged("full", times, kind="RuntimeError", message="table is full", frames=APP)
    red, green, again = [case("t", 6)], [case("t", 200, "passed", run=1)], [case("t", 504, run=2)]
    closed = of_tests("closed", [*red, *again], **CLOSED)
    found = told(
        [loop, closed],
        runs=[run(red, 5), run(green, 199), run(again, 503)],
        links=[joined(red[0], loop, "id", 2), joined(again[0], loop, "id", 4)],
        changes=[deploy("chat-backend-00003", 100)],
        novelty={"full": "regressed"},
    )
    answer = next(why.answer for why in found.causes[0].whys if why.question == "Is it new?")
    assert answer == (
        "It was seen until 19:09:42 UTC and is back since 19:17:54 UTC; the deploy of revision chat-backend-00003 of "
        "chat-backend took effect in between, at 19:11:14 UTC, and its tests passed meanwhile: the fix did not hold."
    )
    assert "the fix did not hold" in found.verdict.summary


def test_a_connection_lost_to_what_logs_nothing_is_the_deepest_thing_known() -> None:
    lost = logged(
        "lost",
        [10.0 * i for i in range(9)],
        kind="ConnectionRefusedError",
        message="Connect call failed ('10.0.0.5', 6379)",
        rule="net.refused",
        frames=APP,
    )
    relays = logged("relays", [10.0 * i + 0.1 for i in range(9)], message="POST /token", status=500)
    found = told([lost, relays])
    assert [each.issue for each in found.causes] == ["lost"]
    assert found.roles["relays"] == "symptom"


def test_two_views_that_one_rule_has_of_one_fault_are_one_cause() -> None:
    here = logged("here", [1, 11, 21, 31], kind="TimeoutError", message="gave up", rule="data.store", frames=APP)
    there = logged(
        "there", [0, 10], kind="OperationalError", message="server closed the connection", rule="data.store", frames=APP
    )
    found = told([here, there])
    assert len(found.causes) == 1
    assert sorted(found.roles.values()) == ["contributing", "root"]


def test_a_service_that_answers_with_failures_since_its_own_deploy_is_a_cause_though_its_inside_is_not_logged() -> None:
    relay = logged(
        "relay", [2.0 + 5 * i for i in range(20)], message="GET /parts", status=500, service="stock", novelty="new"
    )
    found = told([relay], changes=[deploy("stock-00009", 0, "stock")], suspects=[blamed("relay", "stock-00009", 0.9)])
    assert found.verdict.status == "cause_found"
    assert found.causes[0].trigger == "stock-00009"
    alone = told([relay], suspects=[])
    assert alone.verdict.status == "cause_not_in_evidence"


def test_a_change_that_is_only_a_first_commit_explains_nothing() -> None:
    fault = logged("fault", [2.0 + 5 * i for i in range(20)], kind="KeyError", message="'x'", frames=APP)
    birth = deploy("commit:abc").model_copy(update={"kind": "commit", "source": "git", "commit": "abc"})
    found = told([fault], commits=[birth], suspects=[blamed("fault", "commit:abc", 0.8)])
    assert "commit" not in found.causes[0].statement
    child = birth.model_copy(update={"parents": ("def",)})
    assert (
        "Introduced by commit abc"
        in told([fault], commits=[child], suspects=[blamed("fault", "commit:abc", 0.8)]).causes[0].statement
    )


def test_green_tests_vouch_for_old_messages_but_not_for_exceptions_on_other_paths() -> None:
    green = [case("t", 31, "passed")]
    message = logged("message", [-900, 0, 900, 1200], message="sink busy", novelty="ongoing")
    thrown = logged(
        "thrown", [-900, 0, 900, 1200], kind="TypeError", message="missing argument", frames=APP, novelty="ongoing"
    )
    assert told([message], cases=green).verdict.status == "no_failure_found"
    assert told([message, thrown], cases=green).causes[0].issue == "thrown"


def test_the_statement_logged_beside_an_unexplained_failure_is_named_as_the_place_to_look() -> None:
    import polars as pl

    from rca.model.frames import SHAPES

    relay = logged("relay", [10, 20, 30], message="POST /api/orders", status=500)
    row = {"shape": "s", "family": "chat-backend", "notable": False, "severity": 0, "count": 3, "lines": 3}
    times = {"first_at": START + 10 * SECOND, "last_at": START + 30 * SECOND}
    sample = {"text": "", "sample": "  INSERT INTO orders (store, total)"}
    digest = Digest(shapes=pl.DataFrame([{**row, **times, **sample}], schema=SHAPES))
    found = told([relay], digest=digest)
    assert "the last statement logged each time is INSERT INTO orders (store, total)" in found.causes[0].statement


WORDS: tuple[tuple[str, object, object], ...] = (
    ("a half is roughly even", band(0.5), "roughly even"),
    ("the lower bound belongs to the stronger word", band(0.55), "likely"),
    ("nothing is certain", band(0.98), "almost certain"),
    ("two signs of four are moderate", grade([True, True, False, False]), "moderate"),
    ("one sign is low", grade([True, False, False, False]), "low"),
    ("a list of three", listing(["a", "b", "c"]), "a, b and c"),
    ("a long text is cut with a mark", short("x" * 200, 10), "xxxxxxxxx…"),
)


@pytest.mark.parametrize(("sentence", "got", "expected"), WORDS, ids=[row[0] for row in WORDS])
def test_words_are_those_of_the_house(sentence: str, got: object, expected: object) -> None:
    assert got == expected, sentence
