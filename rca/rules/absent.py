"""Absence: rules that hold because of what did not happen, where it could have been seen."""

from typing import Any

import polars as pl

from rca.model import Cross, Match, Rule, TestRun
from rca.model.frames import MINUTE_NS
from rca.rules.hits import SCOPES, Hit
from rca.rules.scene import FAILING, Scene, unpacked
from rca.when import SECOND_NS

CLOCKS_NS = 2 * SECOND_NS  # test machines and services disagree by this much without anybody noticing


def absence(rule: Rule, scene: Scene) -> list[Hit]:
    """Either `first` without `then` on one scope, or no `event` while failing tests ran."""
    cross = rule.cross
    assert cross
    if cross.event is not None:
        return _during_tests(cross.event, scene)
    return _unfollowed(cross, scene)


def _unfollowed(cross: Cross, scene: Scene) -> list[Hit]:
    """One hit per scope whose last `first` was not followed by `then` although the log goes on long enough."""
    assert cross.first
    assert cross.then
    scope = SCOPES[cross.scope]
    firsts = scene.found(cross.first).drop_nulls(list(scope[-1:]))
    if firsts.is_empty():
        return []
    thens = scene.found(cross.then)
    if cross.scope != "test" and not _all_kept(cross.then, thens, scene):
        return []
    wait = int((cross.within_s or 0) * SECOND_NS)
    ends: Any = scene.rows.filter(pl.col("source") == "log")["at"].max()
    groups = firsts.partition_by(scope, maintain_order=True) if scope else [firsts]
    hits = []
    for rows in groups:
        first = rows.row(0, named=True)
        same = thens.filter([pl.col(column) == first[column] for column in scope])
        unanswered = _unanswered(rows, same, wait, None if cross.scope == "test" else ends)
        if unanswered.height:
            hits.append(_hit(unanswered))
    return hits


def _unanswered(firsts: pl.DataFrame, thens: pl.DataFrame, wait: int, ends: int | None) -> pl.DataFrame:
    """Firsts after which no `then` came (within the wait, if there is one) while the log went on past the wait."""
    if firsts["at"].null_count() or ends is None:
        return firsts if thens.is_empty() else firsts.head(0)
    watched = firsts.filter(pl.col("at") + wait <= ends)
    if thens.is_empty() or watched.is_empty():
        return watched
    answers = thens.drop_nulls("at").select("at").sort("at").rename({"at": "answered"})
    matched = watched.sort("at").join_asof(
        answers, left_on="at", right_on="answered", strategy="forward", tolerance=wait or None
    )
    return matched.filter(pl.col("answered").is_null()).drop("answered")


def _all_kept(match: Match, kept: pl.DataFrame, scene: Scene) -> bool:
    """False when more entries match than were kept whole: then an absence among the kept proves nothing."""
    counted = int(scene.unkept(match)["count"].sum())
    return counted <= kept.filter(pl.col("source") == "log").height


def _during_tests(event: Match, scene: Scene) -> list[Hit]:
    """One hit per failing test run during which no request (or other event) was logged, though at other times it was."""
    hits = []
    for run in scene.runs:
        failing = [case for case in run.cases if case.outcome in FAILING]
        start, end = _times(run)
        if not failing or start is None or end is None or not _covered(scene, start, end):
            continue
        inside, elsewhere = _seen(event, scene, start - CLOCKS_NS, end + CLOCKS_NS)
        if elsewhere and not inside:
            refs = tuple(case.ref for case in failing)
            hits.append(Hit(first_at=start, last_at=end, count=len(failing), refs=refs))
    return hits


def _covered(scene: Scene, start: int, end: int) -> bool:
    """Whether the log begins before the span and ends after it; otherwise silence says nothing."""
    traffic = scene.counted.traffic
    first: Any = traffic["first_at"].min()
    last: Any = traffic["last_at"].max()
    return first is not None and last is not None and first <= start and end <= last


def _times(run: TestRun) -> tuple[int | None, int | None]:
    starts = [case.start_ns for case in run.cases if case.start_ns is not None]
    ends = [case.end_ns for case in run.cases if case.end_ns is not None]
    return run.started_ns or min(starts, default=None), run.ended_ns or max(ends, default=None)


def _seen(event: Match, scene: Scene, start: int, end: int) -> tuple[int, int]:
    """How many inside the span, and how many outside of it; a minute that overlaps the span counts as inside."""
    if event == Match(log=("requests",)):
        minutes = scene.counted.traffic.drop_nulls("minute").select("minute", pl.col("requests").alias("count"))
        inside = pl.col("minute").is_between(start - MINUTE_NS, end)
    else:
        minutes = scene.found(event).drop_nulls("at").select(pl.col("at").alias("minute"), pl.lit(1).alias("count"))
        inside = pl.col("minute").is_between(start, end)
    return int(minutes.filter(inside)["count"].sum()), int(minutes.filter(~inside)["count"].sum())


def _hit(rows: pl.DataFrame) -> Hit:
    first = rows.row(0, named=True)
    times = rows["at"].drop_nulls()
    return Hit(
        first_at=first["at"],
        last_at=times[-1] if len(times) else None,
        count=rows.height,
        refs=tuple(rows["ref"].head(12)),
        service=first["service"],
        revision=first["revision"],
        captures=unpacked(first["captures"]),
    )
