"""OpenTelemetry logs as JSON (OTLP/JSON): flattened to LogEntry records.

Parsed by hand: the protobuf JSON parser reads hex trace ids as base64 and corrupts them silently.
"""

from collections.abc import Iterator
from typing import Any

KEYS = frozenset({"resourceLogs", "resource_logs"})
_MAX_DEPTH = 6
_NUMBERS = ((21, "CRITICAL"), (17, "ERROR"), (13, "WARNING"), (9, "INFO"), (1, "DEBUG"))
"""Lower bounds of severityNumber: TRACE and DEBUG 1–8, INFO 9–12, WARN 13–16, ERROR 17–20, FATAL 21–24."""


def entries(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One LogEntry per log record; what has an unexpected type is taken as absent."""
    for group in _list(document, "resourceLogs", "resource_logs"):
        resource = _attributes(_get(_get(group, "resource"), "attributes"))
        for scope in _list(group, "scopeLogs", "scope_logs", "instrumentationLibraryLogs"):
            logger = _get(_get(scope, "scope"), "name")
            for record in _list(scope, "logRecords", "log_records", "logs"):
                yield _entry(record, resource, logger)


def _entry(record: Any, resource: dict[str, Any], logger: Any) -> dict[str, Any]:
    own = _attributes(_get(record, "attributes"))
    body = _value(_get(record, "body"))
    payload: dict[str, Any] = body if isinstance(body, dict) else {"message": body if body is None else str(body)}
    trace = "\n".join(str(own[key]) for key in ("exception.stacktrace",) if own.get(key))
    kind, said = own.get("exception.type"), own.get("exception.message")
    if trace:
        payload = {**payload, "stack_trace": trace}
    elif kind or said:
        payload = {**payload, "exception": ": ".join(str(part) for part in (kind, said) if part)}
    if isinstance(logger, str) and logger:
        payload = {**payload, "logger": logger}
    instance = next(
        (resource[key] for key in ("service.instance.id", "k8s.pod.name", "host.name") if resource.get(key)), None
    )
    return {
        "timestamp": _time(record),
        "severity": _severity(record),
        "jsonPayload": payload,
        "trace": _get(record, "traceId") or _get(record, "trace_id") or None,
        "insertId": own.get("log.record.uid"),
        "labels": {"instanceId": instance, "service.version": resource.get("service.version")},
        "resource": {
            "type": "otel",
            "labels": {"service_name": resource.get("service.name"), "pod_name": resource.get("k8s.pod.name")},
        },
    }


def _time(record: Any) -> str | None:
    """Nanoseconds as an integer or a text; zero means not set."""
    for key in ("timeUnixNano", "time_unix_nano", "observedTimeUnixNano", "observed_time_unix_nano"):
        value = _get(record, key)
        if value and str(value) != "0":
            return str(value)
    return None


def _severity(record: Any) -> str | None:
    number = _get(record, "severityNumber") or _get(record, "severity_number")
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    if isinstance(number, int):
        return next((name for least, name in _NUMBERS if number >= least), None)
    text = _get(record, "severityText") or _get(record, "severity_text") or number
    return text.removeprefix("SEVERITY_NUMBER_").rstrip("1234") if isinstance(text, str) else None


def _attributes(pairs: Any) -> dict[str, Any]:
    if not isinstance(pairs, list):
        return {}
    return {str(pair.get("key")): _value(pair.get("value")) for pair in pairs if isinstance(pair, dict)}


def _value(value: Any, depth: int = _MAX_DEPTH) -> Any:
    """An AnyValue as plain JSON; integers may come as text."""
    if not isinstance(value, dict) or not depth:
        return value
    for key, inner in value.items():
        if key in {"kvlistValue", "kvlist_value"}:
            return {str(pair.get("key")): _value(pair.get("value"), depth - 1) for pair in _list(inner, "values")}
        if key in {"arrayValue", "array_value"}:
            return [_value(one, depth - 1) for one in _list(inner, "values")]
        if key.lower().replace("_", "") in {"stringvalue", "intvalue", "doublevalue", "boolvalue", "bytesvalue"}:
            return inner
    return None


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _list(value: Any, *keys: str) -> list[Any]:
    found = next((value[key] for key in keys if isinstance(value, dict) and key in value), None)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
