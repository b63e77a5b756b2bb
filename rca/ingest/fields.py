"""Field paths of a LogEntry: the one door from JSON lines to the ENTRIES frame, used by fast and slow path alike."""

import re
from urllib.parse import unquote

import polars as pl

from rca.ingest.objects import Raw, given, read
from rca.model.frames import SEVERITIES

TEXTS = ("message", "msg", "event", "error", "exception", "stack_trace", "textPayload")
"""Where structured entries keep their text, first present wins."""
TRACES = ("stack_trace", "exception", "exc_info", "traceback", "stack", "error", "err")
"""Where structured entries keep a traceback beside the text."""

SERVICES = ("service_name", "function_name", "module_id", "job_name", "container_name")
VERSIONS = ("commit-sha", "service.version", "k8s-pod/app_kubernetes_io/version")
POD_HASH_LABEL = "k8s-pod/pod-template-hash"


def _texts(*names: str) -> pl.Struct:
    return pl.Struct([pl.Field(name, pl.String) for name in dict.fromkeys(names)])


RESOURCE_LABELS = (
    *("service_name", "revision_name", "container_name", "pod_name", "module_id", "version_id"),
    *("function_name", "job_name", "instance_id", "build_id"),
)

RAW = pl.Schema(
    {
        "timestamp": pl.String(),
        "receiveTimestamp": pl.String(),
        "severity": pl.String(),
        "textPayload": pl.String(),
        "jsonPayload": _texts(*TEXTS, *TRACES, "logger", "name", "level", "severity", "@type", "methodName"),
        "protoPayload": pl.Struct(
            [*_texts("@type", "methodName", "resourceName").fields, pl.Field("status", _texts("message"))]
        ),
        "httpRequest": _texts("requestMethod", "requestUrl", "status", "latency"),
        "logName": pl.String(),
        "insertId": pl.String(),
        "trace": pl.String(),
        "labels": _texts("instanceId", *VERSIONS, POD_HASH_LABEL),
        "resource": pl.Struct([pl.Field("type", pl.String), pl.Field("labels", _texts(*RESOURCE_LABELS))]),
    }
)
"""The columns read from a LogEntry. An object where text is expected comes out as its JSON text."""

REPEATED = frozenset({"labels", "resource"})
"""Objects of which a chunk holds few different ones."""

INSTANCES = ("pod_name", "instance_id", "build_id")
OBJECTS = ("jsonPayload", "protoPayload", "httpRequest", "labels", "resource")
PAYLOADS = ("textPayload", "jsonPayload", "protoPayload", "httpRequest")

_LEVELS = {
    **SEVERITIES,
    "TRACE": 100,
    "FINE": 100,
    "VERBOSE": 100,
    "INFORMATION": 200,
    "INFORMATIONAL": 200,
    "LOG": 200,
    "WARN": 400,
    "ERR": 500,
    "SEVERE": 500,
    "FATAL": 600,
    "CRIT": 600,
    "PANIC": 600,
    "DPANIC": 600,
    "EMERG": 800,
}
POD_HASH = r"-([a-z0-9]{6,10})-[a-z0-9]{5}$"  # deployment-<template hash>-<suffix>
AUDIT_LOG = re.compile(r"cloudaudit\.googleapis\.com(?:%2F|/)(?:activity|system_event)\Z")


def door(lines: bytes, absent: frozenset[str] = frozenset(), feeds: int | None = None) -> Raw:
    """JSON lines to the columns of RAW; raises a polars error when any line is not an object of that shape.

    `absent` are payloads not met so far, `feeds` the number of line feeds if it is known. What does not begin like JSON is refused here: polars would try to decompress
    lines that begin like zstd or zlib data.
    """
    start = lines[:1] if lines[:1] == b"{" else lines.lstrip()[:1]
    if not start:
        return given(pl.DataFrame(schema=RAW), OBJECTS)
    if start != b"{":
        raise pl.exceptions.ComputeError("no JSON object")
    return read(lines, RAW, REPEATED, absent, feeds)


def strange(raw: Raw) -> bool:
    """Some row is no LogEntry as the API spells it: no payload, and no identity either."""
    if not raw.texts["textPayload"].null_count():
        return False
    empty = pl.all_horizontal(pl.col(name).is_null() for name in PAYLOADS)
    nameless = pl.col("insertId").is_null() | pl.col("logName").is_null()
    return bool(raw.texts.select((empty & nameless).any()).item())


def missing(raw: Raw) -> frozenset[str]:
    """Payloads that no entry has; the next chunk of the same file rarely has them."""
    return frozenset(name for name in PAYLOADS[1:] if raw.objects[name].absent)


def level(text: str | None) -> int:
    """LogSeverity number of a name or number in any usual spelling; 0 (DEFAULT) when there is none."""
    if not text:
        return 0
    if text.isascii() and text.isdigit():
        number = int(text[:6])
        return number // 100 * 100 if number <= 800 else 0
    return _LEVELS.get(text.strip().upper()[:20], 0)


def log_id(name: str | None) -> str | None:
    """`projects/P/logs/run.googleapis.com%2Fvarlog%2Fsystem` → `varlog/system`."""
    if not name:
        return None
    decoded = unquote(name.rsplit("/logs/", 1)[-1])
    return re.sub(r"^[\w-]+(?:\.[\w-]+)*\.googleapis\.com/", "", decoded) or None


def project(name: str | None) -> str | None:
    """`projects/P/logs/…` → `P`."""
    return name.split("/", 2)[1] or None if name and name.startswith("projects/") else None
