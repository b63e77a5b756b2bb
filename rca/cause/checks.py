"""Checks: commands to paste that would settle an open question, with explicit names and times."""

import shlex

from rca.cause.scene import SECOND, Scene
from rca.model import Change, Occurring
from rca.when import rfc3339

_MARGIN_NS = 5 * 60 * SECOND
_BACK_NS = 24 * 3600 * SECOND
_RESOURCES: dict[str, tuple[str, str]] = {
    "cloud_run_revision": ("cloud_run_revision", "service_name"),
    "k8s_container": ("k8s_container", "container_name"),
    "gae_app": ("gae_app", "module_id"),
    "cloud_function": ("cloud_function", "function_name"),
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
    project = _project(scene, service)
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


def describe(scene: Scene, service: str, revision: str | None) -> str:
    """Show the probes of a Cloud Run service or revision; empty where the service is something else."""
    kind = _known(scene, service, "resource")
    if kind not in {"cloud_run_revision", None}:
        return ""
    noun, name = ("revisions", revision) if revision else ("services", service)
    return f"gcloud run {noun} describe {shlex.quote(name)} --format=export"


def show(change: Change) -> str:
    """The command that shows what a change contains."""
    old, new = change.previous_revision, change.revision
    if old and new and change.commit and change.commit == change.previous_commit:
        # the same code with other settings: only the revisions differ
        both = " ".join(f"<(gcloud run revisions describe {shlex.quote(one)} --format=export)" for one in (old, new))
        return f"diff {both}"
    if change.commit:
        before = change.previous_commit
        if change.kind != "commit" and before:
            return f"git log --stat {shlex.quote(f'{before}..{change.commit}')}"
        return f"git show --stat {shlex.quote(change.commit)}"
    if change.revision:
        return f"gcloud run revisions describe {shlex.quote(change.revision)} --format=export"
    if change.service:
        return f"gcloud run services describe {shlex.quote(change.service)} --format=export"
    return f"rca changes | grep -F {shlex.quote(change.id)}"


def test(case_id: str, file: str | None, name: str) -> str:
    """Run one test again; an error in set-up names the file of the fixture, which holds no test."""
    if file and file.endswith(".py") and not file.endswith("conftest.py"):
        return f"pytest {shlex.quote(file)} -k {shlex.quote(name.partition('[')[0])} -x -vv"
    return f"pytest -k {shlex.quote((name or case_id).partition('[')[0])} -x -vv"


def _resource(scene: Scene, service: str | None) -> str:
    kind = _known(scene, service, "resource") or "cloud_run_revision"
    resource, label = _RESOURCES.get(kind, ("", ""))
    if not resource:
        return f'resource.type="{kind}"'
    return f'resource.type="{resource}" AND resource.labels.{label}="{service}"'


def _project(scene: Scene, service: str | None) -> str | None:
    return _known(scene, service, "project")


def _known(scene: Scene, service: str | None, column: str) -> str | None:
    """The value most of the service's single entries have in a column; the first by name among equals."""
    events = scene.digest.events
    if column not in events.columns or events.is_empty():
        return None
    counts: dict[str, int] = {}
    for owner, value in events.select("service", column).iter_rows():
        if isinstance(value, str) and (service is None or owner == service):
            counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda each: (-counts[each], each)) if counts else None
