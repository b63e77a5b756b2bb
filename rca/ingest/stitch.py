"""Lines of one stderr to one occurrence: tracebacks split over entries are put together, by stream and time.

Only text joins text, and only within one (log, service, revision, instance). Streams in which no line looks like part of
a printed exception are not touched.
"""

from dataclasses import dataclass

import polars as pl

from rca.ingest import grammar as g
from rca.ingest.stream import Stream

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


def find(frame: pl.DataFrame) -> Stitching:
    """The occurrences in `frame`, which is in the ENTRIES schema and in time order; rows are numbered from 0."""
    near = _near(frame)
    members: list[tuple[int, int]] = []
    groups: list[tuple[int, str, int, int, bool, int]] = []
    interleaved = 0
    for part in near.partition_by("run", maintain_order=True) if near.height else ():
        rows, texts, severities = part["row"].to_list(), part["message"].to_list(), part["severity"].to_list()
        times, counts = part["at"].to_list(), part["lines"].to_list()
        for one in Stream(texts, times).joined():
            leader = rows[one.rows[0]]
            interleaved += one.ambiguous
            if len(one.rows) > 1 or one.partial:
                members += [(rows[place], leader) for place in one.rows]
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


def interest() -> pl.Expr:
    """True for rows that look like part of a printed exception; only text is joined."""
    return (pl.col("payload") == "text") & pl.col("message").str.contains(f"(?m){g.INTEREST}")


def _near(frame: pl.DataFrame) -> pl.DataFrame:
    """Text rows of streams with a line of interest, at most AHEAD after or BEHIND before one; `run` numbers the stretches.

    `frame` may hold the column `interest` already.
    """
    flags = frame.select("interest" if "interest" in frame.columns else interest().alias("interest"))[
        "interest"
    ].fill_null(value=False)
    if not flags.any():
        return pl.DataFrame(schema={"run": pl.UInt32})
    text = frame.select(pl.col("payload").cast(pl.String) == "text").to_series()
    stream = frame.select(pl.struct(KEY).hash(seed=0)).to_series()
    wanted = text & stream.is_in(stream.filter(flags).unique().implode())
    rows = pl.DataFrame({"row": wanted.arg_true(), "stream": stream.filter(wanted), "interest": flags.filter(wanted)})
    marked = rows.sort("stream", "row").with_row_index("place").with_columns(pl.col("place").cast(pl.Int64))
    first = pl.when(pl.col("stream") != pl.col("stream").shift(1)).then("place").forward_fill().fill_null(0)
    final = pl.when(pl.col("stream") != pl.col("stream").shift(-1)).then("place").backward_fill().fill_null(rows.height)
    last = pl.when("interest").then("place").forward_fill()
    following = pl.when("interest").then("place").backward_fill()
    since = (last >= first) & (pl.col("place") - last <= AHEAD)
    until = (following <= final) & (following - pl.col("place") <= BEHIND)
    near = marked.filter(since.fill_null(value=False) | until.fill_null(value=False))
    begins = (pl.col("stream") != pl.col("stream").shift(1)) | (pl.col("place").diff() != 1)
    texts = frame.select("at", "severity", "message", "lines")[near["row"]]
    return pl.concat([near, texts], how="horizontal").select(
        "row",
        pl.col("at").fill_null(strategy="forward").fill_null(0),
        "severity",
        "message",
        "lines",
        begins.fill_null(value=True).cum_sum().alias("run"),
    )


def apply(frame: pl.DataFrame, found: Stitching) -> pl.DataFrame:
    """`frame` with each occurrence as one row, in the place of its first line."""
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
