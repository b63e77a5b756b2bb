"""Lines: a signature for every message of a file, in input order."""

import polars as pl

from rca.model.origins import coded
from rca.signatures import mask, shapes
from rca.signatures.sign import sign_texts


def line_signatures(messages: pl.Series, families: pl.Series | None = None) -> pl.DataFrame:
    """Columns `id` and `template`, one row per message in the given order; blank messages have a signature too.

    `families` (service or logger of each message) keeps templates of different programs apart.
    """
    texts = messages.cast(pl.String).fill_null("")
    found = shapes.masked(texts)
    fine, _ = shapes.numbered(mask.fine(found.texts))
    shape = fine.gather(found.codes)
    pairs, firsts = coded(shape if families is None else _with(shape, families))
    smallest = pl.DataFrame({"pair": pairs, "text": texts}).group_by("pair").agg(pl.col("text").min()).sort("pair")
    programs = [""] * firsts.len() if families is None else families.gather(firsts).cast(pl.String).fill_null("")
    signed = sign_texts(smallest["text"].to_list(), list(programs), explained=False)
    named = pl.DataFrame(
        {
            "id": pl.Series([one.id for one in signed], dtype=pl.String),
            "template": pl.Series([one.template for one in signed], dtype=pl.String),
        }
    )
    return named[pairs]


def _with(shapes_of: pl.Series, families: pl.Series) -> pl.Series:
    """A number for each pair of shape and family."""
    programs, names = shapes.numbered(families.cast(pl.String).fill_null(""))
    return shapes_of.cast(pl.UInt64) * names.len() + programs
