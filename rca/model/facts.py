"""Facts: everything that was read, before any judgement. The only argument of the analysis that holds evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rca.model.case import TestRun
from rca.model.change import Change
from rca.model.digest import Digest
from rca.model.loop import Iteration
from rca.model.source import Source

if TYPE_CHECKING:
    from rca.model.report import Report


@dataclass(frozen=True, slots=True)
class Past:
    """What the memory knows of one issue (key: fingerprint), or of one test (key: test id)."""

    fingerprint: str
    first_at: str | None = None
    last_at: str | None = None
    runs: int = 0
    status: str = "open"  # open | fixed | expected
    fixed_in: str | None = None
    note: str = ""
    cause: str = ""  # as people say
    found: str = ""  # the cause as it was found then
    title: str = ""
    ticket: str = ""
    owner: str = ""
    expected_until: str = ""
    fixed_by: str = ""  # inferred: the deploy between the last red run with it and the next one, which passed


@dataclass(frozen=True, slots=True)
class Known:
    """What the memory holds of an issue in runs that ended before an instant, to judge a fix by.

    `failures` are minutes in which it occurred: a burst counts once. `exposure` is what could have failed in those runs
    since it was first seen: executions of its `tests` and runs with any of them (`red` of which failed), requests (else
    entries) of its `services`.
    """

    fingerprint: str
    title: str
    failures: int
    exposure: Mapping[str, float]  # unit (tests | runs | requests | entries) → amount
    tests: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    last_at: str | None = None
    red: int = 0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Results of one test in earlier runs: counts, and the last few outcomes oldest first."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    recent: tuple[str, ...] = ()
    durations_s: tuple[float, ...] = ()
    flaked: int = 0  # of the passed: those that failed first and passed when tried again
    times: tuple[int, ...] = ()  # start (ns) of the run of each of `recent`, where known
    modes: tuple[tuple[int, frozenset[str]], ...] = ()  # (end in ns, issues it failed with) of earlier analyses


@dataclass(frozen=True, slots=True)
class Facts:
    """Inputs of one analysis. `topology` maps a service to the services it calls; None when nobody gave one."""

    sources: tuple[Source, ...] = ()
    digest: Digest = field(default_factory=Digest)
    runs: tuple[TestRun, ...] = ()  # runs under analysis, oldest first
    earlier: tuple[TestRun, ...] = ()  # --earlier, oldest first
    changes: tuple[Change, ...] = ()  # deploys, config …, in time order
    commits: tuple[Change, ...] = ()  # kind commit, newest first
    topology: Mapping[str, tuple[str, ...]] | None = None
    baseline: Digest | None = None  # --baseline: a good run
    baseline_runs: tuple[TestRun, ...] = ()
    past: Mapping[str, Past] = field(default_factory=dict)
    outcomes: Mapping[str, Outcomes] = field(default_factory=dict)
    deployed: tuple[int, ...] = ()  # times (ns) of the changes that earlier runs saw
    reports: tuple["Report", ...] = ()  # earlier reports found among the inputs
    known: Mapping[str, Known] = field(default_factory=dict)  # for `rca verify`: issues of runs before these inputs
    loop: tuple[Iteration, ...] = ()  # iterations before these inputs, oldest first
    missing: tuple[str, ...] = ()  # what a reader noticed to be absent
