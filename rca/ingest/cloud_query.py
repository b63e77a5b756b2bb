"""What is asked of Cloud Logging: filters with explicit time bounds, and the order in which a window is read."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rca import when
from rca.errors import UsageError
from rca.when import DeployAnchor, Instant, parse

MINUTE_NS = 60 * when.SECOND_NS
PAGE_SIZE = 1000
"""The most that the service's documentation allows for certain; the default would be 50 (notes/ingest.md 1.1)."""

TOGETHER_NS = 6 * 60 * MINUTE_NS
"""Deploys this long before the latest one are suspects too, so the window begins before them."""

LOOK_BACK_NS = 7 * 24 * 60 * MINUTE_NS
"""How far back a deploy is looked for with `--since deploy`."""

RESTARTS = 5
"""Times a slice is begun anew at one place before it is given up; each costs a read of the quota."""

BEFORE_NS = 60 * MINUTE_NS
"""Logs before the deploy that are worth comparing with."""

_PROJECT = re.compile(r"(?:[a-z][a-z0-9.-]{1,60}:)?[a-z0-9][a-z0-9-]{1,62}")
_SERVICE = re.compile(r"[\w.-]{1,128}")
_FILTER_MAX = 15_000  # the service takes 20,000 characters; the rest is ours

_SERVICE_LABELS = ("service_name", "container_name", "function_name", "module_id", "job_name")
_ACTS = (
    "(Replace|Create|Update|Delete)(Internal)?Service$",
    r"^io\.k8s\.apps\.v1\.(deployments|statefulsets|daemonsets|replicasets)\.(create|update|patch)$",
    r"CloudBuild\.(CreateBuild|RetryBuild|RunBuildTrigger)$",
    r"Versions\.CreateVersion$",
    "(Create|Update)Function$",
    "CloudDeploy.Create(Release|Rollout)$",
    r"Jobs\.(Create|Replace|Update)Job$",
    r"^cloudsql\.(instances|users)\.",
    "SecretVersion$|Secret$|SetIamPolicy$|setIamPolicy$|CryptoKeyVersion$",
    r"compute\.(firewalls|routes|forwardingRules|urlMaps|backendServices|networks|subnetworks)\.",
    r"^dns\.|CloudRedis\.|Connector$",
)
"""Methods that `rca.ingest.audit` can read; all else in the activity log is left on the server."""


@dataclass(frozen=True, slots=True)
class Query:
    """One live reading; times are ns, `until_ns` is exclusive.

    With `since_ns` None the window begins an hour before a deploy: the `deploy`-th from the end (-1 is the latest), or
    with None the first of those that lie within six hours before the latest.
    """

    projects: tuple[str, ...]
    until_ns: int
    since_ns: int | None = None
    deploy: int | None = None
    service: str | None = None
    filter: str | None = None
    since_text: str = "deploy"  # as the user wrote it: part of the identity of a reading that is resumed

    def __post_init__(self) -> None:
        for project in self.projects:
            if not _PROJECT.fullmatch(project):
                raise UsageError(f"--project {project!r} is no project id", hint="pass the id, such as my-project-123")
        if not self.projects or len(self.projects) > 100:
            raise UsageError("one to a hundred projects can be read at once", hint="repeat --project")
        if self.service is not None and not _SERVICE.fullmatch(self.service):
            raise UsageError(f"--service {self.service!r} is no service name", hint="pass it as the platform shows it")
        if self.filter is not None and len(self.filter) > _FILTER_MAX:
            raise UsageError(f"--filter is longer than {_FILTER_MAX:,} characters")
        if self.since_ns is not None and self.since_ns >= self.until_ns:
            raise UsageError("--since is not before --until", where=when.rfc3339(self.since_ns))

    @property
    def key(self) -> str:
        """Names the stored reading; `until` is not in it, because a resumed reading keeps its first one."""
        parts = [sorted(self.projects), self.service, self.filter, self.since_text]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def asked(
    projects: Sequence[str],
    *,
    now_ns: int,
    since: str = "deploy",
    until: str | None = None,
    service: str | None = None,
    filter: str | None = None,
) -> Query:
    """The query behind the options of the command line; times in the grammar of `rca.when`, counted from `now_ns`."""
    end, begin = parse(until, now_ns=now_ns) if until else Instant(now_ns), parse(since, now_ns=now_ns)
    if isinstance(end, DeployAnchor):
        raise UsageError("--until cannot be a deploy", hint="give an instant, for example 2025-09-09T19:30:00Z")
    return Query(
        projects=tuple(projects),
        until_ns=end.ns,
        since_ns=begin.ns if isinstance(begin, Instant) else None,
        deploy=begin.n if isinstance(begin, DeployAnchor) else None,
        service=service,
        filter=filter,
        since_text=" ".join(since.split()),
    )


@dataclass(slots=True)
class Slice:
    """A stretch of time of one project that is read in one direction, and how far that has come."""

    project: str
    kind: str  # deploys | entries
    lo: int
    hi: int
    newest_first: bool
    token: str = ""
    edge: int | None = None  # timestamp of the last entry stored
    resumed_at: int | None = None  # since a token was lost: read on from here, not from the beginning
    restarts: int = 0  # without any entry in between
    pages: int = 0
    done: bool = False
    given_up: str = ""

    def filter(self, query: Query) -> str:
        """Time bounds are always written out: without them the service silently reads the last 24 hours only."""
        lo, hi = self.lo, self.hi
        if self.resumed_at is not None:  # several entries may share its timestamp, so it is read again
            lo, hi = (lo, self.resumed_at + 1) if self.newest_first else (self.resumed_at, hi)
        parts = [f'timestamp>="{when.rfc3339(lo)}"', f'timestamp<"{when.rfc3339(hi)}"']
        if self.kind == "deploys":
            logs = ("activity", "system_event")
            parts.append("(" + " OR ".join(f'log_id("cloudaudit.googleapis.com/{log}")' for log in logs) + ")")
            parts.append(f"protoPayload.methodName=~{_quoted('|'.join(_ACTS))}")
        else:
            if query.service:
                labels = (f"resource.labels.{label}={_quoted(query.service)}" for label in _SERVICE_LABELS)
                parts.append("(" + " OR ".join(labels) + ")")
            if query.filter:
                parts.append(f"({query.filter})")
        return " AND ".join(parts)

    def restart(self, why: str) -> None:
        """Forget a token that is of no use and go on by time; given up when that has led nowhere several times."""
        self.token, self.resumed_at = "", self.edge
        self.restarts += 1
        if self.restarts > RESTARTS:
            self.given_up = why

    def reached(self, edge: int) -> None:
        """An entry of this time is stored."""
        if edge != self.edge:
            self.restarts = 0
        self.edge = edge

    @property
    def over(self) -> bool:
        """Nothing more is asked of it."""
        return self.done or bool(self.given_up)

    @property
    def covered(self) -> tuple[int, int]:
        """The part of it of which every entry is stored; empty (lo == hi) when none is."""
        if self.done:
            return self.lo, self.hi
        if self.edge is None:
            return self.lo, self.lo
        return (self.edge + 1, self.hi) if self.newest_first else (self.lo, self.edge)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_RINGS_MIN = ((2, 1), (5, 3), (15, 10), (60, 30), (240, 60), (1440, 1440))
"""Minutes after and before a deploy that are read, one ring after the other; what follows it says more."""


def plan(projects: Sequence[str], since: int, until: int, deploys: Sequence[int]) -> list[Slice]:
    """Disjoint slices that cover [since, until): the minutes after each deploy, those before it, then outward.

    Most recent deploy first. After a deploy time runs forward, before it backward, so that a reading that is stopped
    early has lost the edges and not the onset. From the second ring on the end of the window is read as well.
    """
    covered: list[tuple[int, int]] = []
    found: list[Slice] = []
    anchors = sorted({at for at in deploys if since <= at < until}, reverse=True)[:8]

    def take(lo: int, hi: int, *, newest_first: bool) -> None:
        for a, b in minus(max(lo, since), min(hi, until), covered):
            found.extend(Slice(project, "entries", a, b, newest_first) for project in projects)
            covered.append((a, b))

    for ring, (after, before) in enumerate(_RINGS_MIN):
        for at in anchors:
            take(at, at + after * MINUTE_NS, newest_first=False)
            take(at - before * MINUTE_NS, at, newest_first=True)
        if ring or not anchors:
            take(until - after * MINUTE_NS, until, newest_first=True)
    take(since, until, newest_first=True)
    return found


def minus(lo: int, hi: int, covered: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """[lo, hi) without the intervals already covered, in time order."""
    left = []
    for a, b in sorted(covered):
        if a > lo:
            left.append((lo, min(a, hi)))
        lo = max(lo, b)
    left.append((lo, hi))
    return [(a, b) for a, b in left if a < b]


def union(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Intervals joined where they touch, in time order."""
    joined: list[tuple[int, int]] = []
    for lo, hi in sorted(one for one in intervals if one[0] < one[1]):
        if joined and lo <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(hi, joined[-1][1]))
        else:
            joined.append((lo, hi))
    return joined
