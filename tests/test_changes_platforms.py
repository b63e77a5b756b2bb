"""Deploys on other platforms, config-like acts, and platforms that tell of one deploy twice."""

from typing import Any

import pytest

from rca.ingest.audit import changes
from rca.model import Change
from rca.when import rfc3339, to_ns

T0 = to_ns("2026-03-04T05:00:00Z") or 0
Row = dict[str, Any]


def at(seconds: float) -> str:
    return rfc3339(T0 + int(seconds * 1e9))


def act(seconds: float, method: str, name: str = "", request: Row | None = None, **more: Any) -> Row:
    """An activity entry; `labels`, `kind` (resource type), `op` (operation id), `first`, `last`, `code`, `response`, `actor`."""
    operation = {key: more[key] for key in ("first", "last") if key in more}
    row: Row = {
        "timestamp": at(seconds),
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "resource": {"type": more.get("kind", "x"), "labels": more.get("labels", {})},
        "protoPayload": {
            "methodName": method,
            "resourceName": name,
            "authenticationInfo": {"principalEmail": more.get("actor", "ci@p.iam")},
            "request": request or {},
            "response": more.get("response", {}),
            **({"status": {"code": more["code"]}} if "code" in more else {}),
        },
    }
    if "op" in more:
        row["operation"] = {"id": more["op"], **operation}
    return row


def pod(
    image: str = "", *, labels: Row | None = None, annotations: Row | None = None, env: list[Row] | None = None
) -> Row:
    container: Row = {k: v for k, v in (("name", "shop"), ("image", image), ("env", env)) if v}
    meta: Row = {"labels": labels or {}, "annotations": annotations or {}}
    return {"spec": {"template": {"metadata": meta, "spec": {"containers": [container]}}}}


GKE = "io.k8s.apps.v1.deployments"
SHOP = "apps/v1/namespaces/default/deployments/shop"
APP = "apps/myapp/services/default/versions/20260304t1"
FUNCTION = "projects/p/locations/l/functions/Resize_Image"


def replica_set(seconds: float, hash_: str) -> Row:
    meta = {"labels": {"pod-template-hash": hash_}, "ownerReferences": [{"kind": "Deployment", "name": "shop"}]}
    return act(
        seconds,
        "io.k8s.apps.v1.replicasets.create",
        f"apps/v1/namespaces/default/replicasets/shop-{hash_}",
        {"metadata": meta, **pod("shop:2")},
    )


CASES: list[tuple[str, list[Row], list[tuple[str, str | None, str | None]]]] = [
    ("GKE: a patch with a pod template is a deploy", [act(0, f"{GKE}.patch", SHOP, pod("eu/shop:2"))], [("deploy", "shop", None)]),
    ("GKE: replicas alone are config", [act(0, f"{GKE}.patch", SHOP, {"spec": {"replicas": 3}})], [("config", "shop", None)]),
    ("GKE: the autoscaler is nothing", [act(0, f"{GKE}.scale.update", SHOP, {"spec": {"replicas": 3}})], []),
    ("GKE: a controller that writes the same back is nothing", [act(0, f"{GKE}.update", SHOP, pod("shop:2")), act(9, f"{GKE}.update", SHOP, pod("shop:2"))], [("deploy", "shop", None)]),
    ("GKE: the replica set names the revision", [act(0, f"{GKE}.patch", SHOP, pod("shop:2")), replica_set(1, "6d5f7c9b8")], [("deploy", "shop", "6d5f7c9b8")]),
    ("GKE: a replica set alone is a deploy", [replica_set(1, "6d5f7c9b8")], [("deploy", "shop", "6d5f7c9b8")]),
    ("GKE: another variable under the same image is config", [act(0, f"{GKE}.update", SHOP, pod("shop:2", env=[{"name": "A", "value": "1"}])), act(900, f"{GKE}.update", SHOP, pod("shop:2", env=[{"name": "A", "value": "2"}]))], [("deploy", "shop", None), ("config", "shop", None)]),
    ("App Engine: start and end are one deploy", [act(0, "google.appengine.v1.Versions.CreateVersion", APP, op="o", first=True), act(60, "google.appengine.v1.Versions.CreateVersion", APP, op="o", last=True)], [("deploy", "default", "20260304t1")]),
    ("App Engine: a failed end is no deploy", [act(0, "google.appengine.v1.Versions.CreateVersion", APP, op="o", first=True), act(60, "google.appengine.v1.Versions.CreateVersion", APP, op="o", last=True, code=9)], []),
    ("App Engine: a traffic split hangs under its version", [act(0, "google.appengine.v1.Versions.CreateVersion", APP, op="o"), act(99, "google.appengine.v1.Services.UpdateService", "apps/myapp/services/default", {"service": {"split": {"allocations": {"20260304t1": 1}}}})], [("deploy", "default", "20260304t1"), ("traffic", "default", "20260304t1")]),
    ("Functions: gen 2", [act(0, "google.cloud.functions.v2.FunctionService.UpdateFunction", FUNCTION, op="o", first=True), act(50, "google.cloud.functions.v2.FunctionService.UpdateFunction", FUNCTION, op="o", last=True)], [("deploy", "Resize_Image", None)]),
    ("Cloud Deploy: a release and its rollout are one deploy", [act(0, "google.cloud.deploy.v1.CloudDeploy.CreateRelease", "projects/p/locations/l/deliveryPipelines/web/releases/r7"), act(5, "google.cloud.deploy.v1.CloudDeploy.CreateRollout", "projects/p/locations/l/deliveryPipelines/web/releases/r7/rollouts/r7-to-prod", {"rollout": {"targetId": "prod"}})], [("deploy", "web", "r7")]),
    ("Cloud Build: a build with its commit", [act(0, "google.devtools.cloudbuild.v1.CloudBuild.CreateBuild", "projects/p/builds", {"build": {"substitutions": {"COMMIT_SHA": "1a2b3c4d"}}}, labels={"build_id": "b1"}, kind="build")], [("deploy", "build", "b1")]),
    ("Cloud SQL: a restart is config", [act(0, "cloudsql.instances.restart", "projects/p/instances/db", kind="cloudsql_database", labels={"database_id": "p:db"})], [("config", "db", None)]),
    ("a secret's new version is config", [act(0, "google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion", "projects/p/secrets/jwt/versions/5")], [("config", None, None)]),
    ("access policy of a service is config, not a deploy", [act(0, "google.cloud.run.v1.Services.SetIamPolicy", "namespaces/p/services/api", kind="cloud_run_revision", labels={"service_name": "api"})], [("config", "api", None)]),
    ("a firewall rule is config", [act(0, "v1.compute.firewalls.patch", "projects/p/global/firewalls/deny-db")], [("config", None, None)]),
    ("deletion of a service is config, not a deploy", [act(0, "google.cloud.run.v1.Services.DeleteService", "namespaces/p/services/api", kind="cloud_run_revision", labels={"service_name": "api"})], [("config", "api", None)]),
    ("what failed is nothing", [act(0, "v1.compute.firewalls.patch", "projects/p/global/firewalls/x", code=7)], []),
    ("what reads is nothing", [act(0, "v1.compute.networks.list", "x"), act(0, "google.logging.v2.ConfigServiceV2.GetSink", "x")], []),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_platforms_and_acts(rows: list[Row], expected: list[tuple[str, str | None, str | None]]) -> None:
    assert [(one.kind, one.service, one.revision) for one in changes(rows)] == expected


def only(rows: list[Row]) -> Change:
    (one,) = changes(rows)
    return one


@pytest.mark.parametrize(
    ("row", "title"),
    [
        (act(0, f"{GKE}.patch", SHOP, pod("eu.gcr.io/p/shop:2")), "deploy of shop, image shop:2"),
        (
            act(0, f"{GKE}.patch", SHOP, pod(annotations={"kubectl.kubernetes.io/restartedAt": "now"})),
            "restart of shop",
        ),
        (
            act(0, "cloudsql.instances.promoteReplica", "projects/p/instances/db"),
            "promote replica of Cloud SQL instance db",
        ),
        (
            act(
                0,
                "google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion",
                "projects/p/secrets/jwt/versions/5",
            ),
            "new version of secret jwt",
        ),
        (act(0, "v1.compute.firewalls.patch", "projects/p/global/firewalls/deny-db"), "firewall rule deny-db changed"),
        (act(0, "SetIamPolicy", "projects/888888888888"), "access policy of projects/888888888888 changed"),
    ],
)
def test_titles_are_plain_words(row: Row, title: str) -> None:
    assert only([row]).title == title


def test_the_end_of_an_operation_says_when_it_went_live() -> None:
    one = only(CASES[7][1])
    assert (one.at, one.live_at) == (at(0), at(60))


def run_ready(seconds: float, service: str, revision: str, commit: str = "", secret: str = "") -> Row:
    env = [{"name": "KEY", "valueFrom": {"secretKeyRef": {"name": secret, "key": "latest"}}}] if secret else []
    answer = {
        "kind": "Revision",
        "metadata": {"labels": {"commit-sha": commit}},
        "spec": {"containers": [{"image": "x", "env": env}]},
    }
    row = act(
        seconds,
        "/Services.ReplaceService",
        response=answer,
        labels={"service_name": service},
        kind="cloud_run_revision",
    )
    row["logName"] = "projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event"
    row["protoPayload"]["status"] = {"message": f"Ready condition status changed to True for Revision {revision}"}
    return row


@pytest.mark.parametrize(
    ("services", "expected"),
    [(["api"], ("api", ["api"])), (["api", "auth"], (None, ["api", "auth"])), ([], (None, None))],
)
def test_a_secrets_change_is_that_of_the_service_that_uses_it(
    services: list[str], expected: tuple[str | None, list[str] | None]
) -> None:
    secret = act(
        900, "google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion", "projects/p/secrets/jwt/versions/5"
    )
    found = changes([*(run_ready(0, name, f"{name}-00001-abc", secret="jwt") for name in services), secret])
    assert (found[-1].service, found[-1].extra.get("used_by")) == expected


def test_a_second_generation_function_is_one_deploy_and_keeps_its_caller() -> None:
    function = act(0, "google.cloud.functions.v2.FunctionService.UpdateFunction", FUNCTION, actor="me@p")
    one = only([function, run_ready(40, "resize-image", "resize-image-00002-abc")])
    assert (one.service, one.revision, one.actor) == ("resize-image", "resize-image-00002-abc", "me@p")


def test_a_build_that_ends_in_a_deploy_of_its_commit_is_told_once() -> None:
    build = CASES[12][1][0]
    assert only([build, run_ready(200, "api", "api-00002-abc", "1a2b3c4d")]).service == "api"
    assert len(changes([build, run_ready(200, "api", "api-00002-abc", "ffffffff")])) == 2


def test_an_entry_exported_twice_is_one_change() -> None:
    row = {**CASES[16][1][0], "insertId": "i1"}
    assert len(changes([{**row, "_ref": "log:0:1"}, {**row, "_ref": "log:1:9"}])) == 1
