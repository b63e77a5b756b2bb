"""Exposure: how much traffic there was, per revision and minute, and which routes answered how."""

import polars as pl

from rca.model.frames import MINUTE_NS, ROUTES, TRAFFIC
from rca.signatures.places import Places
from rca.signatures.requests import route
from rca.signatures.shapes import compact

TRAFFIC_KEY = ["service", "revision", "version", "minute"]
ROUTES_KEY = ["service", "route", "status", "minute"]
SERVER_ERROR = 500
NO_ROUTES = pl.DataFrame(schema=ROUTES)


def asked(rows: pl.DataFrame, http: pl.Series, origins: pl.DataFrame) -> pl.Series:
    """Rows that are requests: no text of their own (`http`), or in the platform's log of requests.

    Where no instance took a request, Cloud Run says why in the text of its request entry; an application that logs with
    an `httpRequest` speaks of a request that the platform has counted already.
    """
    platform = origins["log"].eq_missing(pl.Series(["requests"])).gather(rows["origin"])
    return http | (platform & rows["status"].is_not_null())


def answered(rows: pl.DataFrame, counted: pl.DataFrame, requests: pl.Series, places: Places) -> pl.DataFrame:
    """Requests and failed ones (5xx) per `flow` and `minute` of rows in the ROWS schema; `requests` says which they are."""
    one = counted.select("place", "minute").filter(requests)
    failed = (rows["status"].filter(requests) >= SERVER_ERROR).fill_null(value=False)
    return (
        one.select(places.flow.gather(one["place"]).alias("flow"), "minute", failed.alias("failed"))
        .group_by("flow", "minute")
        .agg(pl.len().alias("requests"), pl.col("failed").sum())
    )


def traffic(cells: pl.DataFrame, requests: pl.DataFrame, places: Places) -> pl.DataFrame:
    """TRAFFIC from counts per place and minute, and from `answered`; entries without a service count under null."""
    flows = (
        cells.select(places.flow.gather(cells["place"]).alias("flow"), "minute", "count", "first_at", "last_at")
        .group_by("flow", "minute")
        .agg(pl.col("count").sum().alias("entries"), pl.col("first_at").min(), pl.col("last_at").max())
        .join(requests, on=["flow", "minute"], how="left", nulls_equal=True)
        .sort("flow", "minute")
    )
    named = (places.flows[name].gather(flows["flow"]) for name in places.flows.columns)
    told = flows.with_columns(*named, pl.col("requests", "failed").fill_null(0), pl.col("minute") * MINUTE_NS)
    return told.select(TRAFFIC.names()).cast(TRAFFIC)


def routes(requests: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """ROUTES of request entries in the ROWS schema; the sample is the smallest URL, which no order of reading can change."""
    counted = (
        requests.with_columns(origins["service"].gather(requests["origin"]))
        .filter(pl.col("url").is_not_null())
        .with_columns(route().alias("route"), (pl.col("at") // MINUTE_NS * MINUTE_NS).alias("minute"))
        .group_by(ROUTES_KEY)
        .agg(pl.len().alias("count"), pl.col("url").str.head(2000).min().alias("sample"))
        .select(ROUTES.names())
        .cast(ROUTES)
        .sort(ROUTES_KEY)
    )
    return compact(counted)
