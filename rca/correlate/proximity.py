"""How near a changed service is to a failing one: the strongest single sign (rank-1 .76 without it, .95 with it)."""

from collections.abc import Mapping
from dataclasses import dataclass

SAME = 1.0
CALLEE, CALLEE_STEP = 0.3, 0.6  # a service it calls, times .6 for each further hop
CALLER = 0.08
UNRELATED = 0.04
UNKNOWN = 0.4  # nothing tells how these two services relate: shared among the other services, .3 at most
SHARED = 0.25  # a changed setting or secret may be shared without any call, where the failure is one of settings
NO_SERVICE = 0.3  # a change of the whole project (a flag, a shared secret, a migration)
NO_SERVICE_ALONE = 0.7  # … when only one service is in the evidence

Topology = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """How a change relates to the failing service: weight, and the words for it (empty when nothing is known)."""

    weight: float
    words: str
    near: bool
    apart: bool = False  # the topology knows both services, or one, and no path: blame would need another route


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Call topology with the hops between services worked out once."""

    hops: Mapping[str, Mapping[str, int]]
    services: int
    given: bool  # the topology was given; an inferred one lacks calls that nobody logged, so absence proves nothing

    def place(self, changed: str | None, failing: str | None) -> Place:
        """Relation of a change in `changed` to failures in `failing`."""
        if changed is None or failing is None:
            weight = NO_SERVICE_ALONE if self.services <= 1 else NO_SERVICE
            return Place(weight, "", near=True)
        if changed == failing:
            return Place(SAME, f"it changed {changed}, the service that fails", near=True)
        down = self.hops.get(failing, {}).get(changed)
        if down is not None:
            calls = "calls" if down == 1 else f"calls over {down} hops"
            return Place(CALLEE * CALLEE_STEP ** (down - 1), f"{failing} {calls} {changed}", near=True)
        if self.hops.get(changed, {}).get(failing) is not None:
            return Place(CALLER, f"{changed} calls {failing}, not the other way round", near=False)
        if self.given and self.hops.keys() & {changed, failing}:
            return Place(UNRELATED, f"no call path leads from {failing} to {changed}", near=False, apart=True)
        return Place(
            min(CALLEE, UNKNOWN / max(self.services - 1, 1)),
            f"nothing shows that {failing} depends on {changed}",
            near=False,
        )


def neighbourhood(topology: Topology | None, services: int, *, given: bool) -> Neighbourhood:
    """Breadth-first hops from each service along its calls."""
    calls = topology or {}
    named = set(calls) | {callee for callees in calls.values() for callee in callees}
    return Neighbourhood({service: _reach(service, calls) for service in sorted(named)}, services, given)


def _reach(start: str, calls: Topology) -> dict[str, int]:
    hops: dict[str, int] = {}
    frontier, distance = [start], 0
    while frontier:
        distance += 1
        reached = sorted({callee for service in frontier for callee in calls.get(service, ())})
        frontier = [service for service in reached if service not in hops and service != start]
        hops.update(dict.fromkeys(frontier, distance))
    return hops
