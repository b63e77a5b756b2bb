"""Deploys as Cloud Run's audit log tells them: the revision becomes ready, then the service."""

from typing import Any

from bench.incidents.script import Script

READY = "Ready condition status changed to True for {kind} {name}"


def entries(script: Script, change: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
    """(time, entry without insertId and timestamp) for a change with a revision."""
    project, service, revision = script.world.project, change["service"], change["revision"]
    live = next(rollout.start for rollout in script.rollouts if rollout.revision == revision)
    return [
        (live - 1.4, _entry(project, service, revision, "Revision")),
        (live - 0.6, _entry(project, service, revision, "Service")),
    ]


def _entry(project: str, service: str, revision: str, kind: str) -> dict[str, Any]:
    whole = kind == "Service"
    name, label = (service, "") if whole else (revision, revision)
    latest = {"latestCreatedRevisionName": revision, "latestReadyRevisionName": revision} if whole else {}
    return {
        "logName": f"projects/{project}/logs/cloudaudit.googleapis.com%2Fsystem_event",
        "severity": "INFO",
        "resource": {
            "type": "cloud_run_revision",
            "labels": {
                "service_name": service,
                "revision_name": label,
                "project_id": project,
                "location": "europe-west1",
            },
        },
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "run.googleapis.com",
            "methodName": "/Services.ReplaceService",
            "resourceName": f"namespaces/{project}/services/{service}",
            "status": {"message": READY.format(kind=kind, name=name) + "."},
            "response": {
                "@type": f"type.googleapis.com/google.cloud.run.v1.{kind}",
                "kind": kind,
                "metadata": {"name": name, "namespace": project},
                "status": {"conditions": [{"type": "Ready", "status": "True"}], **latest},
            },
        },
    }
