"""From raw columns of LogEntries to the ENTRIES frame."""

from collections.abc import Callable
from typing import Any

import polars as pl

from rca.ingest import fields
from rca.ingest.times import instants
from rca.model.frames import ENTRIES

AHEAD_NS = 60 * 10**9
"""Within a minute of its receipt an entry may well be late or early; beyond it the sender's clock is wrong."""


def _at(*path: str) -> pl.Expr:
    expr = pl.col(path[0])
    for name in path[1:]:
        expr = expr.struct.field(name)
    return expr


def _first(*exprs: pl.Expr) -> pl.Expr:
    """First present one; an empty string is as good as absent."""
    return pl.coalesce([pl.when(expr != "").then(expr) for expr in exprs])


_LABEL = ("resource", "labels")
_JSON_TEXT = _first(*(_at("jsonPayload", name) for name in fields.TEXTS))
_HAS_TRACE = pl.any_horizontal(*((_at("jsonPayload", name) != "") for name in fields.TRACES)).fill_null(value=False)


def intricate() -> pl.Expr:
    """Rows whose text cannot be had by picking a field: tracebacks beside the message, objects, unknown payloads."""
    json = pl.col("textPayload").is_null() & pl.col("jsonPayload").is_not_null()
    return json & (
        _HAS_TRACE | _JSON_TEXT.is_null() | _JSON_TEXT.str.starts_with("{") | _JSON_TEXT.str.starts_with("[")
    )


def audited() -> pl.Expr:
    """Rows that tell of administrative acts: deploys and other changes are read from them. Data access is not one."""
    log = pl.col("logName").fill_null("")
    act = _at("protoPayload", "methodName").is_not_null() | (
        _at("jsonPayload", "methodName").is_not_null()
        & _at("jsonPayload", "@type").str.contains("AuditLog", literal=True)
    )
    return (log.str.contains(fields.AUDIT_LOG) | (act & ~log.str.contains("data_access", literal=True))).fill_null(
        value=False
    )


def ahead(raw: pl.DataFrame) -> pl.DataFrame:
    """Rows dated more than AHEAD_NS after they were received: `row`, `received` (ns) and `lead` (ns), usually none.

    The texts are compared first (5 ns a row): both are RFC 3339 in UTC unless someone rewrote them.
    """
    said, came = pl.col("timestamp"), pl.col("receiveTimestamp")
    later = (said.str.slice(0, 19) > came.str.slice(0, 19)) | ~said.str.ends_with("Z")
    some = raw.select("timestamp", "receiveTimestamp").with_row_index("row").filter(later & came.is_not_null())
    told = some.select(
        "row",
        instants(some["receiveTimestamp"]).alias("received"),
        (instants(some["timestamp"]) - instants(some["receiveTimestamp"])).alias("lead"),
    )
    return told.filter(pl.col("lead") > AHEAD_NS)


def mapped(column: pl.Series, function: Callable[[str | None], Any], dtype: type[pl.DataType]) -> pl.Series:
    """`function` of each distinct value: for columns with few of them."""
    values = column.unique()
    return column.replace_strict(
        values, pl.Series([function(value) for value in values], dtype=dtype), return_dtype=dtype
    )


def shape(raw: pl.DataFrame, source: int, lines: pl.Series) -> pl.DataFrame:
    """The ENTRIES frame of rows in the RAW schema; `lines` are their places in the source."""
    severity = raw["severity"]
    lifted = raw["jsonPayload"].struct.field("severity").fill_null(raw["jsonPayload"].struct.field("level"))
    if lifted.null_count() < raw.height:
        severity = severity.replace({"DEFAULT": None, "0": None, "": None}).fill_null(lifted)
    known = raw.with_columns(
        instants(raw["timestamp"]).alias("at"),
        mapped(severity, fields.level, pl.Int16).alias("severity"),
        mapped(raw["logName"], fields.log_id, pl.String).alias("log"),
        mapped(raw["logName"], fields.project, pl.String).alias("project"),
        lines.cast(pl.UInt32).alias("line"),
    )
    kind = _at("resource", "type")
    return known.select(
        "at",
        "severity",
        _message().alias("message"),
        _payload().alias("payload"),
        pl.when(kind == "build")
        .then(pl.lit("build"))
        .otherwise(_first(*(_at(*_LABEL, name) for name in fields.SERVICES)))
        .alias("service"),
        _first(
            _at(*_LABEL, "revision_name"),
            _at(*_LABEL, "version_id"),
            _at("labels", fields.POD_HASH_LABEL),
            _at(*_LABEL, "pod_name").str.extract(fields.POD_HASH),
        ).alias("revision"),
        _first(*(_at("labels", name) for name in fields.VERSIONS)).alias("version"),
        _first(_at("labels", "instanceId"), *(_at(*_LABEL, name) for name in fields.INSTANCES)).alias("instance"),
        "log",
        "project",
        kind.alias("resource"),
        _first(_at("jsonPayload", "logger"), _at("jsonPayload", "name")).alias("logger"),
        _first(pl.col("trace").str.extract(r"([^/]+)$")).alias("trace"),
        _first(pl.col("insertId")).alias("insert_id"),
        _first(_at("httpRequest", "requestMethod")).alias("method"),
        _first(_at("httpRequest", "requestUrl")).alias("url"),
        _at("httpRequest", "status").cast(pl.Int16, strict=False).alias("status"),
        (_at("httpRequest", "latency").str.strip_suffix("s").cast(pl.Float64, strict=False) * 1000.0).alias(
            "latency_ms"
        ),
        pl.lit(source, pl.UInt32).alias("source"),
        "line",
        pl.lit(1, pl.UInt32).alias("lines"),
        pl.lit(value=False).alias("partial"),
    ).select(pl.col(name).cast(dtype) for name, dtype in ENTRIES.items())


def _message() -> pl.Expr:
    """TextPayload as it is (an export leaves an empty one out), else the first text of the other payloads."""
    act = pl.concat_str(
        _at("protoPayload", "methodName"), _at("protoPayload", "resourceName"), separator=" ", ignore_nulls=True
    )
    request = pl.concat_str(
        _at("httpRequest", "requestMethod"),
        _at("httpRequest", "requestUrl").str.extract(r"^(?:https?://[^/?#]*)?([^?#]*)"),
        _at("httpRequest", "status"),
        separator=" ",
        ignore_nulls=True,
    )
    return pl.coalesce(
        "textPayload", _first(_JSON_TEXT, _at("protoPayload", "status", "message"), act, request), pl.lit("")
    )


def _payload() -> pl.Expr:
    return (
        pl.when(pl.col("textPayload").is_not_null())
        .then(pl.lit("text"))
        .when(pl.col("jsonPayload").is_not_null())
        .then(pl.lit("json"))
        .when(pl.col("protoPayload").is_not_null())
        .then(pl.lit("proto"))
        .when(pl.col("httpRequest").is_not_null())
        .then(pl.lit("http"))
        .otherwise(pl.lit("text"))
    )


def plain(rows: pl.DataFrame, source: int) -> pl.DataFrame:
    """The ENTRIES frame of text rows, which know only some of its columns."""
    known = rows.with_columns(
        pl.lit("text").alias("payload"), pl.lit(source).alias("source"), pl.lit(value=False).alias("partial")
    )
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None).alias(name)).cast(dtype)
        for name, dtype in ENTRIES.items()
    )
