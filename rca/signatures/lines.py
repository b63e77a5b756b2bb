"""Lines: a signature for every message of a file, in input order."""

import polars as pl

from rca.model.origins import coded
from rca.signatures import shapes
from rca.signatures.sign import sign_texts


def line_signatures(messages: pl.Series, families: pl.Series | None = None) -> pl.DataFrame:
    """Columns `id` and `template`, one row per message in the given order; blank messages have a signature too.

    `families` (service or logger of each message) keeps templates of different programs apart.
    """
    texts = messages.cast(pl.String).fill_null("")
    found = shapes.masked(texts)
    families = pl.repeat("", texts.len(), eager=True) if families is None else families.cast(pl.String).fill_null("")
    programs, names = shapes.numbered(families)
    pairs, firsts = coded(found.codes.cast(pl.UInt64) * names.len() + programs)
    smallest = pl.DataFrame({"pair": pairs, "text": texts}).group_by("pair").agg(pl.col("text").min()).sort("pair")
    signed = sign_texts(smallest["text"].to_list(), names.gather(programs.gather(firsts)).to_list())
    named = pl.DataFrame(
        {
            "id": pl.Series([one.id for one in signed], dtype=pl.String),
            "template": pl.Series([one.template for one in signed], dtype=pl.String),
        }
    )
    return named[pairs]
