"""Stored pages to the ENTRIES frame, many at once, through the same columns as export files."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import polars as pl

from rca.ingest import columns, fields
from rca.ingest.batch import Batch
from rca.ingest.cloud_pages import HTTP_KEYS, JSON_KEYS, LABEL_KEYS, RESOURCE_KEYS
from rca.ingest.objects import Raw, given
from rca.ingest.tally import Tally

BLOCK = 32_000
"""Rows shaped at once: a page alone costs thirty calls into polars, which is more than its thousand rows."""

_PROTO_KEYS = ("@type", "methodName", "resourceName", "status")
_FLAT = (
    *("payload", "severity", "logName", "insertId", "trace", "textPayload", "resource.type", "said", "audit"),
    *(f"labels.{key}" for key in LABEL_KEYS),
    *(f"resource.{key}" for key in RESOURCE_KEYS),
    *(f"httpRequest.{key}" for key in HTTP_KEYS),
    *(f"jsonPayload.{key}" for key in JSON_KEYS),
    *(f"protoPayload.{key}" for key in _PROTO_KEYS),
)


def batches(parts: Iterable[pl.DataFrame], tally: Tally) -> Iterator[Batch]:
    """The entries of stored pages, and the audit entries among them; places count from 1 in the order of reading."""
    held: list[pl.DataFrame] = []
    for part in parts:
        held.append(part)
        if sum(one.height for one in held) >= BLOCK:
            yield _batch(held, tally)
            held = []
    if held:
        yield _batch(held, tally)


def acts(part: pl.DataFrame) -> list[dict[str, Any]]:
    """The audit entries of one stored page, without refs."""
    return [msgspec.json.decode(text) for text in part["audit"].drop_nulls()] if "audit" in part.columns else []


def _batch(parts: list[pl.DataFrame], tally: Tally) -> Batch:
    block = pl.concat(parts, how="diagonal")
    absent = [pl.lit(None, pl.String).alias(name) for name in _FLAT if name not in block.columns]
    block = block.with_columns(absent)
    raw = _raw(block)
    places = pl.Series(range(tally.read + 1, tally.read + 1 + block.height), dtype=pl.UInt32)
    intricate, audited = columns.intricate(raw), columns.audited(raw)
    rows, origins = columns.shape(raw, tally.index, places)
    rows = rows.with_columns(
        block["at"],
        pl.when(intricate & block["said"].is_not_null())
        .then(block["said"])
        .otherwise(pl.col("message"))
        .alias("message"),
    )
    told = pl.DataFrame({"place": places, "text": block["audit"]}).filter(audited & block["audit"].is_not_null())
    audits = tuple(
        {**msgspec.json.decode(text), "_ref": f"log:{tally.index}:{place}"} for place, text in told.iter_rows()
    )
    tally.read += block.height
    tally.saw(rows)
    return Batch(tally, rows, origins, audits)


def _raw(block: pl.DataFrame) -> Raw:
    """Flat columns to the RAW schema of export files. Times stay apart: they are integers already."""
    kind = pl.col("payload")

    def struct(name: str, names: Iterable[str]) -> pl.Expr:
        return pl.struct(pl.col(f"{name}.{key}").alias(key) for key in names)

    proto = pl.struct(
        *(pl.col(f"protoPayload.{key}").alias(key) for key in _PROTO_KEYS[:3]),
        pl.struct(pl.col("protoPayload.status").alias("message")).alias("status"),
    )
    requested = pl.any_horizontal(pl.col(f"httpRequest.{key}").is_not_null() for key in HTTP_KEYS)
    made = block.select(
        *(pl.lit(None, pl.String).alias(name) for name in ("timestamp", "receiveTimestamp")),
        *(pl.col(name) for name in ("severity", "textPayload", "logName", "insertId", "trace")),
        pl.when(kind == "json_payload").then(struct("jsonPayload", JSON_KEYS)).alias("jsonPayload"),
        pl.when(kind == "proto_payload").then(proto).alias("protoPayload"),
        pl.when(requested).then(struct("httpRequest", HTTP_KEYS)).alias("httpRequest"),
        struct("labels", LABEL_KEYS).alias("labels"),
        pl.struct(pl.col("resource.type").alias("type"), struct("resource", RESOURCE_KEYS).alias("labels")).alias(
            "resource"
        ),
    ).select(pl.col(name).cast(dtype) for name, dtype in fields.RAW.items())
    return given(made, fields.OBJECTS)
