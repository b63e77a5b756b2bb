"""One page of protobuf LogEntries to flat text columns: plain Python over attributes, no conversion to JSON on the way."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import polars as pl

from rca.ingest import fields
from rca.ingest.message import message_of

Decode = Callable[[Any], dict[str, Any]]
"""A whole LogEntry message as the API spells it in JSON; handed in by the one module that knows protobuf."""

Audit = Callable[[Any], tuple[str, str, str]]
"""Method name, resource name and status message of an entry's protoPayload; empty texts when it is no AuditLog."""


def keys(name: str) -> tuple[str, ...]:
    """Field names of a struct column of the RAW schema."""
    kind = fields.RAW[name]
    assert isinstance(kind, pl.Struct)
    return tuple(field.name for field in kind.fields)


JSON_KEYS = keys("jsonPayload")
LABEL_KEYS = keys("labels")
HTTP_KEYS = keys("httpRequest")
RESOURCE_KEYS = tuple(field.name for field in fields.RAW["resource"].to_schema()["labels"].fields)  # type: ignore[attr-defined]  # a Struct
_JSON = {key: f"jsonPayload.{key}" for key in JSON_KEYS}
_LABELS = {key: f"labels.{key}" for key in LABEL_KEYS}
_PLAIN = frozenset(fields.TEXTS)
_TRACES = frozenset(fields.TRACES)

Texts = list[str | None]


def flat(entries: Sequence[Any], decode: Decode, audit: Audit) -> pl.DataFrame:
    """A frame with `at` (ns) and text columns named after their place in a LogEntry; columns that nothing fills are left out.

    `payload` says which kind each entry has; `said` holds the text of structured payloads whose parts must be put
    together, `audit` the JSON of entries that may tell of a change.
    """
    kinds = [entry.WhichOneof("payload") for entry in entries]
    columns: dict[str, Texts] = {
        "payload": kinds,
        "severity": [str(entry.severity) for entry in entries],
        "logName": [entry.log_name for entry in entries],
        "insertId": [entry.insert_id for entry in entries],
        "trace": [entry.trace or None for entry in entries],
        "textPayload": [
            e.text_payload if kind == "text_payload" else None for e, kind in zip(entries, kinds, strict=True)
        ],
    }
    _labels(entries, columns)
    _resources(entries, columns)
    _requests(entries, columns)
    _payloads(entries, kinds, columns, decode, audit)
    stamps = [entry.timestamp for entry in entries]
    at = pl.Series("at", [one.seconds * 1_000_000_000 + one.nanos or None for one in stamps], dtype=pl.Int64)
    return pl.DataFrame([at, *(pl.Series(name, values, dtype=pl.String) for name, values in columns.items())])


def _sparse(columns: dict[str, Texts], name: str, row: int, size: int, value: str) -> None:
    """Set one cell of a column that comes into being with its first value."""
    column = columns.get(name)
    if column is None:
        column = columns[name] = [None] * size
    column[row] = value


def _labels(entries: Sequence[Any], columns: dict[str, Texts]) -> None:
    size = len(entries)
    for row, entry in enumerate(entries):
        labels = entry.labels
        for key in labels:
            if key in _LABELS:
                _sparse(columns, _LABELS[key], row, size, labels[key])


def _resources(entries: Sequence[Any], columns: dict[str, Texts]) -> None:
    """Resources are few and repeat: each is read once and then known by its bytes."""
    known: dict[bytes, int] = {}
    read: list[dict[str, str]] = []
    which: list[int] = []
    for entry in entries:
        spelled = entry.resource.SerializeToString()
        number = known.get(spelled)
        if number is None:
            number = known[spelled] = len(read)
            read.append({"type": entry.resource.type, **dict(entry.resource.labels)})
        which.append(number)
    for key in ("type", *RESOURCE_KEYS):
        values = [one.get(key) for one in read]
        if any(value is not None for value in values):
            columns[f"resource.{key}"] = [values[number] for number in which]


def _requests(entries: Sequence[Any], columns: dict[str, Texts]) -> None:
    size = len(entries)
    for row, entry in enumerate(entries):
        if not entry.HasField("http_request"):
            continue
        request = entry.http_request
        spent = request.latency.seconds + request.latency.nanos / 1e9
        _sparse(columns, "httpRequest.requestMethod", row, size, request.request_method)
        _sparse(columns, "httpRequest.requestUrl", row, size, request.request_url)
        if request.status:
            _sparse(columns, "httpRequest.status", row, size, str(request.status))
        if spent:
            _sparse(columns, "httpRequest.latency", row, size, f"{spent!r}s")


def _payloads(
    entries: Sequence[Any], kinds: Sequence[str | None], columns: dict[str, Texts], decode: Decode, audit: Audit
) -> None:
    size = len(entries)
    for row, kind in enumerate(kinds):
        if kind == "json_payload":
            found = _structured(entries[row].json_payload.fields)
            for key, text in found.items():
                _sparse(columns, _JSON[key], row, size, text)
            if _apart(found):
                _sparse(columns, "said", row, size, message_of(decode(entries[row]).get("jsonPayload") or {}))
            if "methodName" in found and "@type" in found:
                _sparse(columns, "audit", row, size, msgspec.json.encode(decode(entries[row])).decode())
        elif kind == "proto_payload":
            method, resource, status = audit(entries[row])
            told = {
                "@type": entries[row].proto_payload.type_url,
                "methodName": method,
                "resourceName": resource,
                "status": status,
            }
            for key, text in told.items():
                if text:
                    _sparse(columns, f"protoPayload.{key}", row, size, text)
            if method and not entries[row].log_name.endswith("data_access"):
                _sparse(columns, "audit", row, size, msgspec.json.encode(decode(entries[row])).decode())


def _structured(values: Any) -> dict[str, str]:
    """The keys that are read from a structured payload, as text; an object only as the bracket it begins with."""
    found: dict[str, str] = {}
    for key in values:
        if key in _JSON:
            value = values[key]
            kind = value.WhichOneof("kind")
            if kind == "string_value":
                found[key] = value.string_value
            elif kind == "number_value":
                number = value.number_value
                found[key] = str(int(number)) if number.is_integer() else repr(number)
            elif kind == "bool_value":
                found[key] = "true" if value.bool_value else "false"
            elif kind in {"struct_value", "list_value"}:
                found[key] = "{" if kind == "struct_value" else "["
    return found


def _apart(found: dict[str, str]) -> bool:
    """Whether the text may have to be put together; whether it has to is decided with all columns at hand."""
    texts = [found[key] for key in found if key in _PLAIN]
    return not any(texts) or not _TRACES.isdisjoint(found) or any(text.startswith(("{", "[")) for text in texts)
