"""One decoded audit LogEntry of any client (camelCase or snake_case, any payload key) becomes one Event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rca import when

Json = Mapping[str, Any]

_TEXT_MAX = 4000
"""No name, message or user agent of an honest audit entry is longer."""

_BODIES = ("protoPayload", "proto_payload", "jsonPayload", "json_payload", "payload")
"""Where clients put the AuditLog: the API says protoPayload, Python dumps say jsonPayload or payload."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one audit entry says, before any judgement. Empty string and empty mapping mean unknown."""

    ref: str
    at: int  # ns
    method: str
    resource_name: str
    resource_type: str
    labels: Json  # resource.labels
    actor: str
    agent: str  # callerSuppliedUserAgent
    code: int  # google.rpc.Code; 0 is success
    message: str  # protoPayload.status.message
    operation: str
    first: bool
    last: bool
    system: bool  # written by the platform (system_event), not by a caller
    request: Json = field(default_factory=dict)
    response: Json = field(default_factory=dict)

    @property
    def region(self) -> str:
        """Location label, else the locations/L part of the resource name."""
        return text(self.labels, "location", "region") or part(self.resource_name, "locations")


def event(row: Json) -> Event | None:
    """The entry as an Event, or None when it is no audit entry or has no usable time. Never raises on decoded JSON."""
    body = next((mapping(row, key) for key in _BODIES if text(mapping(row, key), "methodName", "method_name")), None)
    if body is None:
        return None
    at = _time(row.get("timestamp"))
    if at is None:
        return None
    resource, status, operation = mapping(row, "resource"), mapping(body, "status"), mapping(row, "operation")
    log = text(row, "logName", "log_name")
    return Event(
        ref=text(row, "_ref"),
        at=at,
        method=text(body, "methodName", "method_name"),
        resource_name=text(body, "resourceName", "resource_name"),
        resource_type=text(resource, "type"),
        labels=mapping(resource, "labels"),
        actor=text(mapping(body, "authenticationInfo", "authentication_info"), "principalEmail", "principal_email"),
        agent=text(
            mapping(body, "requestMetadata", "request_metadata"),
            "callerSuppliedUserAgent",
            "caller_supplied_user_agent",
        ),
        code=whole(status.get("code")),
        message=text(status, "message"),
        operation=text(operation, "id"),
        first=operation.get("first") is True,
        last=operation.get("last") is True,
        system=log.endswith("system_event") or text(body, "methodName", "method_name").startswith("/"),
        request=mapping(body, "request"),
        response=mapping(body, "response"),
    )


def _time(value: Any) -> int | None:
    if isinstance(value, str):
        return when.to_ns(value)
    if isinstance(value, Mapping):  # a protobuf Timestamp dumped field by field
        return whole(value.get("seconds")) * when.SECOND_NS + whole(value.get("nanos")) or None
    return when.from_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def mapping(value: Json, *keys: str) -> Json:
    """The first of `keys` that holds an object, else an empty one."""
    return next((found for key in keys if isinstance(found := value.get(key), Mapping)), {})


def dig(value: Json, path: str) -> Json:
    """The object at a dotted path, else an empty one."""
    for key in path.split("."):
        value = mapping(value, key)
    return value


def text(value: Json, *keys: str) -> str:
    """The first of `keys` that holds a non-empty string, else ""; capped, and without the halves of broken surrogates."""
    found = next((found for key in keys if isinstance(found := value.get(key), str) and found), "")[:_TEXT_MAX]
    return found if found.isascii() else found.encode("utf-8", errors="replace").decode()


def items(value: Json, *keys: str) -> list[Json]:
    """The objects of the first of `keys` that holds a list."""
    found = next((found for key in keys if isinstance(found := value.get(key), list)), [])
    return [item for item in found if isinstance(item, Mapping)]


def whole(value: Any) -> int:
    """An integer written as number or text ("100.0" comes from decoders that keep numbers as they were), else 0."""
    if isinstance(value, str):
        digits = value.partition(".")[0]
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0
    return int(value) if isinstance(value, int | float) and abs(value) < 2**63 else 0


def part(name: str, collection: str) -> str:
    """The id that follows a collection in a resource name: "s" for services in "projects/p/services/s"."""
    parts = name.split("/")
    return next((parts[i + 1] for i, one in enumerate(parts[:-1]) if one == collection), "")
