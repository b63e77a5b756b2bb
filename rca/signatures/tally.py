"""Tally: rows of log entries become a digest, by one masking pass and sums over small numbers."""

import polars as pl

from rca.model.digest import Digest
from rca.model.frames import CELLS, EVENTS, MINUTE_NS, SEVERITIES, SHAPES
from rca.model.origins import narrowed, widened
from rca.signatures import exposure, shapes
from rca.signatures.events import ORDER, OWN, earliest, first_rows, shorten
from rca.signatures.named import Names, named
from rca.signatures.places import Places

SAMPLE_HEAD, SAMPLE_TAIL = 160_000, 40_000  # characters; a sample must keep both ends of a chain of exceptions
EVENT_HEAD, EVENT_TAIL = 16_000, 8_000  # characters; hundreds of them are kept per shape
WARNING = SEVERITIES["WARNING"]


def tally(occurrences: pl.DataFrame) -> Digest:
    """Reduce rows in the ENTRIES schema to the five frames of a digest; independent of the order of the rows."""
    return tally_rows(*narrowed(occurrences))


def tally_rows(rows: pl.DataFrame, origins: pl.DataFrame) -> Digest:
    """The same of rows in the ROWS schema, whose origins are the rows of an ORIGINS frame."""
    if rows.is_empty():
        return Digest()
    places = Places(origins)
    http = places.http.gather(rows["origin"])
    name, names = named(rows, http)
    counted = pl.DataFrame(
        [
            names.shape.gather(name).alias("shape"),
            places.place.gather(rows["origin"]).alias("place"),
            (rows["at"] // MINUTE_NS).alias("minute"),
            *rows.select("at", "severity", "lines"),
        ]
    )
    cells = counted.group_by("shape", "place", "minute").agg(
        pl.len().cast(pl.UInt64).alias("count"),
        pl.col("lines").sum().cast(pl.UInt64),
        pl.col("severity").max(),
        pl.col("at").min().alias("first_at"),
        pl.col("at").max().alias("last_at"),
    )
    requests = exposure.asked(rows, http, origins)
    flows = exposure.answered(rows, counted, requests, places)
    return Digest(
        shapes=_shapes(rows, counted, cells, names, places),
        cells=_cells(cells, names, places),
        events=_events(rows, counted, names, origins, places),
        traffic=exposure.traffic(cells, flows, places),
        routes=exposure.routes(rows.filter(requests), origins) if requests.any() else exposure.NO_ROUTES,
    )


def _shapes(
    rows: pl.DataFrame, counted: pl.DataFrame, cells: pl.DataFrame, names: Names, places: Places
) -> pl.DataFrame:
    """SHAPES: the sample is the text of the earliest row, of equally early ones the smallest."""
    sums = (
        cells.with_columns(places.family.gather(cells["place"]).alias("family"))
        .group_by("shape")
        .agg(
            pl.col("family").min(),
            pl.col("severity").max(),
            pl.col("count", "lines").sum(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
        )
        .sort("shape")
    )
    early = counted["at"].eq_missing(sums["first_at"].gather(counted["shape"]))
    samples = (
        pl.DataFrame({"shape": counted["shape"].filter(early), "message": rows["message"].filter(early)})
        .group_by("shape")
        .agg(shorten(pl.col("message").fill_null(""), SAMPLE_HEAD, SAMPLE_TAIL).min().alias("sample"))
        .sort("shape")
    )
    made = sums.with_columns(
        *names.table.select("shape", "text", "notable"),
        samples["sample"],
        places.families.gather(sums["family"]).alias("family"),
    )
    return shapes.compact(made.select(SHAPES.names()).cast(SHAPES))


def _cells(cells: pl.DataFrame, names: Names, places: Places) -> pl.DataFrame:
    """CELLS in order; places that differ in version or logger alone are one."""
    owned = cells.with_columns(places.owner.gather(cells["place"]).alias("owner"))
    if places.owners.height < places.owner.len():
        owned = owned.group_by("shape", "owner", "minute").agg(
            pl.col("count").sum(), pl.col("first_at").min(), pl.col("last_at").max()
        )
    owned = owned.sort("shape", "owner", "minute")
    told = owned.with_columns(
        names.table["shape"].gather(owned["shape"]),
        places.owners["service"].gather(owned["owner"]),
        places.owners["revision"].gather(owned["owner"]),
        pl.col("minute") * MINUTE_NS,
    )
    return told.select(CELLS.names()).cast(CELLS)


def _events(
    rows: pl.DataFrame, counted: pl.DataFrame, names: Names, origins: pl.DataFrame, places: Places
) -> pl.DataFrame:
    """EVENTS: rows that look like failures, by their text, their severity or their status."""
    loud = (names.table["notable"] | names.table["failed"]).gather(counted["shape"])
    wanted = ((counted["severity"] >= WARNING).fill_null(value=False) | loud).arg_true()
    asked = pl.DataFrame(
        [
            counted["shape"].gather(wanted),
            places.owner.gather(counted["place"].gather(wanted)).alias("owner"),
            *rows.select(ORDER)[wanted],
            wanted.alias("row"),
        ]
    )
    first = first_rows(asked)
    picked = asked["row"] if first is None else first
    some = widened(rows[picked], origins).with_columns(
        names.table["shape"].gather(counted["shape"].gather(picked)),
        shorten(pl.col("message"), EVENT_HEAD, EVENT_TAIL),
    )
    events = some.select(EVENTS.names())
    return earliest(events) if first is None else events.with_columns(pl.col(OWN) + "")
