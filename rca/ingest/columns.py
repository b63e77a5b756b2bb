"""From raw columns of LogEntries to the ENTRIES frame."""

from collections.abc import Callable
from typing import Any

import polars as pl

from rca.ingest import fields
from rca.ingest.objects import Objects, Raw, coded
from rca.ingest.times import instants
from rca.model.frames import ENTRIES, ORIGINS, ROWS
from rca.model.origins import coded as distinct

AHEAD_NS = 60 * 10**9
"""Within a minute of its receipt an entry may well be late or early; beyond it the sender's clock is wrong."""


def _first(*exprs: pl.Expr) -> pl.Expr:
    """First present one; an empty string is as good as absent."""
    return pl.coalesce([pl.when(expr != "").then(expr) for expr in exprs])


def _named(*names: str) -> pl.Expr:
    return _first(*(pl.col(name) for name in names))


_JSON_TEXT = _named(*fields.TEXTS)
_HAS_TRACE = pl.any_horizontal(*(pl.col(name) != "" for name in fields.TRACES)).fill_null(value=False)
_INTRICATE = _HAS_TRACE | _JSON_TEXT.is_null() | _JSON_TEXT.str.starts_with("{") | _JSON_TEXT.str.starts_with("[")
_ACT = pl.concat_str("methodName", "resourceName", separator=" ", ignore_nulls=True)
_REQUEST = pl.concat_str(
    "requestMethod",
    pl.col("requestUrl").str.extract(r"^(?:https?://[^/?#]*)?([^?#]*)"),
    "status",
    separator=" ",
    ignore_nulls=True,
)


def intricate(raw: Raw) -> pl.Series:
    """Rows whose text cannot be had by picking a field: tracebacks beside the message, objects, unknown payloads."""
    if raw.objects["jsonPayload"].absent:
        return pl.repeat(value=False, n=raw.height, eager=True)
    return raw.objects["jsonPayload"].flags(_INTRICATE) & raw.texts["textPayload"].is_null()


def audited(raw: Raw) -> pl.Series:
    """Rows that tell of administrative acts: deploys and other changes are read from them. Data access is not one."""
    codes, firsts = coded(raw.texts["logName"])
    kinds = [_log_kind(name) for name in raw.texts["logName"].gather(firsts)]
    proto, json = raw.objects["protoPayload"], raw.objects["jsonPayload"]
    if proto.absent and json.absent and not any(kinds):
        return pl.repeat(value=False, n=raw.height, eager=True)
    kind = pl.Series([*kinds, 0], dtype=pl.Int8).gather(codes.fill_null(len(kinds)))
    called = pl.col("methodName").is_not_null()
    act = proto.flags(called) | json.flags(called & pl.col("@type").str.contains("AuditLog", literal=True))
    return (kind == _ADMIN) | (act & (kind != _ACCESS))


_ADMIN, _ACCESS = 1, 2


def _log_kind(name: str | None) -> int:
    if fields.AUDIT_LOG.search(name or ""):
        return _ADMIN
    return _ACCESS if "data_access" in (name or "") else 0


_NONE_AHEAD = pl.DataFrame(schema={"row": pl.UInt32, "received": pl.Int64, "lead": pl.Int64})


def ahead(raw: Raw) -> pl.DataFrame:
    """Rows dated more than AHEAD_NS after they were received: `row`, `received` (ns) and `lead` (ns), usually none.

    The texts are compared first (5 ns a row): both are RFC 3339 in UTC unless someone rewrote them.
    """
    said, came = raw.texts["timestamp"], raw.texts["receiveTimestamp"]
    if came.null_count() == raw.height:
        return _NONE_AHEAD
    later = (said.str.slice(0, 19) > came.str.slice(0, 19)) | ~said.str.ends_with("Z")
    rows = (later & came.is_not_null()).arg_true()
    if rows.is_empty():
        return _NONE_AHEAD
    received = instants(came.gather(rows))
    told = pl.DataFrame({"row": rows, "received": received, "lead": instants(said.gather(rows)) - received})
    return told.filter(pl.col("lead") > AHEAD_NS)


def mapped(column: pl.Series, function: Callable[[str | None], Any], dtype: type[pl.DataType]) -> pl.Series:
    """`function` of each distinct value: for columns with few of them."""
    codes, firsts = coded(column)
    found = pl.Series([*(function(value) for value in column.gather(firsts)), function(None)], dtype=dtype)
    return found.gather(codes.fill_null(firsts.len()))


def shape(raw: Raw, source: int, lines: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """ROWS and ORIGINS of entries as read; `lines` are their places in the source.

    What depends on the origin alone is worked out once for each combination of the texts that tell of it.
    """
    texts = raw.texts
    said = raw.objects["jsonPayload"].spread(
        _JSON_TEXT.alias("said"),
        _named("logger", "name").alias("logger"),
        pl.col("severity").fill_null(pl.col("level")).alias("lifted"),
    )
    severity = texts["severity"]
    if said["lifted"].null_count() < raw.height:
        severity = severity.replace({"DEFAULT": None, "0": None, "": None}).fill_null(said["lifted"])
    http = raw.objects["httpRequest"].spread(
        _named("requestMethod").alias("method"),
        _named("requestUrl").alias("url"),
        pl.col("status").cast(pl.Int16, strict=False),
        (pl.col("latency").str.strip_suffix("s").cast(pl.Float64, strict=False) * 1000.0).alias("latency_ms"),
        _first(_REQUEST).alias("request"),
    )
    payload = _payload(raw)
    origin, firsts = _combinations(raw, said["logger"], payload)
    known = pl.DataFrame(
        [
            origin.alias("origin"),
            instants(texts["timestamp"]).alias("at"),
            mapped(severity, fields.level, pl.Int16).alias("severity"),
            *http.drop("request"),
            _bare_trace(texts["trace"]),
            _emptied(texts["insertId"]).alias("insert_id"),
            _message(raw, said["said"], http["request"]).alias("message"),
            lines.alias("line"),
        ]
    )
    rows = known.with_columns(
        pl.lit(source, pl.UInt32).alias("source"),
        pl.lit(1, pl.UInt32).alias("lines"),
        pl.lit(value=False).alias("partial"),
    )
    names = texts["logName"].gather(firsts)
    origins = _origin(*(raw.objects[name].some(firsts) for name in ("resource", "labels"))).with_columns(
        mapped(names, fields.log_id, pl.String).alias("log"),
        mapped(names, fields.project, pl.String).alias("project"),
        said["logger"].gather(firsts).alias("logger"),
        payload.gather(firsts).alias("payload"),
    )
    return _cast(rows, ROWS), _cast(origins, ORIGINS)


def _cast(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _combinations(raw: Raw, logger: pl.Series, payload: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each entry the number of its combination of log, resource, labels, logger and payload; and a row of each."""
    parts = (
        coded(raw.texts["logName"])[0],
        raw.objects["resource"].where,
        raw.objects["labels"].where,
        *(() if logger.null_count() == raw.height else (coded(logger)[0],)),
        *(() if (payload == payload[0]).all() else (coded(payload)[0],)),
    )
    told = pl.DataFrame([part.alias(str(place)) for place, part in enumerate(parts)])
    return distinct(told.select(pl.struct(pl.all()).hash(seed=0)).to_series())


def _emptied(texts: pl.Series) -> pl.Series:
    """Null where the text is empty."""
    return texts if not (texts == "").any() else pl.select(_first(pl.lit(texts))).to_series()


def _bare_trace(traces: pl.Series) -> pl.Series:
    """`projects/P/traces/T` → `T`."""
    if traces.null_count() == traces.len():
        return traces
    return traces.to_frame("trace").select(_first(pl.col("trace").str.extract(r"([^/]+)$")).alias("trace"))["trace"]


def _origin(resources: Objects, labels: Objects) -> pl.DataFrame:
    """Who wrote the entry: service, revision, version, instance and resource type."""
    there = resources.spread(pl.col("type").alias("resource"), *_placed())
    label = labels.spread(
        _named(fields.POD_HASH_LABEL).alias("hash"),
        _named(*fields.VERSIONS).alias("version"),
        _named("instanceId").alias("own"),
    )
    return pl.concat([there, label], how="horizontal").select(
        "service",
        pl.coalesce("revision", "hash", "pod").alias("revision"),
        "version",
        pl.coalesce("own", "instance").alias("instance"),
        "resource",
    )


def _placed() -> list[pl.Expr]:
    label = pl.col("labels").struct.field
    service = _first(*(label(name) for name in fields.SERVICES))
    return [
        pl.when(pl.col("type") == "build").then(pl.lit("build")).otherwise(service).alias("service"),
        _first(label("revision_name"), label("version_id")).alias("revision"),
        _first(label("pod_name").str.extract(fields.POD_HASH)).alias("pod"),
        _first(*(label(name) for name in fields.INSTANCES)).alias("instance"),
    ]


def _message(raw: Raw, said: pl.Series, request: pl.Series) -> pl.Series:
    """TextPayload as it is (an export leaves an empty one out), else the first text of the other payloads."""
    text = raw.texts["textPayload"]
    if not text.null_count():
        return text
    acts = raw.objects["protoPayload"].spread(_first(pl.col("status").struct.field("message"), _ACT).alias("act"))
    return pl.select(pl.coalesce(text, said, acts["act"], request, pl.lit(""))).to_series()


def _payload(raw: Raw) -> pl.Series:
    kinds = {"textPayload": "text", "jsonPayload": "json", "protoPayload": "proto", "httpRequest": "http"}
    if not raw.texts["textPayload"].null_count():
        return pl.repeat("text", raw.height, eager=True)
    named = [pl.when(pl.col(name).is_not_null()).then(pl.lit(kind)) for name, kind in kinds.items()]
    return raw.texts.select(pl.coalesce(*named, pl.lit("text"))).to_series()


def plain(rows: pl.DataFrame, source: int) -> pl.DataFrame:
    """The ENTRIES frame of text rows, which know only some of its columns."""
    known = rows.with_columns(
        pl.lit("text").alias("payload"), pl.lit(source).alias("source"), pl.lit(value=False).alias("partial")
    )
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in ENTRIES.items()
    )
