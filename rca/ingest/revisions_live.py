"""When users really met a deploy: the reported time, held between the last entry on the old and the first on the new revision."""

from collections.abc import Sequence

import polars as pl

from rca import when
from rca.model.change import Change
from rca.model.frames import MINUTE_NS

_BEFORE_NS = 10 * MINUTE_NS
_AFTER_NS = 30 * MINUTE_NS
"""Entries from 10 min before to 30 min after the report may date a switch (notes/correlation.md 1.3, t_d)."""

_WORTH_NS = when.SECOND_NS
"""Below a second the two clocks agree."""


def live_times(changes: Sequence[Change], traffic: pl.DataFrame) -> tuple[Change, ...]:
    """The changes in the same order, `live_at` moved where entries contradict it.

    `extra["live_at_note"]` says from when to when and why. A revision that served before (rollback) or that no entry
    names is left alone, and so are changes without a service, a time of day or a version.
    """
    keyed = traffic.filter(pl.col("service").is_not_null()).select(
        "service", pl.coalesce("revision", "version").alias("key"), "version", "minute", "first_at", "last_at"
    )
    services = {service: rows for (service,), rows in keyed.partition_by("service", as_dict=True).items()}
    return tuple(_live(change, services.get(change.service)) for change in changes)


def _live(change: Change, rows: pl.DataFrame | None) -> Change:
    reported = when.to_ns(change.live_at or change.at or "")
    wanted = change.kind in {"deploy", "config"} and not change.rollback and not change.date_only
    if rows is None or reported is None or not wanted or not (change.revision or change.commit):
        return change
    window = rows.filter(
        pl.col("key").is_not_null(),
        pl.col("last_at").is_between(reported - _BEFORE_NS, reported + _AFTER_NS),
    )
    is_new = pl.col("key") == change.revision if change.revision else pl.col("version") == change.commit
    earlier = rows.filter(is_new, pl.col("last_at") < reported - _BEFORE_NS)
    first_new = window.filter(is_new)["first_at"].min()
    if not isinstance(first_new, int) or earlier.height:
        return change
    last_old = _last_old(window.filter(~is_new), first_new)
    live = first_new  # where only the request is known, users met it with its first entry
    if change.live_at:
        live = min(max(reported, last_old if last_old is not None else reported), first_new)
    if abs(live - reported) < _WORTH_NS:
        return change
    return _moved(change, reported, live, by_new=live == first_new)


def _last_old(old: pl.DataFrame, first_new: int) -> int | None:
    """The last entry on another version before the first on this one, as exact as minutes allow."""
    whole = old.filter(pl.col("last_at") <= first_new)["last_at"].max()
    overlapping = old.filter(pl.col("first_at") <= first_new, pl.col("last_at") > first_new)["first_at"].max()
    known = [one for one in (whole, overlapping) if isinstance(one, int)]
    return max(known, default=None)


def _moved(change: Change, reported: int, live: int, *, by_new: bool) -> Change:
    why = "the first entry on the new revision" if by_new else "the last entry on the revision before"
    told = "reported live" if change.live_at else "requested"
    note = f"{told} at {when.rfc3339(reported)}, but {why} is at {when.rfc3339(live)}"
    update = {"live_at": when.rfc3339(live), "extra": {**change.extra, "live_at_note": note}}
    made = when.to_ns(change.at or "")
    if (
        made is not None and made > live
    ):  # nobody logged the request, so `at` was Ready: it was asked for before users met it
        update["at"] = when.rfc3339(live)
    return change.model_copy(update=update)
