"""The report: schema rca.report/1, the source of which every other format is a rendering.

Names and meaning are the public contract. Times are RFC 3339 in UTC; a ref is a key of `Report.evidence`.
"""

from typing import Literal

from pydantic import Field

from rca.model.base import Noun
from rca.model.case import Outcome, Suite
from rca.model.change import Change
from rca.model.judgement import (
    Action,
    ActionType,
    Alternative,
    Basis,
    Branch,
    Cause,
    Count,
    NoChange,
    Ratio,
    Reason,
    Suspect,
    SuspectVerdict,
    Why,
)
from rca.model.loop import Iteration
from rca.model.pattern import Pattern
from rca.model.review import Criterion, Impact
from rca.model.signature import Cycle, Frame, Part
from rca.model.source import Source

__all__ = [
    "Action",
    "ActionType",
    "Alternative",
    "Authenticity",
    "Basis",
    "Branch",
    "Cause",
    "Count",
    "Coverage",
    "Edge",
    "Evidence",
    "Failure",
    "Issue",
    "NoChange",
    "Novelty",
    "Ratio",
    "Reason",
    "Report",
    "Role",
    "Status",
    "Suspect",
    "SuspectVerdict",
    "TestSummary",
    "Tool",
    "TrafficSeries",
    "Verdict",
    "Why",
    "Window",
]

Status = Literal["cause_found", "cause_not_in_evidence", "no_failure_found"]
Novelty = Literal["new", "regressed", "escalating", "ongoing", "unknown"]
Role = Literal["root", "contributing", "symptom", "background"]


class Tool(Noun):
    """Which rca made the report: version, content hash of the rule set, command line, configuration."""

    version: str
    rules: str
    command: str = "rca analyze"
    prior_change: float = 0.25
    config: str = ""  # the configuration file and the hash of its content, "rca.toml (0123456789abcdef)"
    run: str = ""  # where the CI host shows the run that made the report, "" when it ran nowhere


class Window(Noun):
    """The interval looked at; `anchor` is "deploy:<change id>", "explicit" or "inputs"."""

    since: str | None
    until: str | None
    anchor: str
    since_ns: int | None = Field(default=None, exclude=True)
    until_ns: int | None = Field(default=None, exclude=True)
    note: str = ""


class Verdict(Noun):
    """The first line of every report."""

    status: Status
    summary: str


class Coverage(Noun):
    """What was read and what was not: `explained` of `failures` belong to a cause with evidence."""

    sources: tuple[Source, ...] = ()
    failures: int = 0
    explained: int = 0
    missing: tuple[str, ...] = ()
    by_rule: int = 0  # failures explained by a specific rule
    unknown_signatures: int = 0
    rules: tuple[str, ...] = ()  # rules that the project silenced or extended


class Failure(Noun):
    """One failed or errored test, the issue it belongs to, and its class."""

    id: str
    suite: str
    name: str
    outcome: Outcome
    message: str
    issue: str | None = None
    evidence: tuple[str, ...] = ()
    kind: str = "unknown"  # this_change | flaky | infrastructure | already_failing | seen_before | unknown
    flaky: float | None = None  # probability that it is a flake, from earlier outcomes and retries
    flaky_share: tuple[float, float, float] | None = None  # of its executions that fail at random: mean, 95 % interval


class Authenticity(Noun):
    """A test without evidence that it exercised the system, and why we say so."""

    id: str
    reasons: tuple[str, ...]


class TestSummary(Noun):
    """Counts of all runs under analysis, counted from the cases."""

    __test__ = False

    total: int = 0
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    duration_s: float = 0.0
    suites: tuple[Suite, ...] = ()
    failures: tuple[Failure, ...] = ()
    authenticity: tuple[Authenticity, ...] = ()
    cases: dict[str, Outcome] = Field(default_factory=dict)  # every test's last outcome; empty over CASES_KEPT tests


class Issue(Noun):
    """Occurrences with one fingerprint, from logs and tests alike."""

    id: str
    title: str
    rule: str | None = None
    exception_type: str | None = None
    template: str = ""
    location: Frame | None = None
    frames: tuple[Frame, ...] = ()
    severity: str = "DEFAULT"
    count: int = 0
    first_at: str | None = None
    last_at: str | None = None
    services: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    novelty: Novelty = "unknown"
    role: Role = "background"
    exemplar: str | None = None  # a ref
    evidence: tuple[str, ...] = ()
    captures: dict[str, str] = Field(default_factory=dict)
    cycle: Cycle | None = None
    parts: tuple[Part, ...] = ()
    similar: tuple[str, ...] = ()  # issues that read alike; never merged silently
    minutes: tuple[tuple[str, int], ...] = ()  # (start of minute, count) where it occurred, for the timeline
    note: str = ""  # what the memory knows of it
    url: str | None = None  # where the project looks it up, from the configuration


class Evidence(Noun):
    """One record that a claim stands on."""

    kind: Literal["log", "test", "change", "rule"]
    source: str = ""
    line: int | None = None
    insert_id: str | None = None
    at: str | None = None
    text: str = ""
    url: str | None = None
    service: str | None = None
    revision: str | None = None
    trace_url: str | None = None  # the request it belongs to, in Cloud Trace


class Edge(Noun):
    """An edge of the causal graph: `cause` led to `effect`; `kinds` say what structure shows it."""

    cause: str
    effect: str
    weight: float
    kinds: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    kept: bool = True
    reason: str = ""


class TrafficSeries(Noun):
    """Exposure per minute of one service, for the timeline: (start of minute, requests or entries, 5xx)."""

    service: str
    unit: str
    minutes: tuple[tuple[str, int, int], ...] = ()


class Report(Noun):
    """The whole answer, schema rca.report/1."""

    schema_: Literal["rca.report/1"] = Field(default="rca.report/1", alias="schema")
    tool: Tool
    window: Window
    verdict: Verdict
    coverage: Coverage = Coverage()
    tests: TestSummary = TestSummary()
    issues: tuple[Issue, ...] = ()
    changes: tuple[Change, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    no_change: tuple[NoChange, ...] = ()
    causes: tuple[Cause, ...] = ()
    actions: tuple[Action, ...] = ()
    evidence: dict[str, Evidence] = Field(default_factory=dict)
    graph: tuple[Edge, ...] = ()
    traffic: tuple[TrafficSeries, ...] = ()
    runs: tuple[dict[str, str | int], ...] = ()  # one row per test run: path, started, counts
    loop: tuple[Iteration, ...] = ()  # iterations side by side, oldest first; those of the memory come first
    impact: tuple[Impact, ...] = ()  # by test priority, as the configuration orders them
    criteria: tuple[Criterion, ...] = ()  # success criteria and performance targets of the configuration
    patterns: tuple[Pattern, ...] = ()  # found by rules over several events, in the order of the rules
