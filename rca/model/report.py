"""The report: schema rca.report/1, the source of which every other format is a rendering.

Names and meaning are the public contract. Times are RFC 3339 in UTC; a ref is a key of `Report.evidence`.
"""

from typing import Literal

from pydantic import Field

from rca.model.base import Noun
from rca.model.case import Outcome, Suite
from rca.model.change import Change
from rca.model.loop import Iteration
from rca.model.signature import Cycle, Frame, Part
from rca.model.source import Source

Status = Literal["cause_found", "cause_not_in_evidence", "no_failure_found"]
Novelty = Literal["new", "regressed", "escalating", "ongoing", "unknown"]
Role = Literal["root", "contributing", "symptom", "background"]
SuspectVerdict = Literal["explains", "compatible", "contradicts", "no_data"]
Basis = Literal["observed", "rule", "timing", "open"]
Branch = Literal["cause", "detection"]
ActionType = Literal["mitigate", "prevent", "detect", "investigate"]


class Tool(Noun):
    """Which rca made the report: version, content hash of the rule set, command line."""

    version: str
    rules: str
    command: str = "rca analyze"
    prior_change: float = 0.25


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


class Failure(Noun):
    """One failed or errored test, the issue it belongs to, and its class."""

    id: str
    suite: str
    name: str
    outcome: Outcome
    message: str
    issue: str | None = None
    evidence: tuple[str, ...] = ()
    kind: str = "unknown"  # this_change | already_failing | flaky | infrastructure | unknown
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


class Count(Noun):
    """A number of failures and what could have failed in the same time."""

    count: int
    exposure: float
    unit: str = "requests"  # requests | tests | entries | seconds


class Ratio(Noun):
    """Rate after over rate before, with a 95 % interval; None where it cannot be computed."""

    estimate: float | None
    low: float | None
    high: float | None


class Reason(Noun):
    """One point for or against a suspect, with the evidence it stands on."""

    text: str
    evidence: tuple[str, ...] = ()
    weight: float | None = None  # natural log of the Bayes factor, where there is one


class Suspect(Noun):
    """A change that may explain an issue."""

    issue: str
    change: str
    p: float
    verdict: SuspectVerdict
    gap_s: float | None = None  # first failure minus the change going live; negative: failures came first
    before: Count
    after: Count
    rate_ratio: Ratio
    for_: tuple[Reason, ...] = Field(default=(), alias="for")
    against: tuple[Reason, ...] = ()
    words: str = ""
    within: str | None = None  # a commit: the deploy that brought it. p is shared between the two, never counted twice


class NoChange(Noun):
    """The answers "no recorded change explains this"; with the suspects' p they sum to 1."""

    issue: str
    p: float
    kind: Literal["constant", "unknown_onset", "periodic"]
    text: str = ""


class Why(Noun):
    """One question and its answer. basis "open": nothing shows it; `check` would settle it."""

    n: int
    question: str
    answer: str
    basis: Basis
    evidence: tuple[str, ...] = ()
    check: str | None = None
    branch: Branch = "cause"


class Alternative(Noun):
    """An answer that was considered, and why it was not chosen."""

    text: str
    rejected_because: str
    evidence: tuple[str, ...] = ()


class Cause(Noun):
    """A ranked cause; `p` is the probability that it is a root of the failures it is linked to."""

    rank: int
    label: Literal["primary", "secondary", "tertiary"]
    issue: str | None
    statement: str
    location: Frame | None = None
    p: float
    words: str
    basis: str  # "Analytic basis: high|moderate|low", with the signs that decided it
    suspects: tuple[str, ...] = ()  # change ids, best first
    whys: tuple[Why, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    trigger: str | None = None  # change id
    evidence: tuple[str, ...] = ()


class Action(Noun):
    """Something to do, tied to a cause, with an end state that can be checked."""

    priority: Literal["P0", "P1", "P2"]
    type: ActionType
    text: str
    cause: int | None = None  # rank of the cause
    done_when: str


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
