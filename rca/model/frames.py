"""Pinned polars schemas for the bulk: log entries, and the digest they are reduced to.

Times are integer nanoseconds since the epoch, UTC. Unknown is null, never an empty string.
"""

import polars as pl

SEVERITIES: dict[str, int] = {
    "DEFAULT": 0,
    "DEBUG": 100,
    "INFO": 200,
    "NOTICE": 300,
    "WARNING": 400,
    "ERROR": 500,
    "CRITICAL": 600,
    "ALERT": 700,
    "EMERGENCY": 800,
}
"""LogSeverity of the Cloud Logging API v2."""

SEVERITY_NAMES: dict[int, str] = {number: name for name, number in SEVERITIES.items()}

MINUTE_NS = 60_000_000_000

ENTRIES = pl.Schema(
    {
        "at": pl.Int64,  # ns; null when the entry has no usable time
        "severity": pl.Int16,  # LogSeverity number, 0 = DEFAULT
        "message": pl.String,  # the text; tracebacks joined with newlines after stitching
        "payload": pl.String,  # text | json | proto | http
        "service": pl.String,  # run service, k8s container, gae module, function, build ("build") or OTel service.name
        "revision": pl.String,  # run revision, pod-template-hash, gae version
        "version": pl.String,  # commit-sha label, service.version, image tag
        "instance": pl.String,  # run instanceId, pod name
        "log": pl.String,  # last part of logName, decoded: stderr, stdout, requests, varlog/system, activity, …
        "resource": pl.String,  # resource.type
        "project": pl.String,  # from logName "projects/P/logs/…"
        "logger": pl.String,
        "trace": pl.String,  # bare trace id
        "insert_id": pl.String,
        "method": pl.String,
        "url": pl.String,
        "status": pl.Int16,  # HTTP status of a request entry
        "latency_ms": pl.Float64,
        "source": pl.UInt32,  # index into the sources
        "line": pl.UInt32,  # 1-based line of the file, or number of the entry in an array
        "lines": pl.UInt32,  # entries folded into this one by stitching (1 = not stitched)
        "partial": pl.Boolean,  # a traceback cut at the window's edge or by a limit
    }
)
"""One row per log entry; after stitching, one row per occurrence."""

ORIGINS = pl.Schema(
    {
        name: ENTRIES[name]
        for name in (
            *("payload", "service", "revision", "version", "instance"),
            *("log", "resource", "project", "logger"),
        )
    }
)
"""Where entries come from: one row per distinct combination. A million entries have a few hundred of them."""

ROWS = pl.Schema([("origin", pl.UInt32()), *((name, kind) for name, kind in ENTRIES.items() if name not in ORIGINS)])
"""ENTRIES in the form that is counted: `origin` is the row of an ORIGINS frame that holds the other columns."""

SHAPES = pl.Schema(
    {
        "shape": pl.String,  # 32 hex digits: hash of the kind and the finely masked text
        "text": pl.String,  # finely masked text (or masked exception text)
        "sample": pl.String,  # the raw text of the earliest complete occurrence, capped
        "family": pl.String,  # templates are clustered within one family (service or logger), never across
        "notable": pl.Boolean,  # the text itself looks like a failure; a function of the text alone
        "severity": pl.Int16,  # worst seen
        "count": pl.UInt64,
        "lines": pl.UInt64,
        "first_at": pl.Int64,
        "last_at": pl.Int64,
    }
)
"""One row per distinct masked text."""

CELLS = pl.Schema(
    {
        "shape": pl.String,
        "service": pl.String,
        "revision": pl.String,
        "minute": pl.Int64,  # start of the minute in ns; null for entries without a time
        "count": pl.UInt64,
        "first_at": pl.Int64,
        "last_at": pl.Int64,
    }
)
"""Counts per signature, service, revision and minute."""

EVENTS = pl.Schema([("shape", pl.String), *ENTRIES.items()])
"""Single occurrences kept whole: notable ones, the earliest EVENTS_KEPT per shape, service and revision."""

EVENTS_KEPT = 200

TRAFFIC = pl.Schema(
    {
        "service": pl.String,
        "revision": pl.String,
        "version": pl.String,
        "minute": pl.Int64,
        "entries": pl.UInt64,
        "requests": pl.UInt64,
        "failed": pl.UInt64,  # requests answered with 5xx
        "first_at": pl.Int64,
        "last_at": pl.Int64,
    }
)
"""Exposure: what could have failed, per service, revision and minute."""

ROUTES = pl.Schema(
    {
        "service": pl.String,
        "route": pl.String,  # METHOD and path with variable parts masked, no host, no query
        "status": pl.Int16,
        "minute": pl.Int64,
        "count": pl.UInt64,
        "sample": pl.String,  # one full URL
    }
)
"""Requests per route and status: which endpoints were exercised, and how they answered."""
