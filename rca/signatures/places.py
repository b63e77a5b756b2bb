"""Places: which origins count as one, when entries are summed per service and revision, per version, per family."""

from collections.abc import Sequence

import polars as pl


class Places:
    """Numbers for what an ORIGINS frame holds; equal numbers where a sum does not tell them apart.

    `http` and `place` have an entry per origin; `owner`, `flow` and `family` one per place. `owners` (service, revision),
    `flows` (service, revision, version) and `families` hold what these numbers stand for, sorted, null first: sorting by
    a number is sorting by the names.
    """

    def __init__(self, origins: pl.DataFrame) -> None:
        told = origins.select(
            "service", "revision", "version", pl.coalesce("service", "logger").fill_null("").alias("family")
        )
        self.http = origins["payload"].eq_missing(pl.Series(["http"]))
        self.place, places = _ranked(told, told.columns)
        self.owner, self.owners = _ranked(places, ["service", "revision"])
        self.flow, self.flows = _ranked(places, ["service", "revision", "version"])
        family, families = _ranked(places, ["family"])
        self.family, self.families = family, families["family"]


def _ranked(rows: pl.DataFrame, key: Sequence[str]) -> tuple[pl.Series, pl.DataFrame]:
    """For each row the place of its key among the distinct keys, which are sorted, and these."""
    distinct = rows.select(key).unique().sort(key)
    ranks = rows.select(key).join(
        distinct.with_row_index("rank"), on=list(key), how="left", nulls_equal=True, maintain_order="left"
    )
    return ranks["rank"].cast(pl.UInt32), distinct
