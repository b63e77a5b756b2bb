"""What is not in the inputs although the inputs themselves speak of it: silent services, gaps, logs of another time."""

import re
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from rca.model.case import TestRun
from rca.model.digest import Digest
from rca.model.frames import MINUTE_NS
from rca.model.source import Source
from rca.when import rfc3339, span, to_ns

_GAP_MINUTES = 5
_AROUND_MINUTES = 10
_BUSY = 8
"""A gap is told where at least 8 of the 10 minutes on either side have entries: sparse and hourly logs have pauses, not gaps."""

_SHOWN = 3
_NAMES = 8

_RUN_HOST = re.compile(
    r"(?:https?|wss?)://([a-z][a-z0-9-]{0,62}?)-(?:[a-z0-9]{10}-[a-z]{2}|\d{6,14}\.[a-z0-9-]{4,30})(?:\.a)?\.run\.app\b"
)
"""Cloud Run's own addresses name the service: SERVICE-<hash>-<region>.a.run.app, SERVICE-<project number>.<region>.run.app."""


def noticed(sources: Sequence[Source], digest: Digest, runs: Sequence[TestRun]) -> tuple[str, ...]:
    """One sentence for each thing absent, in a fixed order; nothing when there are no logs at all, which is said elsewhere."""
    if digest.traffic.is_empty():
        return ()
    return (*_called(digest, runs), *_gaps(sources, digest), *_apart(digest, runs))


def annotated(
    sources: Sequence[Source], digest: Digest, topology: Mapping[str, tuple[str, ...]] | None
) -> tuple[Source, ...]:
    """`sources`; a topology says which of its services are silent. Stores often are, so it is no complaint of the report."""
    named = {name for caller, called in (topology or {}).items() for name in (caller, *called)}
    heard = _heard(digest)
    silent = sorted(name for name in named if name.lower() not in heard) if heard else []
    if not silent:
        return tuple(sources)
    shown = ", ".join(silent[:_NAMES]) + (f" and {len(silent) - _NAMES} more" if len(silent) > _NAMES else "")
    note = f"no log entry of {shown}"
    return tuple(
        one.model_copy(update={"notes": (*one.notes, note)}) if one.kind == "topology" else one for one in sources
    )


def _heard(digest: Digest) -> set[str]:
    return {name.lower() for name in digest.traffic["service"].drop_nulls().unique()}


def _called(digest: Digest, runs: Sequence[TestRun]) -> Iterator[str]:
    """Services that an address in a test names, while no entry is theirs."""
    heard = _heard(digest)
    urls = (url for run in runs for case in run.cases for url in case.urls)
    called = {found[1] for url in urls if (found := _RUN_HOST.match(url))} if heard else set()
    for service in sorted(called):
        if service.lower() not in heard:
            yield f"logs of {service}: tests called it, and no entry in the inputs is its own"


def _gaps(sources: Sequence[Source], digest: Digest) -> Iterator[str]:
    """Stretches without any entry amid steady logs, inside what one source covers."""
    minutes = digest.traffic["minute"].drop_nulls().unique().sort()
    if minutes.len() < 2 * _BUSY:
        return
    spans = [
        (first, last)
        for source in sources
        if source.first_at and source.last_at
        if (first := to_ns(source.first_at)) is not None and (last := to_ns(source.last_at)) is not None
        if source.kind in {"entries", "lines", "otlp", "digest"}
    ]
    table = pl.DataFrame({"after": minutes, "before": minutes.shift(1)}).drop_nulls()
    wide = table.filter(pl.col("after") - pl.col("before") > _GAP_MINUTES * MINUTE_NS)
    found = [
        (before + MINUTE_NS, after)
        for after, before in wide.rows()
        if _busy(minutes, before - (_AROUND_MINUTES - 1) * MINUTE_NS, before)
        and _busy(minutes, after, after + (_AROUND_MINUTES - 1) * MINUTE_NS)
        and any(first < before and after < last for first, last in spans)
    ]
    for start, end in found[:_SHOWN]:
        yield (
            f"log entries from {rfc3339(start)} to {rfc3339(end)}: none for {span((end - start) / 10**9)}, "
            "though entries come every minute before and after; nothing ran, or the export has a gap"
        )
    if len(found) > _SHOWN:
        yield f"log entries in {len(found) - _SHOWN} more gaps like these"


def _busy(minutes: pl.Series, low: int, high: int) -> bool:
    return int(minutes.is_between(low, high).sum()) >= _BUSY


def _apart(digest: Digest, runs: Sequence[TestRun]) -> Iterator[str]:
    """Test runs that lie wholly outside the time of the logs: another window was exported, or a clock or zone is wrong."""
    first, last = digest.traffic["first_at"].min(), digest.traffic["last_at"].max()
    if not isinstance(first, int) or not isinstance(last, int):
        return
    for run in runs:
        started, ended = run.started_ns, run.ended_ns or run.started_ns
        if started is None or ended is None or (started <= last and first <= ended):
            continue
        zone = "; its times name no zone and were read as UTC" if not run.zone_known else ""
        yield (
            f"logs of the time of {run.path}: the tests ran from {rfc3339(started)} to {rfc3339(ended)}, "
            f"the logs cover {rfc3339(first)} to {rfc3339(last)}{zone}"
        )
