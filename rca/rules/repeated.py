"""Count, sequence, ratio, and first seen after a change: rules that hold because of what did happen."""

from collections.abc import Iterator

import polars as pl

from rca.model import Change, Match, Rule
from rca.rules.hits import SCOPES, Hit
from rca.rules.scene import Scene, unpacked
from rca.when import SECOND_NS, to_ns

REFS_KEPT = 12
BOOT_NS = 5 * SECOND_NS  # clocks of deploy records and of instances differ by seconds


def count(rule: Rule, scene: Scene) -> list[Hit]:
    """`event` at least `at_least` times within `within_s` on one scope: one hit from the first to the last such burst."""
    cross = rule.cross
    assert cross
    assert cross.event
    assert cross.at_least
    assert cross.within_s
    hits = []
    for rows in _per_scope(scene.found(cross.event), SCOPES[cross.scope]):
        ends = rows["at"].shift(1 - cross.at_least)
        bursts = rows.with_columns(ends.alias("end")).filter(pl.col("end") - pl.col("at") <= cross.within_s * SECOND_NS)
        if bursts.height:
            first, last = bursts["at"][0], bursts["end"].max()
            hits.append(_hit(rows.filter(pl.col("at").is_between(first, last))))
    return hits


def sequence(rule: Rule, scene: Scene) -> list[Hit]:
    """`first`, then `then` within `within_s` on one scope: one hit per first that is followed."""
    cross = rule.cross
    assert cross
    assert cross.first
    assert cross.then
    assert cross.within_s
    scope = SCOPES[cross.scope]
    firsts = _timed(scene.found(cross.first), scope)
    thens = _timed(scene.found(cross.then), scope).rename({"row": "row_then", "at": "at_then", "ref": "ref_then"})
    if firsts.is_empty() or thens.is_empty():
        return []
    pairs = firsts.join_asof(
        thens.select("at_then", "row_then", "ref_then", pl.col("captures").alias("captures_then"), *scope),
        left_on="at",
        right_on="at_then",
        by=list(scope) or None,
        strategy="forward",
        tolerance=int(cross.within_s * SECOND_NS),
        check_sortedness=False,
    ).filter(pl.col("row_then").is_not_null() & (pl.col("row_then") != pl.col("row")))
    return [
        Hit(
            first_at=row["at"],
            last_at=row["at_then"],
            count=1,
            refs=(row["ref"], row["ref_then"]),
            service=row["service"],
            revision=row["revision"],
            captures={**unpacked(row["captures_then"]), **unpacked(row["captures"])},
        )
        for row in pairs.iter_rows(named=True)
    ]


def ratio(rule: Rule, scene: Scene) -> list[Hit]:
    """Requests that match `event` are at least `share` of those that match `of`, and `at_least` many.

    Counted per service over windows of `within_s` (default: everything read).
    """
    cross = rule.cross
    assert cross
    assert cross.event
    assert cross.of
    assert cross.share
    assert cross.at_least
    width = int((cross.within_s or 0) * SECOND_NS)
    start = pl.col("minute") // width if width else pl.lit(0)
    requests = scene.counted.routes.drop_nulls("minute").with_columns(
        pl.when(_answers(cross.event)).then("count").otherwise(0).alias("hit"),
        pl.when(_answers(cross.of)).then("count").otherwise(0).alias("all"),
        start.alias("window"),
    )
    windows = (
        requests.group_by("service", "window")
        .agg(pl.col("hit").sum(), pl.col("all").sum(), pl.col("minute").min(), pl.col("minute").max().alias("last"))
        .filter((pl.col("hit") >= cross.at_least) & (pl.col("hit") >= cross.share * pl.col("all")))
        .sort("service", "window", nulls_last=True)
    )
    return [
        Hit(
            first_at=row["minute"],
            last_at=row["last"],
            count=row["hit"],
            service=row["service"],
            share=row["hit"] / row["all"],
            refs=tuple(_requests(scene, cross.event, row["service"])),
        )
        for row in windows.iter_rows(named=True)
    ]


def first_after_change(rule: Rule, scene: Scene) -> list[Hit]:
    """`event` first seen within `within_s` after a change of its service, which was already running without it before."""
    cross = rule.cross
    assert cross
    assert cross.event
    assert cross.within_s
    hits = []
    for rows in _per_scope(scene.found(cross.event), SCOPES["service"]):
        first, service = rows["at"][0], rows["service"][0]
        change = _last_change(scene, service, first, cross.within_s, cross.change)
        if change is None:
            continue
        live = _live(change)
        before = scene.counted.traffic.filter((pl.col("service") == service) & (pl.col("last_at") < live))
        if live is not None and before["entries"].sum() > 0:
            hit = _hit(rows)
            refs = (f"change:{change.id}", *hit.refs)
            label = change.title or change.revision or change.id
            hits.append(
                Hit(hit.first_at, hit.last_at, hit.count, refs, service, hit.revision, hit.captures, change=label)
            )
    return hits


def _answers(match: Match) -> pl.Expr:
    wanted = pl.lit(value=True)
    if match.status:
        wanted = wanted & pl.col("status").is_in(list(match.status))
    if match.message:
        wanted = wanted & pl.any_horizontal([pl.col("route").str.contains(pattern) for pattern in match.message])
    for pattern in match.unless:
        wanted = wanted & ~pl.col("route").str.contains(pattern)
    return wanted.fill_null(value=False)


def _requests(scene: Scene, match: Match, service: str | None) -> list[str]:
    rows = scene.rows.filter((pl.col("service") == service) & pl.col("status").is_in(list(match.status)))
    return rows["ref"].head(REFS_KEPT).to_list()


def _last_change(
    scene: Scene, service: str | None, first: int, within_s: float, kinds: tuple[str, ...]
) -> Change | None:
    after = [
        (live, change.id, change)
        for change in scene.changes
        if (live := _live(change)) is not None
        and change.service in {service, None}
        and (not kinds or change.kind in kinds)
        and live - BOOT_NS <= first <= live + within_s * SECOND_NS
    ]
    return max(after, key=lambda each: each[:2])[2] if after else None


def _live(change: Change) -> int | None:
    when = change.live_at or change.at
    return to_ns(when) if when and not change.date_only else None


def _per_scope(rows: pl.DataFrame, scope: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    """The rows of each scope in time order; rows without a time or without the scope belong to none."""
    timed = _timed(rows, scope)
    if timed.is_empty():
        return
    if not scope:
        yield timed
        return
    yield from timed.partition_by(scope, maintain_order=True)


def _timed(rows: pl.DataFrame, scope: tuple[str, ...]) -> pl.DataFrame:
    return rows.drop_nulls(["at", *scope[-1:]]).sort("at", "ref")


def _hit(rows: pl.DataFrame) -> Hit:
    first = rows.row(0, named=True)
    return Hit(
        first_at=rows["at"].min(),  # type: ignore[arg-type]  # the column is Int64
        last_at=rows["at"].max(),  # type: ignore[arg-type]  # as above
        count=rows.height,
        refs=tuple(rows["ref"].head(REFS_KEPT)),
        service=first["service"],
        revision=first["revision"],
        captures=unpacked(first["captures"]),
    )
