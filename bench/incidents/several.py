"""Families in which several changes come close together, and one of them, or each of two, is guilty."""

from bench.incidents.changes import bystanders, deploy
from bench.incidents.mechanisms import draw
from bench.incidents.positive import guilty_deploy, on, root_is, service_of, when
from bench.incidents.script import Fault, Script


def settings(script: Script) -> None:
    """A change of configuration is guilty; a code deploy of the same service minutes before it is not."""
    mechanism = draw(script.rng, script.world, service_of(script), "config")
    live = when(script)
    deploy(script, mechanism.service, live - script.rng.uniform(120, 420))
    change = deploy(script, mechanism.service, live, kind="config")
    revision = next(r.revision for r in script.rollouts if r.start == live)
    script.faults.append(Fault(mechanism, on(script, revision, script.rng.uniform(0.5, 1.0))))
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def crowd(script: Script) -> None:
    """Several services are deployed within minutes; one of them is guilty."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script)
    change, revision = guilty_deploy(script, mechanism, live)
    others = [service for service in script.world.services if service != mechanism.service]
    for service in rng.sample(others, min(3, len(others))):
        deploy(script, service, live + rng.uniform(-240, 240))
    script.faults.append(Fault(mechanism, on(script, revision, rng.uniform(0.4, 1.0))))
    root_is(script, mechanism, [change])


def two_faults(script: Script) -> None:
    """Two deploys of two services, each with a fault of its own."""
    rng = script.rng
    taken = sorted({service for route in script.world.routes for service in route.services})
    for service, low, high in zip(rng.sample(taken, 2), (0.2, 0.55), (0.45, 0.75), strict=True):
        mechanism = draw(rng, script.world, service, "code")
        while any(fault.mechanism.exception == mechanism.exception for fault in script.faults):
            mechanism = draw(rng, script.world, service, "code")
        change, revision = guilty_deploy(script, mechanism, when(script, low, high))
        script.faults.append(Fault(mechanism, on(script, revision, rng.uniform(0.2, 0.6))))
        root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def followed(script: Script) -> None:
    """A code deploy is guilty; a change of configuration of the same service follows within minutes and is not."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script)
    change, revision = guilty_deploy(script, mechanism, live)
    deploy(script, mechanism.service, live + rng.uniform(90, 420), kind="config")
    script.faults.append(Fault(mechanism, on(script, revision, rng.uniform(0.4, 1.0))))
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


def train(script: Script) -> None:
    """A release train: every service is deployed within ten minutes, the guilty one somewhere among them."""
    rng = script.rng
    mechanism = draw(rng, script.world, service_of(script), "code")
    live = when(script)
    change, revision = guilty_deploy(script, mechanism, live)
    for service in script.world.services:
        if service != mechanism.service:
            deploy(script, service, live + rng.uniform(-300, 300))
    script.faults.append(Fault(mechanism, on(script, revision, rng.uniform(0.15, 0.6))))
    root_is(script, mechanism, [change])
    bystanders(script, 7.0)


FAMILIES = (settings, crowd, two_faults, followed, train)
