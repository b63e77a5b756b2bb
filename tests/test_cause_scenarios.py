"""What the explanation says of ten small worlds, each with the answer a careful reader would give."""

from typing import Any

from test_cause_world import blamed, case, deploy, joined, logged, of_tests, run, told

from rca.model import Alternative, Cause, CrossFinding, Frame

CLOSED: dict[str, Any] = {"kind": "ConnectionClosedError", "message": "received 1011 (internal error) Internal error"}
TIMEOUT: dict[str, Any] = {"kind": "TimeoutError", "message": "timed out during opening handshake"}
SLEEP = (Frame(file="app/core/safe.py", line=34, function="sleep"),)


def _rejected(cause: Cause) -> list[str]:
    return [f"{each.text} {each.rejected_because}" for each in cause.alternatives if isinstance(each, Alternative)]


def test_two_faults_of_one_deploy_are_two_causes_and_the_deploy_is_the_third() -> None:
    cases = [case(f"test_{i}", 31 + 3 * i) for i in range(6)]
    traces = [None, None, "t0", "t1", "t2", "t3"]
    loop = logged(
        "loop",
        [2, 5, 31, 34, 37, 40],
        kind="RecursionError",
        message="maximum recursion depth exceeded",
        traces=traces,
        rule="python.recursion",
        frames=SLEEP,
        novelty="new",
    )
    user = logged(
        "user",
        [32, 35, 38],
        kind="ValueError",
        message="Invalid user_id format: pending_auth",
        traces=["t0", "t1", "t4"],
        rule="data.user-id",
        novelty="new",
    )
    closed, late = of_tests("closed", cases[:2], **CLOSED), of_tests("late", cases[2:], **TIMEOUT)
    found = told(
        [late, user, closed, loop],
        cases=cases,
        links=[joined(each, loop, "url") for each in cases] + [joined(each, user, "url") for each in cases[:3]],
        changes=[deploy()],
        suspects=[blamed("loop", "chat-backend-00002", 0.93), blamed("user", "chat-backend-00002", 0.9, gap=32)],
    )
    assert found.verdict.status == "cause_found"
    assert [(each.label, each.issue, each.trigger) for each in found.causes] == [
        ("primary", "loop", "chat-backend-00002"),
        ("secondary", "user", "chat-backend-00002"),
        ("tertiary", None, "chat-backend-00002"),
    ]
    assert "RecursionError: maximum recursion depth exceeded" in found.causes[0].statement
    assert "pending_auth" in found.causes[1].statement
    assert "brought both" in found.causes[2].statement
    assert dict(found.roles) == {"loop": "root", "user": "root", "closed": "symptom", "late": "symptom"}
    assert found.explained == {each.ref for each in cases}
    gap = next(why.answer for why in found.causes[0].whys if why.basis == "timing")
    assert "took effect 19:09:34 UTC; failures began 19:09:36 UTC: 2 s gap; 0 of 213 requests before" in gap


def test_client_symptoms_alone_leave_the_cause_outside_the_evidence_and_say_what_to_fetch() -> None:
    cases = [case(f"test_{i}", 31 + i).model_copy(update={"urls": ("wss://chat.example/ws",)}) for i in range(3)]
    found = told([of_tests("closed", cases, **CLOSED)], cases=cases)
    assert found.verdict.status == "cause_not_in_evidence"
    assert "wss://chat.example/ws" in found.causes[0].statement
    assert found.roles["closed"] == "symptom"
    assert found.explained == frozenset()
    opened = next(why for why in found.causes[0].whys if why.basis == "open")
    assert opened.check
    assert opened.check.startswith("gcloud logging read ")
    assert any(line.startswith("logs of the system under test") for line in found.missing)
    assert {each.type for each in found.actions} == {"investigate"}


def test_a_mechanism_a_rule_knows_is_a_cause_even_from_the_test_side_alone() -> None:
    cases = [case("test_ws", 31)]
    issue = of_tests(
        "negotiation", cases, kind="NegotiationError", message="no subprotocols supported", rule="client.subprotocol"
    )
    healthy = logged("slow", [10, 40], message="slow response", severity="WARNING", failing=False)
    found = told([issue, healthy], cases=cases)
    assert found.verdict.status == "cause_found"
    assert "Found from the test side alone" in found.causes[0].statement
    assert found.roles == {"negotiation": "root", "slow": "background"}


def test_a_process_that_dies_in_a_loop_has_one_cause_and_its_exits_follow_from_it() -> None:
    boots = [60.0 * i for i in range(12)]
    frames = (Frame(file="app/main.py", line=3, function="<module>"),)
    module = logged(
        "module",
        boots,
        kind="ModuleNotFoundError",
        message="No module named 'app.monitoring'",
        rule="image.module",
        instance="i1",
        frames=frames,
    )
    death = logged(
        "exits",
        [at + 1 for at in boots],
        message="Container called exit(3).",
        rule="run.exit",
        severity="WARNING",
        instance="i1",
    )
    gone = logged("gone", [at + 2 for at in boots], message="no instance", status=503)
    sdk = logged(
        "sdk",
        [at / 3 for at in range(2000)],
        message="Optional SDK is not there",
        rule="noise.sdk",
        severity="WARNING",
        failing=False,
    )
    found = told([module, death, gone, sdk])
    assert [each.issue for each in found.causes] == ["module"]
    assert found.roles["exits"] == "symptom"
    assert found.roles["sdk"] == "background"
    assert any("harmless" in line for line in _rejected(found.causes[0])), "the louder warning is named and rejected"
    assert any(line.startswith("deploys and config changes") for line in found.missing)


def test_an_innocent_deploy_is_an_alternative_and_never_the_trigger() -> None:
    frames = (Frame(file="app/db.py", line=12, function="connect"),)
    outage = logged(
        "db",
        [100 + 3 * i for i in range(30)],
        kind="OperationalError",
        message="server closed the connection unexpectedly",
        frames=frames,
        novelty="new",
    )
    found = told(
        [outage],
        changes=[deploy("auth-00007", 0, "auth-service")],
        suspects=[blamed("db", "auth-00007", 0.08, gap=100)],
    )
    cause = found.causes[0]
    assert cause.trigger is None
    assert "No recorded change explains it" in found.verdict.summary
    assert any("auth-00007" in line and "nothing in its files" in line for line in _rejected(cause))


def test_green_tests_and_warnings_that_were_always_there_are_no_failure() -> None:
    cases = [case(f"test_{i}", 31 + i, "passed") for i in range(4)]
    warning = logged(
        "sdk", [-600, 0, 600], message="Optional SDK is not there", rule="noise.sdk", severity="WARNING", failing=False
    )
    chronic = logged(
        "retry", [-900, -300, 300, 900], message="retrying the push channel", severity="ERROR", novelty="ongoing"
    )
    found = told([warning, chronic], cases=cases)
    assert found.verdict.status == "no_failure_found"
    assert found.causes == ()
    assert set(found.roles.values()) == {"background"}
    assert found.actions == ()


def test_loud_noise_beside_a_quiet_cause_stays_background() -> None:
    cases = [case(f"test_{i}", 31 + 3 * i) for i in range(3)]
    cause = logged(
        "key", [31.2, 34.2, 37.2], kind="KeyError", message="'jwt_secret_v2'", traces=["a", "b", "c"], novelty="new"
    )
    noise = logged(
        "noise",
        [i * 2.0 - 900 for i in range(900)],
        message="cache backend is not reachable",
        severity="CRITICAL",
        novelty="ongoing",
    )
    closed = of_tests("closed", cases, **CLOSED)
    links = [joined(each, cause, "trace", i) for i, each in enumerate(cases)]
    links += [joined(each, noise, "window", 470 + i) for i, each in enumerate(cases)]
    found = told([noise, closed, cause], cases=cases, links=links)
    assert [each.issue for each in found.causes] == ["key"]
    assert found.roles["noise"] == "background"
    assert any("was there before the failures" in line for line in _rejected(found.causes[0]))


def test_failures_travel_from_the_called_to_the_caller() -> None:
    calls: dict[str, tuple[str, ...]] = {"front": ("orders",), "orders": ("stock",)}
    at = [10.0 * i for i in range(20)]
    traces = [f"t{i}" for i in range(20)]
    front = logged("front-502", at, message="upstream answered 502", service="front", traces=traces)
    orders = logged(
        "orders-err",
        [t + 1 for t in at],
        kind="UpstreamError",
        message="call to stock: status 500",
        service="orders",
        traces=traces,
    )
    stock = logged(
        "stock-err", [t + 2 for t in at], kind="KeyError", message="'warehouse'", service="stock", traces=traces
    )
    found = told([front, orders, stock], topology=calls)
    assert [each.issue for each in found.causes] == ["stock-err"]
    assert found.roles == {"front-502": "symptom", "orders-err": "contributing", "stock-err": "root"}
    against = [edge for edge in found.edges if (edge.cause, edge.effect) == ("orders-err", "stock-err")]
    assert [edge.kept for edge in against] == [False]
    assert "failures travel from the called to the caller" in against[0].reason


def test_a_relay_over_a_silent_service_points_below() -> None:
    relay = logged("relay", [10.0 * i for i in range(20)], message="upstream request failed: 503", service="orders")
    found = told([relay], topology={"orders": ("stock",)})
    assert found.verdict.status == "cause_not_in_evidence"
    assert "at or below orders; no entry from stock in the window" in found.causes[0].statement
    opened = next(why for why in found.causes[0].whys if why.basis == "open")
    assert 'service_name="stock"' in (opened.check or "")


def test_what_was_gone_and_is_back_is_told_as_a_recurrence() -> None:
    cases = [case("test_ws", 31)]
    loop = logged(
        "loop",
        [2, 31],
        kind="RecursionError",
        message="maximum recursion depth exceeded",
        rule="python.recursion",
        frames=SLEEP,
    )
    closed = of_tests("closed", cases, **CLOSED)
    found = told([loop, closed], cases=cases, links=[joined(cases[0], loop, "id", 1)], novelty={"loop": "regressed"})
    assert "It recurs: RecursionError: maximum recursion depth exceeded was gone and is back." in found.verdict.summary


def test_the_order_of_the_input_does_not_matter() -> None:
    cases = [case(f"test_{i}", 31 + 3 * i) for i in range(3)]
    loop = logged(
        "loop", [2, 31, 34], kind="RecursionError", message="maximum recursion depth exceeded", rule="python.recursion"
    )
    other = logged("other", [32, 35], kind="KeyError", message="'something else'", novelty="new")
    closed = of_tests("closed", cases, **CLOSED)
    links = [joined(each, loop, "url") for each in cases] + [joined(each, other, "url") for each in cases]
    one = told([loop, other, closed], cases=cases, links=links, runs=[run(cases)])
    two = told([closed, other, loop], cases=cases, links=links[::-1], runs=[run(cases)])
    assert one == two


def test_patterns_over_several_events_are_told_and_absences_reported_as_missing() -> None:
    boots = [60.0 * i for i in range(6)]
    module = logged(
        "module", boots, kind="ModuleNotFoundError", message="No module named 'app.monitoring'", rule="image.module"
    )
    death = logged(
        "exits", [at + 1 for at in boots], message="Container called exit(3).", rule="run.exit", severity="WARNING"
    )
    loop = CrossFinding(
        rule="run.loop",
        kind="count",
        title="chat-backend ended 6 times",
        refs=(death.occurrences[0].ref,),
        role="symptom",
    )
    silence = CrossFinding(
        rule="test.silence", kind="absence", title="No request came while the tests ran", role="symptom"
    )
    found = told([module, death], cross=[loop, silence])
    assert any(why.answer == "chat-backend ended 6 times." and why.basis == "rule" for why in found.causes[0].whys)
    assert "No request came while the tests ran" in found.missing
