"""Other spellings of a LogEntry: client-library dumps, BigQuery rows, console tables, structured application logs."""

import re
from typing import Any

from rca.ingest.fields import OBJECTS

Record = dict[str, Any]

_NAMES: dict[str, str] = {
    "text_payload": "textPayload",
    "textpayload": "textPayload",
    "json_payload": "jsonPayload",
    "jsonpayload": "jsonPayload",
    "jsonpayload_type_loggingevent": "jsonPayload",
    "proto_payload": "protoPayload",
    "protopayload": "protoPayload",
    "protopayload_auditlog": "protoPayload",
    "http_request": "httpRequest",
    "httprequest": "httpRequest",
    "log_name": "logName",
    "logname": "logName",
    "insert_id": "insertId",
    "insertid": "insertId",
    "receive_timestamp": "receiveTimestamp",
    "receivetimestamp": "receiveTimestamp",
    "span_id": "spanId",
    "source_location": "sourceLocation",
    "timestamp": "timestamp",
    "severity": "severity",
    "resource": "resource",
    "labels": "labels",
    "trace": "trace",
    "operation": "operation",
}
"""Lower-cased key → field of the API. BigQuery exports lower-case and flatten, Python clients write snake_case."""

_REQUEST = {
    "request_method": "requestMethod",
    "requestmethod": "requestMethod",
    "request_url": "requestUrl",
    "requesturl": "requestUrl",
}
_PAYLOAD = {
    "methodname": "methodName",
    "method_name": "methodName",
    "resourcename": "resourceName",
    "resource_name": "resourceName",
}
_PAYLOADS = ("textPayload", "jsonPayload", "protoPayload", "httpRequest")
STRONG = frozenset({"textPayload", "jsonPayload", "protoPayload", "httpRequest", "insertId", "logName"})

_TIMES = ("timestamp", "time", "@timestamp", "ts", "datetime", "date", "asctime", "eventTime", "created", "t")
_LEVELS = ("severity", "level", "levelname", "log.level", "loglevel", "lvl", "log_level", "severity_text")
_SAID = (
    "message",
    "msg",
    "event",
    "log",
    "text",
    "error",
    "exception",
    "stack_trace",
    "@message",
    "short_message",
    "body",
)
_SERVICE = ("service", "service_name", "service.name", "app", "application", "component")
_LETTER_LEVELS = {10: "DEBUG", 20: "DEBUG", 30: "INFO", 40: "WARNING", 50: "ERROR", 60: "CRITICAL"}  # pino, bunyan


def is_entry(record: Any) -> bool:
    """A LogEntry whose objects are objects: what the door reads without help."""
    return (
        isinstance(record, dict)
        and (not record.keys().isdisjoint(_PAYLOADS) or ("insertId" in record and "logName" in record))
        and all(record.get(name) is None or isinstance(record[name], dict) for name in OBJECTS)
        and _flat(record)
    )


def _flat(record: Record) -> bool:
    """The nested objects that the door opens are objects, too."""
    resource, proto = record.get("resource") or {}, record.get("protoPayload") or {}
    return all(inner is None or isinstance(inner, dict) for inner in (resource.get("labels"), proto.get("status")))


def canonical(record: Record) -> Record | None:
    """The LogEntry that `record` means, or None when nothing in it is a log entry."""
    entry = _renamed(record)
    if STRONG.isdisjoint(entry):
        return _application(record)
    payload = entry.pop("payload", None)
    if payload is not None and entry.keys().isdisjoint(_PAYLOADS):
        entry["textPayload" if isinstance(payload, str) else "jsonPayload"] = payload
    for name in OBJECTS:
        if name in entry and not isinstance(entry[name], dict):
            _reshape(entry, name)
    if isinstance(request := entry.get("httpRequest"), dict):
        entry["httpRequest"] = {_REQUEST.get(key.lower(), key): value for key, value in request.items()}
    if isinstance(proto := entry.get("protoPayload"), dict):
        entry["protoPayload"] = {_PAYLOAD.get(key.lower(), key): value for key, value in proto.items()}
    for outer, inner in (("resource", "labels"), ("protoPayload", "status")):
        if isinstance(holder := entry.get(outer), dict) and not isinstance(holder.get(inner), dict | None):
            entry[outer] = {**holder, inner: None}
    return entry


def _reshape(entry: Record, name: str) -> None:
    """A payload that is no object is text; labels as a list of pairs (BigQuery) become an object; the rest is unknown."""
    value = entry.pop(name)
    if value is None:
        return
    if name == "jsonPayload":
        entry.setdefault("jsonPayload", {"message": value})
    elif name == "protoPayload":
        entry["protoPayload"] = {"status": {"message": str(value)}}
    elif name == "labels" and isinstance(value, list):
        entry["labels"] = {str(pair.get("key")): pair.get("value") for pair in value if isinstance(pair, dict)}
    elif name == "resource" and isinstance(value, str):
        entry["resource"] = {"type": value, "labels": None}


def _renamed(record: Record) -> Record:
    """API names; dotted keys (`resource.labels.service_name`, `jsonPayload.message`) become nested objects."""
    entry: Record = {}
    for key, value in record.items():
        head, dot, rest = key.partition(".")
        name = _NAMES.get(head.lower(), head)
        if dot and name in OBJECTS and value not in (None, ""):
            _nest(entry, name, rest, value)
        elif value is not None and name not in entry:
            entry[name] = value
    return entry


def _nest(entry: Record, name: str, rest: str, value: Any) -> None:
    """Labels keep dots in their last key; other paths are split at every dot."""
    holder = entry.setdefault(name, {})
    inner, dot, last = rest.partition(".")
    if dot and isinstance(holder, dict) and (name, inner) in {("resource", "labels"), ("protoPayload", "status")}:
        holder = holder.setdefault(inner, {})
        rest = last
    if isinstance(holder, dict):
        holder[rest] = value


def _application(record: Record) -> Record | None:
    """One line of a structured application log, as if an agent had shipped it."""
    lower = {key.lower(): key for key in reversed(record)}
    time = next((record[lower[key.lower()]] for key in _TIMES if key.lower() in lower), None)
    said = next((record[lower[key]] for key in _SAID if key in lower), None)
    if said is None and (time is None or len(record) < 2):
        return None
    level = next((record[lower[key]] for key in _LEVELS if key in lower), None)
    service = next((record[lower[key]] for key in _SERVICE if key in lower), None)
    entry: Record = {"jsonPayload": {"message": said, **record} if said is not None else record}
    if time is not None:
        entry["timestamp"] = (
            time if isinstance(time, str | int | dict) else f"{time:.6f}" if isinstance(time, float) else str(time)
        )
    if level is not None:
        entry["severity"] = _LETTER_LEVELS.get(level, level) if isinstance(level, int) else str(level)
    if isinstance(service, str) and service:
        entry["resource"] = {"type": None, "labels": {"service_name": service}}
    trace = record.get("logging.googleapis.com/trace") or record.get("trace_id") or record.get("traceId")
    if isinstance(trace, str) and re.fullmatch(r"[\w/.-]{8,120}", trace):
        entry["trace"] = trace
    return entry
