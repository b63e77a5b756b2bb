"""Checks: commands to paste that would settle an open question, with explicit names and times."""

import shlex

from rca.cause.hosting import changed_there, known, on_cloud_run
from rca.cause.scene import SECOND, Scene
from rca.model import Change, Occurring
from rca.when import rfc3339

_MARGIN_NS = 5 * 60 * SECOND
_BACK_NS = 24 * 3600 * SECOND
_AUDIT = 'logName:"cloudaudit.googleapis.com"'
_LABELS: dict[str, str] = {
    "cloud_run_revision": "service_name",
    "k8s_container": "container_name",
    "gae_app": "module_id",
    "cloud_function": "function_name",
}


def logs(scene: Scene, service: str | None, start: int | None, end: int | None, extra: str = "") -> str:
    """`gcloud logging read` for one service, five minutes around start..end (ns), or the window."""
    parts = [_resource(scene, service)] if service else []
    if extra:
        parts.append(extra)
    low = start if start is not None else scene.window.since_ns
    high = end if end is not None else scene.window.until_ns
    if low is not None:
        parts.append(f'timestamp>="{rfc3339(low - _MARGIN_NS)}"')
    if high is not None:
        parts.append(f'timestamp<="{rfc3339(high + _MARGIN_NS)}"')
    project = known(scene, service, "project")
    owner = f" --project={shlex.quote(project)}" if project else ""
    return f"gcloud logging read {shlex.quote(' AND '.join(parts))}{owner} --order=asc --limit=1000 --format=json"


def around(scene: Scene, each: Occurring, extra: str = "") -> str:
    """The logs of an issue's service around its first occurrence."""
    at = next((o.at for o in each.occurrences if o.at is not None), None)
    service = each.issue.services[0] if each.issue.services else None
    return logs(scene, service, at, at, extra)


def earlier(scene: Scene, each: Occurring) -> str:
    """Look further back: the logs of the window before this one, or the results of earlier test runs."""
    if any(occurrence.test for occurrence in each.occurrences):
        return "rca analyze INPUT --earlier EARLIER_TEST_REPORTS"
    start = scene.window.since_ns
    service = each.issue.services[0] if each.issue.services else None
    return logs(scene, service, None if start is None else start - _BACK_NS, start)


def recorded(scene: Scene, each: Occurring) -> str:
    """Look for changes: the audit log of the day before, where the service is Cloud Run, else a repository or a list."""
    service = each.issue.services[0] if each.issue.services else None
    start = scene.window.since_ns
    if service is None or start is None or not on_cloud_run(scene, service):
        return "rca analyze INPUT --repo DIR --changes FILE"
    return logs(scene, service, start - _BACK_NS, scene.window.until_ns, _AUDIT)


def describe(scene: Scene, service: str, revision: str | None) -> str:
    """Show the probes of a Cloud Run service or revision; empty where nothing shows that it is one."""
    if not on_cloud_run(scene, service, revision):
        return ""
    noun, name = ("revisions", revision) if revision else ("services", service)
    return f"gcloud run {noun} describe {shlex.quote(name)} --format=export"


def show(scene: Scene, change: Change) -> str:
    """The command that shows what a change contains."""
    old, new = change.previous_revision, change.revision
    run = changed_there(scene, change)
    if run and old and new and change.commit and change.commit == change.previous_commit:
        # the same code with other settings: only the revisions differ
        both = " ".join(f"<(gcloud run revisions describe {shlex.quote(one)} --format=export)" for one in (old, new))
        return f"diff {both}"
    if change.commit:
        before = change.previous_commit
        if change.kind != "commit" and before:
            return f"git log --stat {shlex.quote(f'{before}..{change.commit}')}"
        return f"git show --stat {shlex.quote(change.commit)}"
    if run and change.kind in {"deploy", "traffic", "config"}:
        noun, name = ("revisions", new) if new else ("services", change.service or "")
        return f"gcloud run {noun} describe {shlex.quote(name)} --format=export"
    return f"rca changes INPUT | grep -F {shlex.quote(change.title or change.id)}"


def _resource(scene: Scene, service: str) -> str:
    kind = known(scene, service, "resource")
    if kind is None:
        return "(" + " OR ".join(f'resource.labels.{label}="{service}"' for label in _LABELS.values()) + ")"
    owner = f' AND resource.labels.{_LABELS[kind]}="{service}"' if kind in _LABELS else ""
    return f'resource.type="{kind}"{owner}'
