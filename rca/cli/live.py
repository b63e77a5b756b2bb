"""Live Cloud Logging from the command line: which project, where pages are kept, and what an early end means."""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rca.cli import emit

if TYPE_CHECKING:
    from rca.gather import LiveReading


def reading(
    projects: Sequence[str] | None,
    *,
    since: str,
    until: str | None,
    service: str | None,
    filter: str | None,
    budget: str | None,
    resume: bool,
    now_ns: int | None,
    quiet: bool,
) -> "LiveReading | None":
    """What to read live, or None when no project was named. The clock is the wall's unless --now is given."""
    if not projects:
        return None
    from rca import when
    from rca.gather import LiveReading
    from rca.ingest.cloud import Live, Outcome
    from rca.ingest.cloud_query import asked
    from rca.ingest.cloud_reader import Budget

    now = time.time_ns() if now_ns is None else now_ns
    limit = Budget(seconds=when.seconds(budget)) if budget else Budget()
    told = emit.complain if sys.stderr.isatty() and not quiet else None
    return LiveReading(
        query=asked(projects, now_ns=now, since=since, until=until, service=service, filter=filter),
        live=Live(store=_store(), resume=resume, budget=limit, progress=told),
        outcome=Outcome(),
    )


def _store() -> Path:
    """Where pages wait for --resume (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "rca" / "live"
