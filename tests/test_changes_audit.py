"""Cloud Run audit entries become deploys, config and traffic changes: every trap of the platform's own log."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca.ingest.audit import changes
from rca.when import rfc3339, to_ns

SHARED = Path(__file__).parents[2] / "shared" / "data"
NOT_HERE = "../shared/data is not here (development data, not part of the project)"
T0 = to_ns("2026-03-04T05:00:00Z") or 0
V1 = "google.cloud.run.v1.Services.ReplaceService"
DIGEST_A, DIGEST_B = "eu.gcr.io/p/api@sha256:" + "a" * 64, "eu.gcr.io/p/api@sha256:" + "b" * 64
R11, R12, R13 = "api-00011-abc", "api-00012-def", "api-00013-ghi"
KEYS = [
    "request",
    "response",
    "status",
    "service",
    "spec",
    "template",
    "metadata",
    "labels",
    "containers",
    "env",
    "traffic",
]
Row = dict[str, Any]


def at(seconds: float) -> str:
    return rfc3339(T0 + int(seconds * 1e9))


def entry(
    seconds: float, body: Row, *, service: str = "api", region: str = "europe-west1", log: str = "activity", **more: Any
) -> Row:
    labels = {"service_name": service, "location": region, "revision_name": "", "configuration_name": ""}
    return {
        "timestamp": at(seconds),
        "logName": f"projects/p/logs/cloudaudit.googleapis.com%2F{log}",
        "resource": {"type": "cloud_run_revision", "labels": labels},
        "protoPayload": body,
        **more,
    }


def spec(
    image: str = "eu.gcr.io/p/api:latest",
    *,
    commit: str = "",
    nonce: str = "",
    env: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Row:
    container: Row = {"image": image}
    if env is not None or secrets is not None:
        refs = [
            {"name": k, "valueFrom": {"secretKeyRef": {"name": v, "key": "latest"}}} for k, v in (secrets or {}).items()
        ]
        container["env"] = [*({"name": k, "value": v} for k, v in (env or {}).items()), *refs]
    labels = {k: v for k, v in (("commit-sha", commit), ("client.knative.dev/nonce", nonce)) if v}
    return {"metadata": {"labels": labels}, "spec": {"containers": [container]}}


def ask(
    seconds: float,
    template: Row | None = None,
    *,
    agent: str = "",
    latest: str = "",
    serving: str = "",
    to: str = "",
    code: int = 0,
    **more: Any,
) -> Row:
    """A caller's ReplaceService: `latest` and `serving` are the state that it read before it wrote."""
    status: Row = {k: v for k, v in (("latestCreatedRevisionName", latest),) if v}
    if serving:
        status["traffic"] = [{"revisionName": serving, "percent": 100}]
    wanted = {"revisionName": to, "percent": 100} if to else {"latestRevision": True, "percent": 100}
    service = {"spec": {"template": template or spec(), "traffic": [wanted]}, "status": status}
    body = {
        "methodName": V1,
        "resourceName": f"namespaces/p/services/{more.get('service', 'api')}",
        "authenticationInfo": {"principalEmail": "ci@p.iam.gserviceaccount.com"},
        "requestMetadata": {
            "callerSuppliedUserAgent": f"google-cloud-sdk gcloud/534.0.0 command/gcloud.run.{agent}" if agent else ""
        },
        "request": {"service": service},
        **({"status": {"code": code, "message": "ABORTED"}} if code else {}),
    }
    return entry(seconds, body, **more)


def ready(seconds: float, revision: str, template: Row | None = None, *, ok: bool = True, **more: Any) -> Row:
    answer: Row = {"kind": "Revision"}
    if template is not None:
        answer.update(metadata=template["metadata"], spec=template["spec"])
    words = f"Ready condition status changed to {ok} for Revision {revision} with message: Deploying revision succeeded in 8.03s."
    return entry(
        seconds,
        {"methodName": "/Services.ReplaceService", "status": {"message": words}, "response": answer},
        log="system_event",
        **more,
    )


def settled(seconds: float, revision: str = "", *, serving: str = "", words: str = "", **more: Any) -> Row:
    status: Row = {"latestReadyRevisionName": revision} if revision else {}
    if serving:
        status["traffic"] = [{"revisionName": serving, "percent": 100}]
    text = f"Ready condition status changed to True for Service {more.get('service', 'api')}{words}."
    body = {
        "methodName": "/Services.ReplaceService",
        "status": {"message": text},
        "response": {"kind": "Service", "status": status},
    }
    return entry(seconds, body, log="system_event", **more)


def told(rows: Sequence[Row]) -> list[tuple[str, str | None, str | None, str | None]]:
    """(kind, revision, at, live_at) of each change, and the promise that order of rows does not matter."""
    numbered = [{**row, "_ref": f"log:0:{i}"} for i, row in enumerate(rows)]
    found = changes(numbered)
    assert changes(numbered[::-1]) == found
    return [(one.kind, one.revision, one.at, one.live_at) for one in found]


CASES: list[tuple[str, list[Row], list[tuple[str, str | None, float | None, float | None]]]] = [
    (
        "request, Ready of the revision and Ready of the service are one deploy",
        [ask(0), ready(30, R12), settled(31, R12)],
        [("deploy", R12, 0, 31)],
    ),
    ("a request alone is a deploy of an unknown revision", [ask(0)], [("deploy", None, 0, None)]),
    ("Ready alone is a deploy", [ready(30, R12), settled(31, R12)], [("deploy", R12, 30, 31)]),
    (
        "the activity entry may be stamped after Ready",
        [ready(30, R12), settled(31, R12), ask(36)],
        [("deploy", R12, 30, 31)],
    ),
    ("a failed request is no deploy", [ask(0, code=10)], []),
    (
        "deletion emits a last Ready and is no deploy",
        [settled(5, R12, words=" with message: Deletion in progress")],
        [],
    ),
    ("an empty revision label is unknown, not a revision", [ask(0), settled(20)], [("deploy", None, 0, 20)]),
    (
        "update-traffic after a deploy without traffic is when users met it, and hangs under it",
        [
            ask(0, agent="deploy", latest=R11),
            ready(20, R12),
            settled(21, R12, serving=R11),
            ask(45, agent="services.update-traffic", latest=R12, serving=R11),
        ],
        [("deploy", R12, 0, 45), ("traffic", R12, 45, 45)],
    ),
    (
        "update-traffic that finds the revision serving already changes nothing",
        [
            ask(0, agent="deploy"),
            ready(20, R12),
            settled(21, R12, serving=R12),
            ask(45, agent="services.update-traffic", latest=R12, serving=R12),
        ],
        [("deploy", R12, 0, 21), ("traffic", R12, 45, 45)],
    ),
    (
        "the same template again with other traffic is a traffic switch, whoever sent it",
        [ask(0, spec(nonce="n1")), ready(20, R12, spec(nonce="n1")), ask(45, spec(nonce="n1"), to=R12)],
        [("deploy", R12, 0, 45), ("traffic", R12, 45, 45)],
    ),
    (
        "without Ready a deploy is named by the status that the next request found",
        [
            ask(0, spec(nonce="n1"), agent="deploy", latest=R11),
            ask(40, spec(nonce="n1"), agent="services.update-traffic", latest=R12, serving=R11),
        ],
        [("deploy", R12, 0, 40), ("traffic", R12, 40, 40)],
    ),
    (
        "a deploy with no traffic and no switch never went live",
        [ask(0, agent="deploy"), ready(20, R12), settled(21, R12, serving=R11)],
        [("deploy", R12, 0, None)],
    ),
    (
        "a request whose revision never became ready is still a change",
        [ask(0, spec(nonce="n1")), ready(90, R12, spec(nonce="n1"), ok=False)],
        [("deploy", R12, 0, None)],
    ),
    (
        "two deploys within minutes stay two",
        [ask(0), ask(60), ready(80, R12), ready(140, R13)],
        [("deploy", R12, 0, 80), ("deploy", R13, 60, 140)],
    ),
    (
        "a request that failed to become ready does not steal the next one's revision",
        [ask(0, spec(nonce="n1")), ask(300, spec(nonce="n2")), ready(320, R13, spec(nonce="n2"))],
        [("deploy", None, 0, None), ("deploy", R13, 300, 320)],
    ),
    (
        "a switch to an older revision belongs to no deploy",
        [ask(0, agent="services.update-traffic", latest=R13, serving=R13, to=R11)],
        [("traffic", R11, 0, 0)],
    ),
]


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_traps_of_the_audit_log(
    rows: list[Row], expected: list[tuple[str, str | None, float | None, float | None]]
) -> None:
    times = [
        (kind, revision, None if a is None else at(a), None if b is None else at(b))
        for kind, revision, a, b in expected
    ]
    assert told(rows) == times


def test_a_switch_names_the_deploy_it_is_part_of() -> None:
    deploy, switch = changes(CASES[7][1])
    assert (switch.part_of, deploy.id) == (deploy.id, f"deploy:api:{R12}")
    assert switch.title == f"traffic of api to {R12} (part of deploy {R12})"


def test_the_same_service_in_two_regions_is_deployed_twice() -> None:
    rows = [
        row
        for region in ("europe-west1", "us-central1")
        for row in (ask(0, region=region), ready(20, R12, region=region))
    ]
    assert [one.id for one in changes(rows)] == [f"deploy:api@europe-west1:{R12}", f"deploy:api@us-central1:{R12}"]


def test_two_services_do_not_mix() -> None:
    rows = [ask(0), ask(1, service="auth"), ready(20, "auth-00002-xyz", service="auth"), ready(21, R12)]
    assert [(one.service, one.revision) for one in changes(rows)] == [("api", R12), ("auth", "auth-00002-xyz")]


def test_the_title_says_what_was_deployed_and_the_commit_comes_from_labels() -> None:
    (deploy,) = changes([ask(0, spec(commit="1a2b3c4d5e6f")), ready(20, R12)])
    assert deploy.title == f"deploy of api revision {R12}, commit 1a2b3c4"
    assert (deploy.commit, deploy.actor) == ("1a2b3c4d5e6f", "ci@p.iam.gserviceaccount.com")


def test_same_image_with_another_secret_is_a_config_change_that_names_names_and_no_values() -> None:
    old = spec(DIGEST_A, env={"MODE": "hunter2"}, secrets={"JWT_SECRET": "jwt-v1"})
    new = spec(DIGEST_A, env={"MODE": "s3cr3t", "DEBUG": "1"}, secrets={"JWT_SECRET": "jwt-v2"})
    _, config = changes([ready(0, R11, old), ready(600, R12, new)])
    assert (config.kind, config.id) == ("config", f"config:api:{R12}")
    assert config.title == (
        f"config change of api revision {R12}: environment variable DEBUG added, environment variable MODE changed, secret JWT_SECRET changed"
    )
    assert "s3cr3t" not in config.model_dump_json()


@pytest.mark.parametrize(
    ("second", "kind", "words"),
    [
        (spec(DIGEST_A), "deploy", "redeploy"),
        (spec(DIGEST_B), "deploy", "deploy"),
        (spec("eu.gcr.io/p/api:latest"), "deploy", "deploy"),
    ],
    ids=["the same image and settings: a redeploy", "another image", "a tag that moves says nothing about the image"],
)
def test_what_counts_as_the_same_image(second: Row, kind: str, words: str) -> None:
    *_, last = changes([ready(0, R11, spec(DIGEST_A)), ready(600, R12, second)])
    assert (last.kind, last.title.split()[0]) == (kind, words)


def test_the_same_commit_with_another_variable_is_a_config_change_even_under_latest() -> None:
    *_, last = changes(
        [ready(0, R11, spec(commit="abcdef1", env={"A": "1"})), ready(600, R12, spec(commit="abcdef1", env={"A": "2"}))]
    )
    assert last.kind == "config"


def test_a_commit_seen_before_is_a_rollback() -> None:
    rows = [
        ready(600 * i, revision, spec(commit=commit))
        for i, (revision, commit) in enumerate([(R11, "aaaaaaa"), (R12, "bbbbbbb"), (R13, "aaaaaaa")])
    ]
    *_, last = changes(rows)
    assert (last.rollback, last.title) == (True, f"rollback of api revision {R13}, commit aaaaaaa")
    assert (last.previous_revision, last.previous_commit) == (R12, "bbbbbbb")


def test_traffic_back_to_an_older_revision_is_a_rollback() -> None:
    (switch,) = changes([ask(0, agent="services.update-traffic", latest=R13, serving=R13, to=R11)])
    assert (switch.rollback, switch.title) == (True, f"rollback of traffic of api to {R11}")


def snake(row: Row) -> Row:
    """The same entry as a Python client prints it."""
    body = row["protoPayload"]
    names = {"methodName": "method_name", "resourceName": "resource_name", "authenticationInfo": "authentication_info"}
    shaped = {names.get(key, key): value for key, value in body.items()}
    if "authentication_info" in shaped:
        shaped["authentication_info"] = {"principal_email": body["authenticationInfo"]["principalEmail"]}
    return {
        "timestamp": row["timestamp"].replace("Z", "+00:00"),
        "log_name": row["logName"],
        "resource": row["resource"],
        "proto_payload": shaped,
    }


def in_json_payload(row: Row) -> Row:
    return {
        **{k: v for k, v in row.items() if k != "protoPayload"},
        "jsonPayload": row["protoPayload"],
        "textPayload": None,
    }


@pytest.mark.parametrize("dialect", [snake, in_json_payload], ids=["snake_case", "body in jsonPayload"])
def test_dialects_say_the_same(dialect: Callable[[Row], Row]) -> None:
    rows = CASES[7][1]
    plain, other = changes(rows), changes([dialect(row) for row in rows])
    assert [one.id for one in other if one.kind == "deploy"] == [one.id for one in plain if one.kind == "deploy"]


@pytest.mark.parametrize(
    ("method", "names"),
    [
        ("google.cloud.run.v2.Services.UpdateService", ("template", "traffic")),
        ("google.cloud.serverless.internal.InternalServices.ReplaceInternalService", ("spec",)),
    ],
)
def test_v2_and_internal_methods_are_deploys(method: str, names: tuple[str, ...]) -> None:
    template = {"labels": {"commit-sha": "1a2b3c4"}, "containers": [{"image": DIGEST_A}]}
    service = {"template": template, "traffic": [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "percent": 100}]}
    wanted = service if "template" in names else {"spec": {"template": spec(DIGEST_A, commit="1a2b3c4")}}
    body = {
        "methodName": method,
        "resourceName": "projects/p/locations/europe-west1/services/api",
        "request": {"service": wanted},
    }
    row = entry(0, body)
    row["resource"]["labels"] = {"location": "europe-west1"}
    (deploy,) = changes([row])
    assert (deploy.kind, deploy.service, deploy.commit, deploy.image) == ("deploy", "api", "1a2b3c4", DIGEST_A)


def test_a_v2_update_of_traffic_alone_is_no_deploy() -> None:
    service = {"template": {"containers": [{"image": DIGEST_A}]}, "traffic": [{"revision": R11, "percent": 100}]}
    body = {
        "methodName": "google.cloud.run.v2.Services.UpdateService",
        "request": {"service": service, "updateMask": "traffic"},
    }
    (switch,) = changes([entry(0, body)])
    assert (switch.kind, switch.revision) == ("traffic", R11)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"protoPayload": None},
        {"protoPayload": {"methodName": 7}, "timestamp": at(0)},
        {"protoPayload": {"methodName": V1}},
        {"protoPayload": {"methodName": V1}, "timestamp": at(0), "resource": []},
        {
            "protoPayload": {"methodName": V1, "request": {"service": {"spec": {"template": [], "traffic": {}}}}},
            "timestamp": at(0),
        },
        {
            "protoPayload": {"methodName": V1, "status": {"code": "x"}, "resourceName": "services/api"},
            "timestamp": 1e400,
        },
        entry(
            0,
            {
                "methodName": V1,
                "request": {"service": {"spec": {"template": {"spec": {"containers": [None, 3, {"env": [1]}]}}}}},
            },
        ),
    ],
)
def test_malformed_entries_never_raise(row: Row) -> None:
    changes([row])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6))
def test_no_decoded_json_makes_it_raise(body: Row) -> None:
    for one in changes(
        [entry(0, {"methodName": V1, **body}), entry(1, {"methodName": "/Services.ReplaceService", **body})]
    ):
        one.model_dump_json()


def shared(name: str) -> list[Row]:
    path = SHARED / "gcp" / name
    if not path.exists():
        pytest.skip(NOT_HERE)
    text = path.read_text()
    found = (
        json.loads(text) if text[0] in "[{" and "\n{" not in text else [json.loads(line) for line in text.splitlines()]
    )
    rows: list[Row] = found["raw_logs"] if isinstance(found, dict) else found
    return [{**row, "_ref": f"log:0:{i}"} for i, row in enumerate(rows, 1)]


def shared_answer(name: str) -> Row:
    """The label of a shared incident, read in place: nothing of that data stands in this project."""
    found: Row = json.loads((SHARED / "gcp" / name).read_text())
    return found


def test_a_recorded_rollout_is_exactly_one_deploy() -> None:
    rows = shared("incidents/web-backend-rollout/input/logs.json")
    (label,) = shared_answer("incidents/web-backend-rollout/answer.json")["expected_deploys"]
    deploys = [one for one in changes(rows) if one.kind == "deploy"]
    assert [one.revision for one in deploys] == [label["revision"]]


def test_a_recorded_evening_has_three_deploys_and_three_switches_that_belong_to_them() -> None:
    found = changes(shared("incidents/web-backend-db-timeout/input/logs.json"))
    answer = json.loads((SHARED / "gcp/incidents/web-backend-db-timeout/answer.json").read_text())
    assert {to_ns(one.at or "") for one in found} == {to_ns(one["at"]) for one in answer["expected_changes"]}
    assert [one.kind for one in found] == ["deploy", "traffic"] * 3
    assert [one.part_of for one in found[1::2]] == [one.id for one in found[::2]]


def test_other_peoples_audit_entries_are_read_without_a_false_deploy() -> None:
    found = [one for one in changes(shared("audit/entries.ndjson")) if one.kind == "deploy"]
    assert [(one.service, one.revision) for one in found if one.service != "build"] == [
        ("cloudrun-exfil", "cloudrun-exfil-00001-zif")
    ]
