"""Families with a guilty recorded change. Each sets the truth by building the cause."""

from dataclasses import replace

from bench.incidents.changes import bystanders, deploy, record
from bench.incidents.mechanisms import Mechanism, draw
from bench.incidents.script import Breaks, Fault, Script
from bench.incidents.world import Route


def service_of(script: Script, *, deep: bool = False) -> str:
    """A service on some route; `deep`: one that others call."""
    taken = sorted({service for route in script.world.routes for service in route.services})
    called = sorted({service for route in script.world.routes for service in route.services[1:]})
    return script.rng.choice(called if deep else taken)


def when(script: Script, low: float = 0.3, high: float = 0.75) -> float:
    return script.rng.uniform(low, high) * script.length


def root_is(script: Script, mechanism: Mechanism, guilty: list[str], regex: str | None = None) -> None:
    pattern = regex or mechanism.regex
    script.truth.roots.append({"regex": pattern, "guilty": guilty})
    script.truth.regex = script.truth.regex or pattern


def on(script: Script, revision: str, chance: float = 1.0, since: float = 0.0, until: float = 1e12) -> Breaks:
    """Requests that this revision or a later one of its service answers; nobody repairs it within the window."""

    def breaks(at: float, serving: str, _route: Route) -> float:
        return chance if since <= at < until and script.started(serving) >= script.started(revision) else 0.0

    return breaks


def guilty_deploy(script: Script, mechanism: Mechanism, live: float, ramp: float = 0.0) -> tuple[str, str]:
    change = deploy(script, mechanism.service, live, ramp=ramp, file=mechanism.file)
    return change, next(r.revision for r in script.rollouts if r.service == mechanism.service and r.start == live)


def plain(script: Script) -> None:
    """A deploy breaks a service at once."""
    mechanism = draw(script.rng, script.world, service_of(script), "code")
    change, revision = guilty_deploy(script, mechanism, when(script))
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.5, 1.0))))
    root_is(script, mechanism, [change])
    bystanders(script)


def partial(script: Script) -> None:
    """A deploy breaks a small share of the requests."""
    mechanism = draw(script.rng, script.world, service_of(script), "code")
    change, revision = guilty_deploy(script, mechanism, when(script))
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.06, 0.2))))
    root_is(script, mechanism, [change])
    bystanders(script)


def slow_burn(script: Script) -> None:
    """A deploy leaks; the exhaustion shows after a quarter of an hour to an hour."""
    mechanism = draw(script.rng, script.world, service_of(script), "slow")
    live = when(script, 0.2, 0.5)
    change, revision = guilty_deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, on(script, revision, 0.6, since=live + script.rng.uniform(900, 3600))))
    root_is(script, mechanism, [change])
    bystanders(script, 8.0)


def fuse(script: Script) -> None:
    """A deploy fails only when something runs out minutes later (a cached token, a lease)."""
    service = service_of(script)
    mechanism = draw(script.rng, script.world, service, "code")
    live = when(script, 0.2, 0.6)
    change, revision = guilty_deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, on(script, revision, 0.7, since=live + script.rng.uniform(240, 1500))))
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def rare_path(script: Script) -> None:
    """A deploy breaks a route that users seldom take: every call of it fails, the first one minutes later."""
    rng = script.rng
    index = rng.randrange(len(script.world.routes) - 1)
    route = replace(script.world.routes[index], weight=0.12)
    routes = list(script.world.routes)
    routes[index] = route
    script.world = replace(script.world, routes=tuple(routes))
    mechanism = draw(rng, script.world, route.services[-1], "code")
    change, revision = guilty_deploy(script, mechanism, when(script, 0.35, 0.6))
    broken = on(script, revision)
    script.faults.append(
        Fault(mechanism, lambda at, serving, taken: broken(at, serving, taken) if taken is route else 0.0)
    )
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def canary(script: Script) -> None:
    """The new revision takes over within half an hour to an hour; only its requests fail."""
    mechanism = draw(script.rng, script.world, service_of(script), "code")
    change, revision = guilty_deploy(script, mechanism, when(script, 0.2, 0.5), ramp=script.rng.uniform(1200, 3600))
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.3, 1.0))))
    root_is(script, mechanism, [change])
    bystanders(script, 8.0)


def callee(script: Script) -> None:
    """A called service is broken by its deploy; its callers complain louder and sometimes earlier."""
    mechanism = draw(script.rng, script.world, service_of(script, deep=True), "code")
    change, revision = guilty_deploy(script, mechanism, when(script))
    script.faults.append(
        Fault(mechanism, on(script, revision, script.rng.uniform(0.3, 1.0)), hasty=script.rng.random() < 0.5)
    )
    root_is(script, mechanism, [change])
    front = script.world.services[0]
    deploy(script, front, script.length * script.rng.uniform(0.05, 0.2))
    bystanders(script, 8.0)


def silent_callee(script: Script) -> None:
    """The guilty deploy is of a called service that logs nothing but its 500s; only the caller speaks."""
    service = service_of(script, deep=True)
    mechanism = draw(script.rng, script.world, service, "code")
    change, revision = guilty_deploy(script, mechanism, when(script))
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.4, 1.0)), silent=True))
    root_is(script, mechanism, [change], regex=rf"\b{service}\b.*\b50[02]\b|\b50[02]\b.*\b{service}\b")
    bystanders(script, 8.0)


def worse(script: Script) -> None:
    """An error that was always there comes many times as often after a deploy."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    change, revision = guilty_deploy(script, mechanism, when(script))
    usual, now = rng.uniform(0.01, 0.04), rng.uniform(0.3, 0.7)
    script.faults.append(
        Fault(
            mechanism,
            lambda _at, serving, _route: now if script.started(serving) >= script.started(revision) else usual,
        )
    )
    root_is(script, mechanism, [change])
    bystanders(script, 8.0)


def episode(script: Script) -> None:
    """A deploy fails while it warms up, for some minutes, and again for a moment when the tests run."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script)
    change, revision = guilty_deploy(script, mechanism, live)
    script.faults.append(Fault(mechanism, on(script, revision, 0.8, until=live + rng.uniform(240, 900))))
    script.truth.notes.append("The episode is over when the tests run.")
    root_is(script, mechanism, [change])
    bystanders(script, 8.0)


def quiet_service(script: Script) -> None:
    """Little traffic: the guilty deploy shows in a handful of failures."""
    script.rate = lambda _at: 1.6
    mechanism = draw(script.rng, script.world, service_of(script), "code")
    change, revision = guilty_deploy(script, mechanism, when(script, 0.4, 0.7))
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.5, 1.0))))
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def flag(script: Script) -> None:
    """A feature flag of the whole project is switched; no service, no revision."""
    mechanism = draw(script.rng, script.world, service_of(script), "code")
    live = when(script)
    change = record(script, None, live - script.rng.uniform(0, 10), kind="flag")
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.7 if at >= live else 0.0))
    root_is(script, mechanism, [change])
    bystanders(script, 8.0)


FAMILIES = (
    plain,
    partial,
    slow_burn,
    fuse,
    rare_path,
    canary,
    callee,
    silent_callee,
    worse,
    episode,
    quiet_service,
    flag,
)
