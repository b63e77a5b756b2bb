"""The simulated system: services, who calls whom, the routes users take, and the files each service is made of."""

from dataclasses import dataclass
from random import Random

FRONTS = ("web", "storefront", "mobile-gateway", "portal", "edge-api")
MIDDLES = ("orders", "accounts", "catalog", "search", "basket", "booking", "profile", "feed", "payments", "documents")
BACKS = ("auth", "inventory", "pricing", "ledger", "mailer", "media", "geo", "ranking", "quota", "audit-trail")
NOUNS = (
    "invoice",
    "cart",
    "coupon",
    "parcel",
    "ticket",
    "seat",
    "voucher",
    "refund",
    "address",
    "label",
    "photo",
    "quote",
    "session",
    "draft",
)
VERBS = (
    "load",
    "render",
    "merge",
    "apply",
    "resolve",
    "encode",
    "publish",
    "settle",
    "reserve",
    "collect",
    "index",
    "score",
)
MODULES = (
    "routes",
    "handlers",
    "store",
    "models",
    "views",
    "tasks",
    "codec",
    "rules",
    "settings",
    "client",
    "cache",
    "serializers",
)


@dataclass(frozen=True)
class Route:
    """A request users make: the services it passes, front first, with the path at each."""

    method: str
    hops: tuple[tuple[str, str], ...]  # (service, path)
    weight: float

    @property
    def services(self) -> tuple[str, ...]:
        """Services it passes, front first."""
        return tuple(service for service, _ in self.hops)


@dataclass(frozen=True)
class World:
    """Services in call order (front first), the call graph, the routes, and the source files of each service."""

    services: tuple[str, ...]
    calls: dict[str, tuple[str, ...]]
    routes: tuple[Route, ...]
    files: dict[str, tuple[str, ...]]
    project: str

    def below(self, service: str) -> set[str]:
        """Services reachable along calls."""
        found: set[str] = set()
        todo = [service]
        while todo:
            for callee in self.calls.get(todo.pop(), ()):
                if callee not in found:
                    found.add(callee)
                    todo.append(callee)
        return found

    def related(self, service: str) -> set[str]:
        """The service, what it calls, and what calls it, at any distance."""
        return {service} | self.below(service) | {other for other in self.services if service in self.below(other)}


def build(rng: Random) -> World:
    """A front, two to four services behind it, one to three behind those; one service stands apart."""
    front = rng.choice(FRONTS)
    middles = rng.sample(MIDDLES, rng.randint(2, 4))
    backs = rng.sample(BACKS, rng.randint(2, 3))
    apart = backs.pop()  # its own users, no call to or from the others: the innocent bystander
    calls: dict[str, tuple[str, ...]] = {front: tuple(sorted(middles))}
    for middle in middles:
        calls[middle] = tuple(sorted(rng.sample(backs, rng.randint(0, len(backs)))))
    calls[middles[0]] = tuple(sorted({*calls[middles[0]], backs[0]}))
    services = (front, *middles, *backs, apart)
    routes = []
    for middle in middles:
        for _ in range(rng.randint(2, 3)):
            hops = [front, middle]
            if calls[middle] and rng.random() < 0.6:
                hops.append(rng.choice(calls[middle]))
            routes.append(_route(rng, hops))
    if not any(backs[0] in route.services for route in routes):
        routes.append(_route(rng, [front, middles[0], backs[0]]))
    routes.append(_route(rng, [apart]))
    files = {service: _files(rng, service) for service in services}
    return World(services, calls, tuple(routes), files, rng.choice(("acme-prod", "acme-staging", "northwind")))


def _route(rng: Random, hops: list[str]) -> Route:
    noun, verb = rng.choice(NOUNS), rng.choice(VERBS)
    paths = tuple(
        (service, f"/v1/{noun}s/{verb}" if i == 0 else f"/internal/{noun}/{verb}") for i, service in enumerate(hops)
    )
    return Route(rng.choice(("GET", "POST", "POST", "PUT")), paths, rng.uniform(0.4, 1.6))


def _files(rng: Random, service: str) -> tuple[str, ...]:
    package = service.replace("-", "_")
    modules = rng.sample(MODULES, 9)
    nouns = rng.sample(NOUNS, 4)
    return tuple(sorted([f"{package}/{module}.py" for module in modules] + [f"{package}/{noun}s.py" for noun in nouns]))
