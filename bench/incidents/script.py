"""The script of one incident: what the system is, what changes when, what breaks, and what is true about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.incidents.mechanisms import Mechanism
from bench.incidents.world import Route, World

Breaks = Callable[[float, str, Route], float]
"""(time in s, revision that serves, route) → probability that the request fails here."""


@dataclass
class Rollout:
    """Traffic of a service moves to `revision` at `start`, linearly within `ramp` seconds (0: at once)."""

    service: str
    revision: str
    start: float
    ramp: float = 0.0


@dataclass
class Fault:
    """Requests that pass `mechanism.service` fail with the probability that `breaks` gives.

    `silent`: the service answers 500 and logs no exception. `calm`: it logs the exception but the request succeeds.
    `hasty`: the caller gives up and logs before the service does.
    """

    mechanism: Mechanism
    breaks: Breaks
    silent: bool = False
    calm: bool = False
    hasty: bool = False


@dataclass
class Job:
    """Log lines outside requests: at these times in this service."""

    service: str
    text: Callable[[Random], str]
    severity: str
    times: list[float]


@dataclass
class Truth:
    """What is true by construction."""

    verdict: str = "cause_found"
    regex: str | None = None
    roots: list[dict[str, Any]] = field(default_factory=list)  # {"regex", "guilty": [change ids]}
    background: list[str] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    introduced_by: list[str] = field(default_factory=list)


@dataclass
class Script:
    """Everything the simulation needs."""

    family: str
    rng: Random
    world: World
    length: float
    rate: Callable[[float], float]  # journeys per minute at a time
    traced: float  # share of journeys with a trace id
    rollouts: list[Rollout] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    commits: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    truth: Truth = field(default_factory=Truth)
    shy: dict[int, float] = field(default_factory=dict)  # index of a route → time before which nobody takes it
    log_from: float = 0.0  # the export begins here
    tests_fail: bool = False  # client assertions fail although every answer is 200
    tests_at: float | None = None  # when the last test run begins; None: near the end
    mild: bool = False  # no noise above WARNING
    audited: bool = False  # are deploys told by audit entries instead of a list of changes?
    files_known: bool = False  # do changes carry the files they touched?

    def started(self, revision: str) -> float:
        """When a revision began to serve; -1 for the one that served from the first."""
        return next((rollout.start for rollout in self.rollouts if rollout.revision == revision), -1.0)

    def revision(self, service: str, at: float) -> str:
        """The revision that serves a request now."""
        current = f"{service}-00001-abc"
        for rollout in self.rollouts:
            if rollout.service == service and at >= rollout.start:
                share = 1.0 if rollout.ramp <= 0 else (at - rollout.start) / rollout.ramp
                if self.rng.random() < share:
                    current = rollout.revision
        return current
