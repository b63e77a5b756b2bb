"""Undo: what takes a change back, as a command where there is one, and what shows that it is taken back."""

import shlex

from rca.cause import naming
from rca.cause.hosting import on_cloud_run
from rca.cause.scene import Scene
from rca.model import Change
from rca.when import to_ns


def undo(scene: Scene, change: Change) -> tuple[str, str]:
    """(text, end state) for a change; the end state is empty where the cause's own says more."""
    if change.kind not in {"deploy", "traffic"} or not change.service:
        return f"Take back the {naming.change(change)}.", ""
    before = change.previous_revision or served_before(scene, change)
    if change.never_ready and change.revision:
        kept = before or "the revision before"
        return (
            f"Leave traffic on {kept}: revision {change.revision} never became ready and takes none.",
            f"{f'revision {before}' if before else kept} serves all requests",
        )
    if before is None:
        return f"Move traffic of {change.service} back to the revision before {change.revision or change.id}.", ""
    end = f"revision {before} serves all requests{' and the failing tests pass' if scene.failing else ''}"
    if not on_cloud_run(scene, change.service, before):
        return f"Put {before} of {change.service} back in place of {change.revision or change.id}.", end
    command = (
        f"gcloud run services update-traffic {shlex.quote(change.service)} --to-revisions={shlex.quote(before)}=100"
    )
    return f"Move traffic back: {command}", end


def served_before(scene: Scene, change: Change) -> str | None:
    """The revision of the service that served last before the change, by its own log entries."""
    live = to_ns(change.live_at or change.at or "")
    if live is None:
        return None
    rows = scene.digest.traffic.select("service", "revision", "first_at").iter_rows()
    seen: dict[str, int] = {}
    for service, revision, first in rows:
        if service == change.service and revision and revision != change.revision and first is not None:
            seen[revision] = min(first, seen.get(revision, first))
    earlier = [(first, revision) for revision, first in seen.items() if first < live]
    return max(earlier)[1] if earlier else None
