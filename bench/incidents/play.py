"""Play a script: journeys through the services, each leaving request entries, application logs and failures."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.incidents.script import Fault, Script
from bench.incidents.world import Route

RELAYS = (
    "upstream {callee} answered {status} for {path}",
    "call to {callee}{path} failed with status {status}",
    "{callee}: unexpected status {status} from {path}",
)


@dataclass
class Record:
    """A log entry before it is written: time in s, service, revision, and what it says."""

    at: float
    service: str
    revision: str
    log: str  # requests | stderr | stdout
    severity: str
    text: str = ""
    trace: str | None = None
    http: dict[str, Any] | None = None


@dataclass
class Played:
    """All records, and the status each test got."""

    records: list[Record] = field(default_factory=list)


@dataclass
class Answer:
    """What the caller of a hop sees."""

    status: int
    done: float


def journey(script: Script, out: Played, route: Route, at: float, *, agent: str) -> tuple[int, str | None, float]:
    """One request from the outside: (status, trace id or None, seconds it took)."""
    rng = script.rng
    trace = f"{rng.getrandbits(128):032x}" if rng.random() < script.traced else None
    answer = _hop(script, out, route, 0, at, trace, agent)
    return answer.status, trace, answer.done - at


def _hop(script: Script, out: Played, route: Route, depth: int, at: float, trace: str | None, agent: str) -> Answer:
    rng = script.rng
    service, path = route.hops[depth]
    revision = script.revision(service, at)
    now = at + rng.uniform(0.002, 0.02)
    status = 200
    if depth + 1 < len(route.hops):
        below = _hop(script, out, route, depth + 1, now, trace, agent)
        now = below.done + rng.uniform(0.001, 0.01)
        if below.status >= 500:
            callee, callee_path = route.hops[depth + 1]
            status = 502 if rng.random() < 0.7 else 500
            text = RELAYS[len(service) % len(RELAYS)].format(callee=callee, status=below.status, path=callee_path)
            hasty = any(fault.hasty and fault.mechanism.service == callee for fault in script.faults)
            out.records.append(Record(at + 0.001 if hasty else now, service, revision, "stderr", "ERROR", text, trace))
    if status == 200:
        for fault in script.faults:
            if fault.mechanism.service == service and rng.random() < fault.breaks(at, revision, route):
                status = _fail(out, fault, rng, now, service, revision, trace)
                now += rng.uniform(0.001, 0.005)
                break
        else:
            if rng.random() < 0.25:
                out.records.append(
                    Record(
                        now, service, revision, "stdout", "INFO", f"handled {path} in {rng.randint(2, 90)} ms", trace
                    )
                )
    done = now + rng.uniform(0.001, 0.01)
    http = {
        "requestMethod": route.method,
        "requestUrl": f"https://{service}.{script.world.project}.example{path}",
        "status": status,
        "latency": f"{done - at:.6f}s",
        "userAgent": agent,
    }
    out.records.append(Record(at, service, revision, "requests", "ERROR" if status >= 500 else "INFO", "", trace, http))
    return Answer(status, done)


def _fail(out: Played, fault: Fault, rng: Random, now: float, service: str, revision: str, trace: str | None) -> int:
    if not fault.silent:
        out.records.append(Record(now, service, revision, "stderr", "ERROR", fault.mechanism.text(rng), trace))
    return 200 if fault.calm else 500


def users(script: Script, out: Played) -> None:
    """Journeys as a Poisson process with the script's rate, thinned from its maximum."""
    rng = script.rng
    top = max(script.rate(script.length * i / 200) for i in range(201)) / 60.0
    weights = [route.weight for route in script.world.routes]
    at = 0.0
    while (at := at + rng.expovariate(top)) < script.length:
        if rng.random() > script.rate(at) / 60.0 / top:
            continue
        index = rng.choices(range(len(weights)), weights)[0]
        if at >= script.shy.get(index, 0.0):
            journey(script, out, script.world.routes[index], at, agent="Mozilla/5.0")


def lifecycle(script: Script, out: Played) -> None:
    """The lines a new revision prints when it boots."""
    for rollout in script.rollouts:
        at = rollout.start - script.rng.uniform(0.5, 2.5)
        for text in ("INFO: Started server process [1]", "INFO: Application startup complete."):
            out.records.append(Record(at, rollout.service, rollout.revision, "stderr", "DEFAULT", text))
            at += 0.3


def jobs(script: Script, out: Played) -> None:
    """Noise and scheduled work."""
    for job in script.jobs:
        for at in job.times:
            if 0 <= at < script.length:
                out.records.append(
                    Record(
                        at, job.service, script.revision(job.service, at), "stderr", job.severity, job.text(script.rng)
                    )
                )
