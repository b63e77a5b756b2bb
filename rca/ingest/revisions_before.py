"""What a deploy replaced: the revision and the commit that served before it, as the entries of the service tell."""

from collections.abc import Sequence

import polars as pl

from rca import when
from rca.model.change import Change


def with_before(changes: Sequence[Change], traffic: pl.DataFrame) -> tuple[Change, ...]:
    """`changes` with `commit`, `previous_revision` and `previous_commit` filled in where only TRAFFIC knows them."""
    served = (
        traffic.filter(pl.col("service").is_not_null() & pl.col("revision").is_not_null())
        .group_by("service", "revision")
        .agg(
            pl.col("first_at").min(),
            pl.col("last_at").max(),
            pl.col("entries").sum(),
            pl.col("version").drop_nulls().min(),
        )
        .sort("service", "first_at", "revision")
        .rows(named=True)
    )
    return tuple(_filled(change, [row for row in served if row["service"] == change.service]) for change in changes)


def _filled(change: Change, served: Sequence[dict[str, object]]) -> Change:
    if change.kind == "commit" or change.service is None or change.revision is None:
        return change
    own = next((row for row in served if row["revision"] == change.revision), None)
    at = when.to_ns(change.live_at or change.at or "")
    earlier = [
        row
        for row in served
        if row["revision"] != change.revision
        and at is not None
        and isinstance(first := row["first_at"], int)
        and first < at
    ]
    # the one that served last: while a roll-out lasts it still does
    before = max(earlier, key=lambda row: (row["last_at"], row["revision"]), default=None)
    update: dict[str, object] = {
        "commit": change.commit or (own["version"] if own else None),
        "previous_revision": change.previous_revision or (before["revision"] if before else None),
        "previous_commit": change.previous_commit or (before["version"] if before else None),
    }
    if change.kind == "deploy" and update["commit"] and update["commit"] == update["previous_commit"]:
        # the same code as before: what changed are settings, secrets or the platform's own
        update |= {"kind": "config", "title": f"{change.title}, the same commit as before: configuration only"}
    return change.model_copy(update=update)
