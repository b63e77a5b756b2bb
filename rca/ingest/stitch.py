"""Lines of one stderr to one occurrence: tracebacks split over entries are put together, by stream and time.

Only text joins text, and only within one (log, service, revision, instance). Streams in which no line looks like part of
a printed exception are not touched.
"""

from dataclasses import dataclass

import polars as pl

from rca.ingest import grammar as g
from rca.ingest.stream import Stream
from rca.model.origins import coded

KEY = ("log", "service", "revision", "instance")
AHEAD, BEHIND = 64, 12  # rows looked at after and before a line of interest

_MEMBERS = pl.Schema({"row": pl.UInt32, "leader": pl.UInt32})
_GROUPS = pl.Schema(
    {"leader": pl.UInt32, "text": pl.String, "worst": pl.Int16, "count": pl.UInt32, "cut": pl.Boolean, "end": pl.Int64}
)


@dataclass(frozen=True, slots=True)
class Stitching:
    """What belongs together in a frame: `members` (row, leader) of every joined row, `groups` one row per occurrence."""

    members: pl.DataFrame
    groups: pl.DataFrame
    interleaved: int

    def within(self, wanted: pl.Series) -> "Stitching":
        """Only the occurrences whose first row is a wanted one."""
        if self.members.is_empty():
            return self
        members = self.members.filter(wanted.gather(self.members["leader"]))
        return Stitching(members, self.groups.filter(wanted.gather(self.groups["leader"])), self.interleaved)


def find(rows: pl.DataFrame, origins: pl.DataFrame) -> Stitching:
    """The occurrences in `rows` (ROWS schema, in time order; numbered from 0), whose origins are those of `origins`."""
    near = _near(rows, origins)
    members: list[tuple[int, int]] = []
    groups: list[tuple[int, str, int, int, bool, int]] = []
    interleaved = 0
    for part in near.partition_by("run", maintain_order=True) if near.height else ():
        numbers, texts, severities = part["row"].to_list(), part["message"].to_list(), part["severity"].to_list()
        times, counts = part["at"].to_list(), part["lines"].to_list()
        for one in Stream(texts, times).joined():
            leader = numbers[one.rows[0]]
            interleaved += one.ambiguous
            if len(one.rows) > 1 or one.partial:
                members += [(numbers[place], leader) for place in one.rows]
                said = [texts[place].rstrip("\r\n") for place in one.rows]
                text = "\n".join([said[0], *(_without_prefix(line) for line in said[1:])])
                worst = max(severities[place] for place in one.rows)
                groups.append(
                    (leader, text, worst, sum(counts[place] for place in one.rows), one.partial, times[one.rows[-1]])
                )
    return Stitching(
        pl.DataFrame(members, schema=_MEMBERS, orient="row"),
        pl.DataFrame(groups, schema=_GROUPS, orient="row"),
        interleaved,
    )


def _without_prefix(text: str) -> str:
    """A shipper's prefix stands once, before the first line; before every line it would hide the frames."""
    bare = g.bare(text.split("\n", 1)[0]) if len(text) < g.SEEN else text
    return bare if "\n" not in text and len(bare) < len(text) else text


def interest(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.Series:
    """True for rows that look like part of a printed exception; only text is joined."""
    looks = rows["message"].str.contains(f"(?m){g.INTEREST}").fill_null(value=False)
    return (looks & _text(rows, origins)).alias("interest")


def _text(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.Series:
    return origins["payload"].eq_missing(pl.Series(["text"])).gather(rows["origin"])


def _near(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """Text rows of streams with a line of interest, at most AHEAD after or BEHIND before one; `run` numbers the stretches.

    `rows` may hold the column `interest` already.
    """
    flags = rows["interest"] if "interest" in rows.columns else interest(rows, origins)
    if not flags.any():
        return pl.DataFrame(schema={"run": pl.UInt32})
    stream = coded(origins.select(pl.struct(KEY).hash(seed=0)).to_series())[0].gather(rows["origin"])
    wanted = (stream.is_in(stream.filter(flags).unique().implode()) & _text(rows, origins)).arg_true()
    ordered = pl.DataFrame({"row": wanted, "stream": stream.gather(wanted)}).sort("stream", maintain_order=True)
    places = _around(ordered["stream"], flags.gather(ordered["row"]).arg_true())
    near = ordered[places].with_columns(places)
    begins = (pl.col("stream") != pl.col("stream").shift(1)) | (pl.col("place").diff() != 1)
    texts = rows.select("at", "severity", "message", "lines")[near["row"]]
    return pl.concat([near, texts], how="horizontal").select(
        "row",
        pl.col("at").fill_null(strategy="forward").fill_null(0),
        "severity",
        "message",
        "lines",
        begins.fill_null(value=True).cum_sum().alias("run"),
    )


def _around(streams: pl.Series, places: pl.Series) -> pl.Series:
    """The `places` in sorted `streams`, and those at most AHEAD after or BEHIND before one, within its stream."""
    runs = streams.rle().struct.unnest().select("value", pl.col("len").cum_sum().cast(pl.Int64).alias("end"))
    bounds = runs.with_columns(pl.col("end").shift(1, fill_value=0).alias("begin"))
    found = pl.DataFrame({"place": places.cast(pl.Int64), "value": streams.gather(places)}).join(bounds, on="value")
    reach = pl.int_ranges(
        pl.max_horizontal("begin", pl.col("place") - BEHIND), pl.min_horizontal("end", pl.col("place") + AHEAD + 1)
    )
    return found.select(reach.alias("place").explode().unique().sort())["place"]


def apply(frame: pl.DataFrame, found: Stitching) -> pl.DataFrame:
    """`frame` with each occurrence as one row, in the place of its first line; a column `row` says how rows are numbered."""
    if found.groups.is_empty():
        return frame
    numbered = frame if "row" in frame.columns else frame.with_row_index("row")
    followers = found.members.filter(pl.col("row") != pl.col("leader")).select("row")
    joined = numbered.join(followers, on="row", how="anti", maintain_order="left").join(
        found.groups, left_on="row", right_on="leader", how="left", maintain_order="left"
    )
    return joined.with_columns(
        pl.coalesce("text", "message").alias("message"),
        pl.coalesce("worst", "severity").alias("severity"),
        pl.coalesce("count", "lines").alias("lines"),
        pl.coalesce("cut", "partial").alias("partial"),
    ).select(frame.columns)
