"""Families with a guilty recorded change. Each sets the truth by building the cause."""

from dataclasses import replace

from bench.incidents.changes import bystanders, deploy, record
from bench.incidents.mechanisms import Mechanism, draw
from bench.incidents.script import Breaks, Fault, Script
from bench.incidents.world import Route


def _service(script: Script, *, deep: bool = False) -> str:
    """A service on some route; `deep`: one that others call."""
    taken = sorted({service for route in script.world.routes for service in route.services})
    called = sorted({service for route in script.world.routes for service in route.services[1:]})
    return script.rng.choice(called if deep else taken)


def _when(script: Script, low: float = 0.3, high: float = 0.75) -> float:
    return script.rng.uniform(low, high) * script.length


def _root(script: Script, mechanism: Mechanism, guilty: list[str], regex: str | None = None) -> None:
    pattern = regex or mechanism.regex
    script.truth.roots.append({"regex": pattern, "guilty": guilty})
    script.truth.regex = script.truth.regex or pattern


def _on(script: Script, revision: str, chance: float = 1.0, since: float = 0.0, until: float = 1e12) -> Breaks:
    """Requests that this revision or a later one of its service answers; nobody repairs it within the window."""

    def breaks(at: float, serving: str, _route: Route) -> float:
        return chance if since <= at < until and script.started(serving) >= script.started(revision) else 0.0

    return breaks


def _deploy(script: Script, mechanism: Mechanism, live: float, ramp: float = 0.0) -> tuple[str, str]:
    change = deploy(script, mechanism.service, live, ramp=ramp, file=mechanism.file)
    return change, next(r.revision for r in script.rollouts if r.service == mechanism.service and r.start == live)


def plain(script: Script) -> None:
    """A deploy breaks a service at once."""
    mechanism = draw(script.rng, script.world, _service(script), "code")
    change, revision = _deploy(script, mechanism, _when(script))
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.5, 1.0))))
    _root(script, mechanism, [change])
    bystanders(script)


def partial(script: Script) -> None:
    """A deploy breaks a small share of the requests."""
    mechanism = draw(script.rng, script.world, _service(script), "code")
    change, revision = _deploy(script, mechanism, _when(script))
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.06, 0.2))))
    _root(script, mechanism, [change])
    bystanders(script)


def slow_burn(script: Script) -> None:
    """A deploy leaks; the exhaustion shows after a quarter of an hour to an hour."""
    mechanism = draw(script.rng, script.world, _service(script), "slow")
    live = _when(script, 0.2, 0.5)
    change, revision = _deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, _on(script, revision, 0.6, since=live + script.rng.uniform(900, 3600))))
    _root(script, mechanism, [change])
    bystanders(script, 4.0)


def fuse(script: Script) -> None:
    """A deploy fails only when something runs out minutes later (a cached token, a lease)."""
    service = _service(script)
    mechanism = draw(script.rng, script.world, service, "code")
    live = _when(script, 0.2, 0.6)
    change, revision = _deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, _on(script, revision, 0.7, since=live + script.rng.uniform(240, 1500))))
    _root(script, mechanism, [change])
    bystanders(script, 3.0)


def rare_path(script: Script) -> None:
    """A deploy breaks a route that users seldom take: every call of it fails, the first one minutes later."""
    rng = script.rng
    index = rng.randrange(len(script.world.routes) - 1)
    route = replace(script.world.routes[index], weight=0.12)
    routes = list(script.world.routes)
    routes[index] = route
    script.world = replace(script.world, routes=tuple(routes))
    mechanism = draw(rng, script.world, route.services[-1], "code")
    change, revision = _deploy(script, mechanism, _when(script, 0.35, 0.6))
    broken = _on(script, revision)
    script.faults.append(
        Fault(mechanism, lambda at, serving, taken: broken(at, serving, taken) if taken is route else 0.0)
    )
    _root(script, mechanism, [change])
    bystanders(script, 3.0)


def canary(script: Script) -> None:
    """The new revision takes over within half an hour to an hour; only its requests fail."""
    mechanism = draw(script.rng, script.world, _service(script), "code")
    change, revision = _deploy(script, mechanism, _when(script, 0.2, 0.5), ramp=script.rng.uniform(1200, 3600))
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.3, 1.0))))
    _root(script, mechanism, [change])
    bystanders(script, 4.0)


def callee(script: Script) -> None:
    """A called service is broken by its deploy; its callers complain louder and sometimes earlier."""
    mechanism = draw(script.rng, script.world, _service(script, deep=True), "code")
    change, revision = _deploy(script, mechanism, _when(script))
    script.faults.append(
        Fault(mechanism, _on(script, revision, script.rng.uniform(0.3, 1.0)), hasty=script.rng.random() < 0.5)
    )
    _root(script, mechanism, [change])
    front = script.world.services[0]
    deploy(script, front, script.length * script.rng.uniform(0.05, 0.2))
    bystanders(script, 4.0)


def silent_callee(script: Script) -> None:
    """The guilty deploy is of a called service that logs nothing but its 500s; only the caller speaks."""
    service = _service(script, deep=True)
    mechanism = draw(script.rng, script.world, service, "code")
    change, revision = _deploy(script, mechanism, _when(script))
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.4, 1.0)), silent=True))
    _root(script, mechanism, [change], regex=rf"\b{service}\b.*\b50[02]\b|\b50[02]\b.*\b{service}\b")
    bystanders(script, 4.0)


def settings(script: Script) -> None:
    """A change of configuration is guilty; a code deploy of the same service minutes before it is not."""
    mechanism = draw(script.rng, script.world, _service(script), "config")
    live = _when(script)
    deploy(script, mechanism.service, live - script.rng.uniform(120, 420))
    change = deploy(script, mechanism.service, live, kind="config")
    revision = next(r.revision for r in script.rollouts if r.start == live)
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.5, 1.0))))
    _root(script, mechanism, [change])
    bystanders(script, 3.0)


def crowd(script: Script) -> None:
    """Several services are deployed within minutes; one of them is guilty."""
    rng = script.rng
    mechanism = draw(rng, script.world, _service(script), "code")
    live = _when(script)
    change, revision = _deploy(script, mechanism, live)
    others = [service for service in script.world.services if service != mechanism.service]
    for service in rng.sample(others, min(3, len(others))):
        deploy(script, service, live + rng.uniform(-240, 240))
    script.faults.append(Fault(mechanism, _on(script, revision, rng.uniform(0.4, 1.0))))
    _root(script, mechanism, [change])


def two_faults(script: Script) -> None:
    """Two deploys of two services, each with a fault of its own."""
    rng = script.rng
    taken = sorted({service for route in script.world.routes for service in route.services})
    for service, low, high in zip(rng.sample(taken, 2), (0.2, 0.55), (0.45, 0.75), strict=True):
        mechanism = draw(rng, script.world, service, "code")
        while any(fault.mechanism.exception == mechanism.exception for fault in script.faults):
            mechanism = draw(rng, script.world, service, "code")
        change, revision = _deploy(script, mechanism, _when(script, low, high))
        script.faults.append(Fault(mechanism, _on(script, revision, rng.uniform(0.2, 0.6))))
        _root(script, mechanism, [change])
    bystanders(script, 3.0)


def worse(script: Script) -> None:
    """An error that was always there comes many times as often after a deploy."""
    rng = script.rng
    mechanism = draw(rng, script.world, _service(script), "code")
    change, revision = _deploy(script, mechanism, _when(script))
    usual, now = rng.uniform(0.01, 0.04), rng.uniform(0.3, 0.7)
    script.faults.append(
        Fault(
            mechanism,
            lambda _at, serving, _route: now if script.started(serving) >= script.started(revision) else usual,
        )
    )
    _root(script, mechanism, [change])
    bystanders(script, 4.0)


def episode(script: Script) -> None:
    """A deploy fails while it warms up, for some minutes, and again for a moment when the tests run."""
    rng = script.rng
    mechanism = draw(rng, script.world, _service(script), "code")
    live = _when(script)
    change, revision = _deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, _on(script, revision, 0.8, until=live + rng.uniform(240, 900))))
    script.truth.notes.append("The episode is over when the tests run.")
    _root(script, mechanism, [change])
    bystanders(script, 4.0)


def quiet_service(script: Script) -> None:
    """Little traffic: the guilty deploy shows in a handful of failures."""
    script.rate = lambda _at: 1.6
    mechanism = draw(script.rng, script.world, _service(script), "code")
    change, revision = _deploy(script, mechanism, _when(script, 0.4, 0.7))
    script.faults.append(Fault(mechanism, _on(script, revision, script.rng.uniform(0.5, 1.0))))
    _root(script, mechanism, [change])
    bystanders(script, 3.0)


def flag(script: Script) -> None:
    """A feature flag of the whole project is switched; no service, no revision."""
    mechanism = draw(script.rng, script.world, _service(script), "code")
    live = _when(script)
    change = record(script, None, live - script.rng.uniform(0, 10), kind="flag")
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.7 if at >= live else 0.0))
    _root(script, mechanism, [change])
    bystanders(script, 4.0)


FAMILIES = (
    plain,
    partial,
    slow_burn,
    fuse,
    rare_path,
    canary,
    callee,
    silent_callee,
    settings,
    crowd,
    two_faults,
    worse,
    episode,
    quiet_service,
    flag,
)
