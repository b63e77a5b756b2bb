"""Exposure: how much traffic there was, per revision and minute, and which routes answered how."""

import polars as pl

from rca.model.frames import MINUTE_NS, ROUTES, TRAFFIC
from rca.signatures.requests import route
from rca.signatures.shapes import compact

TRAFFIC_KEY = ["service", "revision", "version", "minute"]
ROUTES_KEY = ["service", "route", "status", "minute"]
SERVER_ERROR = 500


def _request() -> pl.Expr:
    """Entries that are requests: no text of their own, or in the platform's log of requests.

    Where no instance took a request, Cloud Run says why in the text of its request entry; an application that logs with
    an `httpRequest` speaks of a request that the platform has counted already.
    """
    platform = (pl.col("log") == "requests") & pl.col("status").is_not_null()
    return (pl.col("payload") == "http") | platform.fill_null(value=False)


def traffic(rows: pl.DataFrame) -> pl.DataFrame:
    """TRAFFIC of rows in the ENTRIES schema; entries without a service count under null."""
    request = _request()
    return (
        rows.with_columns((pl.col("at") // MINUTE_NS * MINUTE_NS).alias("minute"))
        .group_by(TRAFFIC_KEY)
        .agg(
            pl.len().alias("entries"),
            request.sum().alias("requests"),
            (request & (pl.col("status") >= SERVER_ERROR)).fill_null(value=False).sum().alias("failed"),
            pl.col("at").min().alias("first_at"),
            pl.col("at").max().alias("last_at"),
        )
        .select(TRAFFIC.names())
        .cast(TRAFFIC)
        .sort(TRAFFIC_KEY)
    )


def routes(rows: pl.DataFrame) -> pl.DataFrame:
    """ROUTES of the request entries; the sample is the smallest URL, which no order of reading can change."""
    counted = (
        rows.filter(_request() & pl.col("url").is_not_null())
        .with_columns(route().alias("route"), (pl.col("at") // MINUTE_NS * MINUTE_NS).alias("minute"))
        .group_by(ROUTES_KEY)
        .agg(pl.len().alias("count"), pl.col("url").str.head(2000).min().alias("sample"))
        .select(ROUTES.names())
        .cast(ROUTES)
        .sort(ROUTES_KEY)
    )
    return compact(counted)
