"""Tally: rows of log entries become a digest, by one masking pass and sums."""

import polars as pl

from rca.model.digest import Digest
from rca.model.frames import ENTRIES, EVENTS, EVENTS_KEPT, MINUTE_NS, SEVERITIES, SHAPES
from rca.signatures import mask, shapes
from rca.signatures.exposure import routes, traffic
from rca.signatures.notable import notable
from rca.signatures.requests import request_text

SAMPLE_HEAD, SAMPLE_TAIL = 160_000, 40_000  # characters; a sample must keep both ends of a chain of exceptions
EVENT_HEAD, EVENT_TAIL = 16_000, 8_000  # characters; 400 of them are kept per shape
CELL = ["shape", "service", "revision", "minute"]
WARNING = SEVERITIES["WARNING"]
BAD_REQUEST = 400


def tally(occurrences: pl.DataFrame) -> Digest:
    """Reduce rows in the ENTRIES schema to the five frames of a digest; independent of the order of the rows."""
    rows = occurrences.select(ENTRIES.names()).cast(ENTRIES)
    keyed, names = _keyed(rows)
    named = keyed.join(names.select("masked", "kind", "shape"), on=["masked", "kind"], how="left", nulls_equal=True)
    return Digest(
        shapes=_shapes(named, names),
        cells=_cells(named),
        events=_events(rows, named, names),
        traffic=traffic(rows),
        routes=routes(rows),
    )


def _keyed(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Slim rows with `masked` and `kind`, and the table of unique (masked, kind) with shape, text and notable."""
    slim = rows.with_row_index("row").select(
        "row",
        "at",
        "severity",
        "message",
        pl.coalesce("service", "logger").fill_null("").alias("family"),
        "service",
        "revision",
        pl.col("lines").fill_null(1),
        pl.when(pl.col("payload") == "http")
        .then(pl.lit("request"))
        .when("partial")
        .then(pl.lit("partial"))
        .otherwise(pl.lit("text"))
        .alias("kind"),
        (pl.col("at") // MINUTE_NS * MINUTE_NS).alias("minute"),
        "method",
        "url",
        "status",
    )
    http = (
        slim.filter(pl.col("kind") == "request")
        .with_columns(request_text().alias("message"))
        .with_columns(pl.col("message").alias("masked"))
    )
    text = slim.filter(pl.col("kind") != "request").with_columns(pl.col("message").fill_null(""))
    keyed = pl.concat([shapes.masked(text), http]).drop("method", "url", "status")
    unique = keyed.select("masked", "kind").unique()
    requests = unique.filter(pl.col("kind") == "request").with_columns(pl.col("masked").alias("text"))
    others = unique.filter(pl.col("kind") != "request")
    names = pl.concat([requests, others.with_columns(mask.fine(others["masked"]).alias("text"))])
    hashes = [shapes.digest_of(kind, text) for kind, text in names.select("kind", "text").iter_rows()]
    return keyed, names.with_columns(pl.Series("shape", hashes, pl.String), notable(pl.col("text")).alias("notable"))


def _shapes(named: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """SHAPES: the sample is the text of the earliest row, of equally early ones the smallest."""
    sums = named.group_by("shape").agg(
        pl.col("family").min(),
        pl.col("severity").max(),
        pl.len().cast(pl.UInt64).alias("count"),
        pl.col("lines").sum().cast(pl.UInt64),
        pl.col("at").min().alias("first_at"),
        pl.col("at").max().alias("last_at"),
    )
    samples = (
        named.select("shape", "at", "message")
        .join(sums.select("shape", "first_at"), on="shape")
        .filter(pl.col("at").eq_missing(pl.col("first_at")))
        .group_by("shape")
        .agg(shorten(pl.col("message"), SAMPLE_HEAD, SAMPLE_TAIL).min().alias("sample"))
    )
    texts = names.select("shape", "text", "notable").unique("shape")
    return shapes.compact(
        sums.join(texts, on="shape").join(samples, on="shape").select(SHAPES.names()).cast(SHAPES).sort("shape")
    )


def _cells(named: pl.DataFrame) -> pl.DataFrame:
    return (
        named.group_by(CELL)
        .agg(
            pl.len().cast(pl.UInt64).alias("count"),
            pl.col("at").min().alias("first_at"),
            pl.col("at").max().alias("last_at"),
        )
        .sort(CELL)
    )


def _events(rows: pl.DataFrame, named: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """EVENTS: rows that look like failures, by their text, their severity or their status."""
    loud = names.filter("notable")["shape"].unique()
    wanted = named.filter(
        (pl.col("severity") >= WARNING)
        | pl.col("shape").is_in(loud.implode())
        | pl.col("shape").is_in(_failed_requests(names).implode())
    ).select("row", "shape")
    picked = (
        rows.with_row_index("row")
        .join(wanted, on="row")
        .with_columns(shorten(pl.col("message"), EVENT_HEAD, EVENT_TAIL))
    )
    return earliest(picked.select(EVENTS.names()))


def _failed_requests(names: pl.DataFrame) -> pl.Series:
    status = pl.col("text").str.extract(r"^HTTP ([0-9]{3}) ").cast(pl.Int16, strict=False)
    return names.filter((pl.col("kind") == "request") & (status >= BAD_REQUEST))["shape"]


def earliest(events: pl.DataFrame) -> pl.DataFrame:
    """The first EVENTS_KEPT of each shape, service and revision, in a fixed order of rows."""
    key = ["shape", "service", "revision"]
    short = [*key, "at", "source", "line"]
    ordered = events.sort(short, nulls_last=True)
    repeated = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in short)
    if ordered.height and ordered.select(repeated.any()).item():  # lines of two readings: only then all columns decide
        ordered = events.sort([*short, *(name for name in EVENTS.names() if name not in short)], nulls_last=True)
    return shapes.compact(ordered.filter(pl.int_range(pl.len()).over(key) < EVENTS_KEPT))


def shorten(text: pl.Expr, head: int, tail: int) -> pl.Expr:
    """Both ends of a text that is longer than head + tail characters."""
    cut = pl.concat_str(text.str.head(head), pl.lit("\n" + mask.CUT + "\n"), text.str.tail(tail))
    return pl.when(text.str.len_bytes() > head + tail + 10).then(cut).otherwise(text)
