"""Named: every row gets a number for its shape; what is known of a shape is worked out once."""

from dataclasses import dataclass

import polars as pl

from rca.signatures import mask, shapes
from rca.signatures.notable import notable
from rca.signatures.requests import request_text

BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Names:
    """`shape` turns the number of a name (kind and masked text) into the number of its shape, a row of `table`.

    `table` has the columns shape, text, notable and `failed` (an answered request with a bad status), sorted by shape.
    """

    shape: pl.Series
    table: pl.DataFrame


def named(rows: pl.DataFrame, http: pl.Series) -> tuple[pl.Series, Names]:
    """The number of each row's name, and the names, of rows in the ROWS schema; `http` marks entries of request logs."""
    answered = http.any()
    messages = rows["message"]
    if answered:
        messages = pl.select(pl.when(~http).then(messages)).to_series()
    found = shapes.masked(messages)
    codes, count = found.codes, found.texts.len()
    known = [pl.DataFrame({"kind": "text", "masked": found.texts})]
    if rows["partial"].any():
        codes = pl.select(pl.when(rows["partial"]).then(codes + count).otherwise(codes)).to_series()
        known.append(pl.DataFrame({"kind": "partial", "masked": found.texts}))
    if answered:
        texts = rows.filter(http).select(request_text().alias("text"))["text"]
        numbers, distinct = shapes.numbered(texts)
        codes = codes.scatter(http.arg_true(), numbers + sum(one.height for one in known))
        known.append(pl.DataFrame({"kind": "request", "masked": distinct}))
    return codes, _names(pl.concat(known), codes.unique())


def _names(known: pl.DataFrame, used: pl.Series) -> Names:
    names = known.with_row_index("name").filter(pl.col("name").is_in(used.implode()))
    requests, others = names.filter(pl.col("kind") == "request"), names.filter(pl.col("kind") != "request")
    told = pl.concat(
        [
            requests.with_columns(pl.col("masked").alias("text")),
            others.with_columns(mask.fine(others["masked"]).alias("text")),
        ]
    )
    hashes = [shapes.digest_of(kind, text) for kind, text in told.select("kind", "text").iter_rows()]
    status = pl.col("text").str.extract(r"^HTTP ([0-9]{3}) ").cast(pl.Int16, strict=False)
    told = told.with_columns(
        pl.Series("shape", hashes, pl.String),
        notable(pl.col("text")).alias("notable"),
        ((pl.col("kind") == "request") & (status >= BAD_REQUEST)).fill_null(value=False).alias("failed"),
    )
    table = told.select("shape", "text", "notable", "failed").unique("shape").sort("shape")
    ranks = told.join(table.select("shape").with_row_index("rank"), on="shape").select("name", "rank")
    every = pl.DataFrame({"name": pl.int_range(known.height, dtype=pl.UInt32, eager=True)})
    shape = every.join(ranks, on="name", how="left", maintain_order="left")["rank"]
    return Names(shape.cast(pl.UInt32), table)
