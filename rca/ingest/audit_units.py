"""Which Cloud Run events are one deploy: requests, readiness and traffic switches of a service joined by revision."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from rca import when
from rca.ingest.audit_run import Ready, Request

_NEAR_NS = 600 * when.SECOND_NS
"""Without an id, events within ten minutes are one deploy (the activity entry may be stamped after Ready)."""

_SLOW_NS = 900 * when.SECOND_NS
"""From request to Ready: image import and start-up probes take minutes; fifteen is past the longest default probe."""


_HOUR_NS = 3600 * when.SECOND_NS
"""No operation takes longer, so ids are compared within an hour only: all pairs of a year's deploys would take minutes."""


@dataclass(slots=True)
class Unit:
    """One deploy of one service: everything that was said about one revision."""

    revision: str
    request: Request | None = None
    ready: Ready | None = None  # of the revision
    settled: Ready | None = None  # of the service: routes point somewhere
    failed: Ready | None = None
    switches: list[Request] = field(default_factory=list)

    @property
    def at(self) -> int:
        """The earliest entry that speaks of it, ns."""
        said = (self.request, self.ready, self.settled, self.failed)
        return min(one.event.at for one in said if one is not None)


def units(requests: list[Request], readies: list[Ready]) -> tuple[list[Unit], list[Request]]:
    """Deploys of one service in one region, in time order, and the traffic requests that belong to none of them.

    `requests` and `readies` are in time order, successful ones only.
    """
    made = _from_ready(readies)
    deploys, switches = _split(requests, made)
    _join(deploys, made)
    found = [
        *made,
        *(Unit(revision=one.name, request=one) for one in deploys if all(u.request is not one for u in made)),
    ]
    found = [
        unit for unit in found if unit.request or unit.ready or unit.settled
    ]  # a failure nobody asked for is no deploy
    found.sort(key=lambda unit: (unit.at, unit.revision))
    _name(found, requests)
    return found, _attach(found, switches)


def _is_deploy(unit: Unit, switches: list[Request]) -> bool:
    """Not a failure nobody asked for, nor the service's new readiness after a mere switch of traffic."""
    if unit.request or unit.ready:
        return True
    settled = unit.settled
    return settled is not None and not any(0 <= settled.event.at - one.event.at <= _NEAR_NS for one in switches)


def _from_ready(readies: list[Ready]) -> list[Unit]:
    made: dict[str, Unit] = {}
    for one in readies:
        if one.of_service and not one.revision:  # names no revision: it settles the newest one known
            unit = next(reversed(made.values()), None) or made.setdefault("", Unit(revision=""))
        elif one.of_service and one.revision not in made and not _fresh(one):
            continue  # the routes changed, the revision is older than this export
        elif not one.ok and one.of_service:
            continue
        else:
            unit = made.setdefault(one.revision, Unit(revision=one.revision))
        slot = "failed" if not one.ok else "settled" if one.of_service else "ready"
        if getattr(unit, slot) is None:
            setattr(unit, slot, one)
    return list(made.values())


def _fresh(one: Ready) -> bool:
    """Whether the service's newest configuration became ready just now: else only routes or settings changed."""
    since = when.to_ns(one.configured_at)
    return since is None or abs(one.event.at - since) <= _NEAR_NS


def _split(requests: list[Request], made: list[Unit]) -> tuple[list[Request], list[Request]]:
    """Requests for a new revision, and requests that only moved traffic."""
    deploys: list[Request] = []
    switches: list[Request] = []
    before: Request | None = None
    for one in requests:
        moved = one.only_traffic or (
            one.template is not None
            and ((before is not None and _repeats(one, before, made)) or _already_made(one, made))
        )
        (switches if moved else deploys).append(one)
        before = one
    return deploys, switches


def _repeats(one: Request, before: Request, made: list[Unit]) -> bool:
    """The same template as the request before, and no revision of its own came out of it."""
    if one.template != before.template:
        return False
    near = _around(made, one.event.at)
    own = [unit for unit in near if unit.ready and 0 <= unit.ready.event.at - one.event.at <= _SLOW_NS]
    return not own or bool(one.template and one.template.nonce)


def _already_made(one: Request, made: list[Unit]) -> bool:
    """The request's own status shows that the revision with this very template existed before it."""
    nonce = one.template.nonce if one.template else ""
    return bool(nonce and one.latest) and any(
        unit.revision == one.latest
        and any(r and r.template and r.template.nonce == nonce for r in (unit.ready, unit.settled))
        for unit in made
    )


def _join(deploys: list[Request], made: list[Unit]) -> None:
    """Give each unit its request: by revision name, nonce, operation, then by time in order."""
    free: list[Request] = []
    for one in deploys:
        near = _around(made, one.event.at)
        own = next((u for u in near if u.request is None and u.revision != one.latest and _same(one, u)), None)
        if own is not None:
            own.request = one
        else:
            free.append(one)
    for unit in made:
        if unit.request is None and free:
            at = unit.at
            asked = [one for one in free if abs(one.event.at - at) <= _SLOW_NS]
            nearest = _nearest(unit, [one for one in asked if not one.latest or one.latest != unit.revision], made)
            if nearest is not None:
                unit.request = nearest
                free = [one for one in free if one is not nearest]


def _around(made: list[Unit], at: int) -> list[Unit]:
    """The units first heard of within an hour of a time; `made` is in that order."""
    return made[bisect_left(made, at - _HOUR_NS, key=_first) : bisect_left(made, at + _HOUR_NS, key=_first)]


def _first(unit: Unit) -> int:
    """When the platform first spoke of it: unlike `at` this does not move when a request is joined."""
    return min(one.event.at for one in (unit.ready, unit.settled, unit.failed) if one is not None)


def _same(one: Request, unit: Unit) -> bool:
    if one.name and one.name == unit.revision:
        return True
    said = [ready for ready in (unit.ready, unit.settled) if ready]
    nonce = one.template.nonce if one.template else ""
    if nonce and any(ready.template and ready.template.nonce for ready in said):
        return any(ready.template and ready.template.nonce == nonce for ready in said)
    return bool(one.event.operation) and any(ready.event.operation == one.event.operation for ready in said)


def _nearest(unit: Unit, free: list[Request], made: list[Unit]) -> Request | None:
    """The request before it; as many requests from the end as there are units still waiting, so that order is kept."""
    at = unit.at
    asked = [one for one in free if 0 <= at - one.event.at <= _SLOW_NS]
    if asked:
        near = _around(made, asked[-1].event.at)
        waiting = [u for u in near if u.request is None and 0 <= u.at - asked[-1].event.at <= _SLOW_NS]
        return asked[max(0, len(asked) - max(1, len(waiting)))]
    return next((one for one in free if 0 < one.event.at - at <= _NEAR_NS), None)  # stamped after Ready


def _name(found: list[Unit], requests: list[Request]) -> None:
    """A deploy without Ready is named by the next request's status, which lists what existed by then."""
    named = {unit.revision for unit in found}
    for unit in found:
        if unit.revision or unit.request is None:
            continue
        own = unit.request
        later = (one for one in requests[bisect_right(requests, own.event.at, key=_asked_at) :] if one.latest)
        nxt = next(later, None)
        if nxt is not None and nxt.latest not in {own.latest, *named}:
            unit.revision = nxt.latest
            named.add(nxt.latest)


def _at(unit: Unit) -> int:
    return unit.at


def _asked_at(one: Request) -> int:
    return one.event.at


def _attach(found: list[Unit], switches: list[Request]) -> list[Request]:
    """Hang each traffic switch under the deploy whose revision it brought to users; the others are returned."""
    alone: list[Request] = []
    away = ""  # revision that a switch outside of any deploy went to
    for one in switches:
        target = target_of(one)
        past = bisect_right(found, one.event.at + _NEAR_NS, key=_at)
        latest = found[past - 1] if past else None
        if latest is None or (target not in {"", latest.revision} and latest.revision) or (away and away != target):
            alone.append(one)
            away = (target or latest.revision) if latest else target
        else:
            latest.switches.append(one)
            latest.revision = latest.revision or target
    return alone


def target_of(one: Request) -> str:
    """The revision that a traffic request sends most users to; "" when nothing names it."""
    best = max(one.wanted, key=lambda share: share.percent, default=None)
    return (best.revision if best else "") or one.latest
