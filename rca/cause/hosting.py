"""Hosting: what the entries say a service runs on; a command of one platform is offered only where that is known."""

import re

from rca.cause.scene import Scene
from rca.model import Change

_RUN = "cloud_run_revision"
_REVISION = re.compile(r"[a-z0-9-]{1,60}-\d{5}-[a-z0-9]{3}")  # the names Cloud Run gives where nobody chose one


def resource(scene: Scene, service: str | None) -> str | None:
    """The monitored resource type of most of the service's entries; None where no entry says it."""
    return known(scene, service, "resource")


def on_cloud_run(scene: Scene, service: str | None, revision: str | None = None) -> bool:
    """Whether the entries, or the revision's own name, show that it is Cloud Run."""
    kind = resource(scene, service) if service else None
    return kind == _RUN if kind else bool(revision and _REVISION.fullmatch(revision))


def changed_there(scene: Scene, change: Change) -> bool:
    """The same of what a change altered."""
    return on_cloud_run(scene, change.service, change.revision)


def known(scene: Scene, service: str | None, column: str) -> str | None:
    """The value most of the service's single entries have in a column; the first by name among equals."""
    events = scene.digest.events
    if column not in events.columns or events.is_empty():
        return None
    counts: dict[str, int] = {}
    for owner, value in events.select("service", column).iter_rows():
        if isinstance(value, str) and (service is None or owner == service):
            counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda each: (-counts[each], each)) if counts else None
