"""Lines: a signature for every message of a file, in input order."""

import polars as pl

from rca.signatures import shapes
from rca.signatures.sign import sign_texts


def line_signatures(messages: pl.Series, families: pl.Series | None = None) -> pl.DataFrame:
    """Columns `id` and `template`, one row per message in the given order; blank messages have a signature too.

    `families` (service or logger of each message) keeps templates of different programs apart.
    """
    rows = (
        pl.DataFrame({"message": messages.cast(pl.String).fill_null("")})
        .with_row_index("row")
        .with_columns(
            (pl.lit("", pl.String) if families is None else pl.Series(families).cast(pl.String).fill_null("")).alias(
                "family"
            )
        )
    )
    keyed = shapes.masked(rows)
    unique = keyed.group_by("masked", "family").agg(pl.col("message").min()).sort("family", "masked")
    signed = sign_texts(unique["message"].to_list(), unique["family"].to_list())
    named = unique.select("masked", "family").with_columns(
        pl.Series("id", [one.id for one in signed], pl.String),
        pl.Series("template", [one.template for one in signed], pl.String),
    )
    return (
        keyed.select("row", "masked", "family")
        .join(named, on=["masked", "family"], how="left")
        .sort("row")
        .select("id", "template")
    )
