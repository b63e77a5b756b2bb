"""The interval looked at: what bounds the evidence, and which deploy anchors the report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from rca.errors import UsageError
from rca.model import Change, Correlation, Digest, Occurring, TestRun, Window
from rca.model.frames import MINUTE_NS
from rca.when import DeployAnchor, parse, rfc3339, to_ns

ANCHORS = ("deploy", "config", "traffic")

KNOWN_FROM = {
    "audit": "the audit log",
    "revisions": "the revisions that the log entries name",
    "changelist": "a change list",
    "git": "git",
    "ci": "the variables of the CI run",
    "report": "an earlier report",
}
"""Source of a change, in words: `--since deploy` says which one won."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asked for: `since` and `until` in the time grammar, and the clock for relative forms."""

    since: str = "deploy"
    until: str | None = None
    now_ns: int | None = None


def extent(digest: Digest, runs: Sequence[TestRun]) -> tuple[int | None, int | None]:
    """First and last instant seen in the inputs (ns), tests included."""
    logs = (
        digest.traffic.select(pl.col("first_at").min(), pl.col("last_at").max()).row(0)
        if digest.traffic.height
        else (None, None)
    )
    cells = (
        digest.cells.select(pl.col("first_at").min(), pl.col("last_at").max()).row(0)
        if digest.cells.height
        else (None, None)
    )
    tests = [at for run in runs for at in (run.started_ns, run.ended_ns) if at is not None]
    known = [at for at in (*logs, *cells, *tests) if at is not None]
    return (min(known), max(known)) if known else (None, None)


def bounds(asked: Asked, digest: Digest, runs: Sequence[TestRun], changes: Sequence[Change]) -> Window:
    """The interval of the evidence. With a deploy as anchor all that was read stays: what is before it is compared with."""
    first, last = extent(digest, runs)
    now = asked.now_ns if asked.now_ns is not None else last
    until = _instant(asked.until, now, "--until") if asked.until else now
    start = parse(asked.since, now_ns=now)
    if isinstance(start, DeployAnchor):
        change = _nth(start.n, changes) if start.n is not None else None
        return _window(first, until, f"deploy:{change.id}" if change else "inputs")
    if asked.until and until is not None and start.ns > until:
        told = f"--since {rfc3339(start.ns)} lies after --until {rfc3339(until)}"
        raise UsageError(told, hint="swap them, or leave one out")
    return _window(start.ns, until, "explicit")


def _instant(text: str, now: int | None, option: str) -> int:
    found = parse(text, now_ns=now)
    if isinstance(found, DeployAnchor):
        raise UsageError(f"{option} cannot be a deploy", hint="give an instant, for example 2025-09-09T19:30:00Z")
    return found.ns


def _window(since: int | None, until: int | None, anchor: str) -> Window:
    return Window(
        since=None if since is None else rfc3339(since),
        until=None if until is None else rfc3339(until),
        anchor=anchor,
        since_ns=since,
        until_ns=until,
    )


def _nth(n: int, changes: Sequence[Change]) -> Change:
    deploys = [change for change in changes if change.kind == "deploy" and (change.live_at or change.at)]
    try:
        return deploys[n]
    except IndexError:
        raise UsageError(
            f"deploy[{n}] was asked for, but the inputs hold {len(deploys) or 'no'} deploy{'s' * (len(deploys) != 1)}",
            hint="see `rca changes`",
        ) from None


def clip(digest: Digest, window: Window) -> Digest:
    """`digest` without what lies outside an explicit window; whole minutes are kept."""
    if window.anchor != "explicit" and window.until_ns is None:
        return digest
    low = window.since_ns if window.anchor == "explicit" else None
    return replace(
        digest,
        cells=_within(digest.cells, "minute", low, window.until_ns),
        events=_within(digest.events, "at", low, window.until_ns),
        traffic=_within(digest.traffic, "minute", low, window.until_ns),
        routes=_within(digest.routes, "minute", low, window.until_ns),
        shapes=digest.shapes,
    )


def _within(frame: pl.DataFrame, column: str, low: int | None, high: int | None) -> pl.DataFrame:
    floor = MINUTE_NS if column == "minute" else 1
    keep = pl.lit(value=True)
    if low is not None:
        keep &= pl.col(column) >= low // floor * floor
    if high is not None:
        keep &= pl.col(column) <= high
    return frame.filter(keep | pl.col(column).is_null())


def anchored(
    window: Window, correlation: Correlation, issues: Sequence[Occurring], changes: Sequence[Change]
) -> Window:
    """`window` with its anchor named: the best suspect, else the last change before the failures, else the inputs."""
    if window.anchor != "inputs":
        return _opened(window, changes)
    by_id = {change.id: change for change in changes if change.kind in ANCHORS}
    ranked = sorted(
        (suspect for one in issues for suspect in correlation.rolled(one.issue.id)),
        key=lambda one: (-one.p, one.change, one.issue),
    )
    best = next((one.change for one in ranked if one.change in by_id and one.p >= 0.5), None)
    if best:
        return _opened(
            window.model_copy(
                update={"anchor": f"deploy:{best}", "note": "the change that best precedes the failures"}
            ),
            changes,
        )
    onset = min(
        (one.occurrences[0].at or 0 for one in issues if one.failing and one.occurrences and one.occurrences[0].at),
        default=None,
    )
    before = [
        one
        for one in changes
        if one.id in by_id
        and (at := to_ns(one.live_at or one.at or "")) is not None
        and onset is not None
        and at <= onset
    ]
    if before:
        note = "the last change before the first failure; nothing shows that it caused them"
        return _opened(window.model_copy(update={"anchor": f"deploy:{before[-1].id}", "note": note}), changes)
    why = "no deploy precedes the failures in the inputs" if issues else "nothing failed"
    return window.model_copy(update={"note": f"{why}: all that was read is looked at"})


def _opened(window: Window, changes: Sequence[Change]) -> Window:
    """The printed interval begins at the anchor; earlier evidence served as comparison. The note says who told of it."""
    change = next((one for one in changes if window.anchor == f"deploy:{one.id}"), None)
    if change is None:
        return window
    told = f"known from {KNOWN_FROM.get(change.source, change.source)}" if change.source else ""
    note = "; ".join(filter(None, (window.note, told)))
    return window.model_copy(update={"since": change.live_at or change.at or window.since, "note": note})


def clock(now: str | None) -> int | None:
    """`--now` as ns, or None: with file inputs the wall clock is never read."""
    return None if now is None else _instant(now, None, "--now")


def repair(asked: Asked, window: Window, changes: Sequence[Change]) -> Change | None:
    """The change whose effect is to be judged: the deploy that `since` names, the last one, or an instant given."""
    if window.anchor == "explicit":
        return Change(id=f"at:{window.since}", kind="deploy", at=window.since, title=f"what was done at {window.since}")
    named = next((one for one in changes if window.anchor == f"deploy:{one.id}"), None)
    made = [one for one in changes if one.kind in {"deploy", "config"} and (one.live_at or one.at) and not one.part_of]
    return named or (made[-1] if made and asked.since == "deploy" else None)


def since_memory(first_ns: int | None) -> Change | None:
    """For inputs without a deploy: whatever was done between the runs in the memory and these."""
    at = None if first_ns is None else rfc3339(first_ns)
    return Change(id=f"at:{at}", kind="deploy", at=at, title="what was done before these inputs begin") if at else None
