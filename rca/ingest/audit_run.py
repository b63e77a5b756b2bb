"""Cloud Run audit events, v1, v2 and internal API alike: a caller's request, or the platform's word that something is ready."""

import re
from dataclasses import dataclass

from rca.ingest.audit_read import Event, Json, dig, items, mapping, part, text, whole
from rca.ingest.audit_template import Template, template

_SERVICES = re.compile(
    r"(?:google\.cloud\.run\.v\d\w*\.|google\.cloud\.serverless\.internal\.|/)(?:Internal)?Services\."
    r"(Replace|Create|Update|Delete)(?:Internal)?Service"
)
_READY = re.compile(r"Ready condition status changed to (True|False) for (Revision|Service) ([\w.-]{1,200})")
_COMMAND = re.compile(r"command/gcloud(?:\.(?:alpha|beta))?\.run\.([\w.-]{1,80})")


@dataclass(frozen=True, slots=True)
class Share:
    """One target of `spec.traffic`: revision "" means the latest one."""

    revision: str
    percent: int


@dataclass(frozen=True, slots=True)
class Request:
    """A caller asked for a new state of a service. `latest` and `serving` are the state *before* the request.

    gcloud reads the service, edits it and sends it back: status and operation-id annotation are those of the operation
    before, so they say what existed already, not what this request made.
    """

    event: Event
    template: Template | None
    name: str  # revision name asked for, rarely given
    latest: str
    serving: tuple[Share, ...]
    wanted: tuple[Share, ...]
    mask: str
    routed_at: str  # since when the routes are as in `serving`, RFC 3339; "" when not said
    command: str  # gcloud's own word: "deploy", "services.update", "services.update-traffic", …

    @property
    def only_traffic(self) -> bool:
        """Said in so many words; a request that merely repeats a template is judged with its neighbours."""
        paths = [path for path in self.mask.split(",") if path]
        return self.command.endswith("update-traffic") or (
            bool(paths) and all(path.startswith("traffic") for path in paths)
        )


@dataclass(frozen=True, slots=True)
class Ready:
    """The platform says that a revision, or the service with its routes, is ready (or, ok False, never got there)."""

    event: Event
    ok: bool
    of_service: bool
    revision: str
    template: Template | None
    operation: str
    serving: tuple[Share, ...]
    configured_at: str  # when the latest configuration became ready, RFC 3339; "" when not said
    created_at: str


def is_run(event: Event) -> bool:
    """Whether the event alters a Cloud Run service."""
    return _SERVICES.fullmatch(event.method) is not None and "deploymentmanager" not in event.method


def is_deletion(event: Event) -> bool:
    """A request to delete, or the last Ready that a dying service emits."""
    found = _SERVICES.fullmatch(event.method)
    return (found is not None and found[1] == "Delete") or "Deletion in progress" in event.message


def service_of(event: Event) -> str:
    """Label, else resource name, else the request's own name; "" when nothing names it."""
    named = text(event.labels, "service_name") or part(event.resource_name, "services")
    if named:
        return named
    owner = text(mapping(mapping(event.response, "metadata"), "labels"), "serving.knative.dev/service")
    return owner or text(dig(event.request, "service.metadata"), "name") or text(event.request, "serviceId")


def request(event: Event) -> Request:
    """Read an activity entry."""
    service = mapping(event.request, "service")
    status = mapping(service, "status") or service  # v2 has no status object
    found = _COMMAND.search(event.agent[:2000])
    mask = event.request.get("updateMask", event.request.get("update_mask", ""))
    meta = dig(service, "spec.template.metadata") or mapping(service, "template")
    return Request(
        event=event,
        template=template(service),
        name=text(meta, "name", "revision"),
        latest=_tail(text(status, "latestCreatedRevisionName", "latestCreatedRevision")),
        serving=_shares(items(status, "traffic", "trafficStatuses")) if status is not service else (),
        wanted=_shares(items(mapping(service, "spec") or service, "traffic")),
        mask=mask
        if isinstance(mask, str)
        else ",".join(map(str, mapping(event.request, "updateMask").get("paths", ()))),
        routed_at=next(
            (
                text(one, "lastTransitionTime")
                for one in items(status, "conditions")
                if text(one, "type") == "RoutesReady"
            ),
            "",
        ),
        command=found[1] if found else "",
    )


def ready(event: Event) -> Ready | None:
    """Read a system_event entry; None when it says nothing about readiness."""
    found = _READY.search(event.message[:2000])
    if found is None:
        return None
    answer, status = event.response, mapping(event.response, "status")
    of_service = found[2] == "Service"
    latest = text(status, "latestReadyRevisionName") or _tail(text(answer, "latestReadyRevision"))
    meta = mapping(answer, "metadata")
    conditions = {text(one, "type"): text(one, "lastTransitionTime") for one in items(status, "conditions")}
    return Ready(
        event=event,
        ok=found[1] == "True",
        of_service=of_service,
        revision=latest if of_service else found[3].rstrip("."),
        template=template(answer),
        operation=text(mapping(meta, "annotations"), "run.googleapis.com/operation-id"),
        serving=_shares(items(status, "traffic")) if of_service else (),
        configured_at=conditions.get("ConfigurationsReady", ""),
        created_at="" if of_service else text(meta, "creationTimestamp"),
    )


def _shares(traffic: list[Json]) -> tuple[Share, ...]:
    """Targets that carry users; entries with only a tag carry none."""
    found = []
    for one in traffic:
        if percent := whole(one.get("percent")):
            revision = _tail(text(one, "revisionName", "revision", "revision_name"))
            found.append(Share(revision, percent))
    return tuple(found)


def _tail(name: str) -> str:
    return name.rpartition("/")[2]
