"""Lines: a signature for every message of a file, in input order."""

import polars as pl

from rca.signatures import shapes
from rca.signatures.sign import sign_texts


def line_signatures(messages: pl.Series, families: pl.Series | None = None) -> pl.DataFrame:
    """Columns `id` and `template`, one row per message in the given order; blank messages have a signature too.

    `families` (service or logger of each message) keeps templates of different programs apart.
    """
    rows = pl.DataFrame({"message": messages.cast(pl.String).fill_null("")}).with_row_index("row")
    key = ["masked"]
    if families is not None:
        rows = rows.with_columns(families.cast(pl.String).fill_null("").alias("family"))
        key.append("family")
    keyed = shapes.masked(rows)
    unique = keyed.group_by(key).agg(pl.col("message").min()).sort(key)
    programs = unique["family"].to_list() if families is not None else [""] * unique.height
    signed = sign_texts(unique["message"].to_list(), programs)
    named = unique.select(
        *key,
        pl.Series("id", [one.id for one in signed], pl.String),
        pl.Series("template", [one.template for one in signed], pl.String),
    )
    return keyed.select("row", *key).join(named, on=key, how="left").sort("row").select("id", "template")
