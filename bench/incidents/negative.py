"""Hard negatives: something fails, and no recorded change is guilty; or nothing fails; or nothing shows why."""

from bench.incidents.changes import bystanders, deploy
from bench.incidents.mechanisms import draw
from bench.incidents.positive import root_is, service_of, when
from bench.incidents.script import Fault, Script


def chronic(script: Script) -> None:
    """The error was always there, at the same rate; a deploy of the service in the middle changes nothing."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    chance = rng.uniform(0.1, 0.5)
    script.faults.append(Fault(mechanism, lambda _at, _serving, _route: chance))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, when(script))
    bystanders(script)


def outage(script: Script) -> None:
    """A database that several services share goes away; a deploy of one of them was minutes before, by chance."""
    rng = script.rng
    since = when(script)
    first = draw(rng, script.world, service_of(script), "environment")
    taken = sorted({service for route in script.world.routes for service in route.services} - {first.service})
    for service in [first.service, *rng.sample(taken, min(2, len(taken)))]:
        same = type(first)(first.kind, service, first.exception, first.message, first.regex, first.file, first.frames)
        script.faults.append(Fault(same, lambda at, _serving, _route: 0.8 if at >= since else 0.0))
    root_is(script, first, [])
    deploy(script, first.service, since - rng.uniform(120, 1800))
    bystanders(script)


def schedule(script: Script) -> None:
    """A job locks a table every ten, fifteen or thirty minutes for half a minute; a deploy somewhere between."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    period = rng.choice((600.0, 900.0, 1800.0))
    phase = rng.uniform(0, period)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.9 if (at - phase) % period < 30 else 0.0))
    cycle = int((0.9 * script.length - phase) // period)
    script.tests_at = phase + period * cycle + 3.0
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, when(script))
    bystanders(script)


def growth(script: Script) -> None:
    """A disk, a pool or a memory fills because the data grew; deploys came whenever they came."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "slow")
    since = when(script)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.6 if at >= since else 0.0))
    root_is(script, mechanism, [])
    for _ in range(rng.randint(0, 2)):
        deploy(script, mechanism.service, rng.uniform(0.03, 0.97) * script.length)
    bystanders(script)


def spike(script: Script) -> None:
    """An error of constant share; users come in crowds soon after a deploy."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script, 0.3, 0.6)
    base = script.rate(0.0)
    factor, since, until = rng.uniform(4, 8), live + rng.uniform(30, 600), live + rng.uniform(2400, 4800)
    script.rate = lambda at: base * (factor if since <= at < until else 1.0)
    script.faults.append(Fault(mechanism, lambda _at, _serving, _route: 0.12))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, live)
    bystanders(script, 7.0)


def first_use(script: Script) -> None:
    """An old bug on a route that nobody took before today; a deploy of the service earlier did not touch it."""
    rng = script.rng
    index = rng.randrange(len(script.world.routes) - 1)
    route = script.world.routes[index]
    mechanism = draw(rng, script.world, route.services[-1], "code")
    since = when(script, 0.35, 0.75)
    script.shy[index] = since
    script.faults.append(Fault(mechanism, lambda _at, _serving, taken: 0.9 if taken is route else 0.0))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, since - rng.uniform(300, 3000))
    bystanders(script, 7.0)


def too_late(script: Script) -> None:
    """The failures began some minutes before the deploy (which may be the attempt to repair them)."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script, 0.35, 0.75)
    since = live - rng.uniform(90, 900)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.5 if at >= since else 0.0))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, live)
    bystanders(script, 7.0)


def censored(script: Script) -> None:
    """The export begins after the failures did; a deploy right after its beginning cannot have brought them."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    script.log_from = script.length * rng.uniform(0.3, 0.6)
    script.faults.append(Fault(mechanism, lambda _at, _serving, _route: 0.4))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, script.log_from + rng.uniform(-60, 240))
    bystanders(script, 7.0)


def unrecorded(script: Script) -> None:
    """A change that no record tells of breaks a service; a deploy of a service it does not call was near."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), rng.choice(("code", "config")))
    since = when(script)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.6 if at >= since else 0.0))
    root_is(script, mechanism, [])
    others = [
        service
        for service in script.world.services
        if service not in {mechanism.service, *script.world.below(mechanism.service)}
    ]
    deploy(script, rng.choice(others), since - rng.uniform(20, 400))
    bystanders(script, 7.0)


def expiry(script: Script) -> None:
    """A certificate or an address expires at its own hour; deploys come at theirs."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "environment")
    since = when(script)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.9 if at >= since else 0.0))
    root_is(script, mechanism, [])
    for _ in range(rng.randint(1, 4)):
        deploy(script, mechanism.service, rng.uniform(0.03, 0.97) * script.length)
    bystanders(script, 7.0)


def rolled_back(script: Script) -> None:
    """A partner breaks something; people return to the revision before, which does not help."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), rng.choice(("environment", "code")))
    since = when(script, 0.3, 0.6)
    script.faults.append(Fault(mechanism, lambda at, _serving, _route: 0.6 if at >= since else 0.0))
    root_is(script, mechanism, [])
    deploy(script, mechanism.service, since - rng.uniform(1800, 3600))
    deploy(script, mechanism.service, since + rng.uniform(300, 1200))
    bystanders(script, 7.0)


def unseen(script: Script) -> None:
    """Tests fail on what the answers hold; every log is healthy. Nothing in the evidence says why."""
    script.tests_fail = True
    script.truth.verdict = "cause_not_in_evidence"
    bystanders(script)


def healthy(script: Script) -> None:
    """Nothing fails; the usual warnings, the usual deploys."""
    script.mild = True
    script.truth.verdict = "no_failure_found"
    bystanders(script)


FAMILIES = (
    chronic,
    outage,
    schedule,
    growth,
    spike,
    first_use,
    too_late,
    censored,
    unrecorded,
    expiry,
    rolled_back,
    unseen,
    healthy,
)
