"""Deploys, config and traffic changes of one Cloud Run service, in words, from its joined events."""

import re
from dataclasses import dataclass, field

from rca import when
from rca.ingest.audit_run import Ready, Request
from rca.ingest.audit_template import Template, differences
from rca.ingest.audit_units import Unit, target_of
from rca.model import Change, ChangeKind
from rca.model.change import NEVER_READY

_SHOWN = 6
"""Names of altered settings in a title; the rest is counted."""

_GENERATION = re.compile(r"-(\d{5})-\w{3}$")


@dataclass(frozen=True, slots=True)
class Place:
    """A service in a region; `suffix` tells regions apart in ids when the service runs in several."""

    service: str
    region: str
    suffix: str = ""


@dataclass(slots=True)
class Seen:
    """What the earlier deploys of the service were: needed to recognise config changes, rollbacks and redeploys."""

    last: Unit | None = None
    commits: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def deploys(place: Place, found: list[Unit], alone: list[Request]) -> list[Change]:
    """All changes of one service: its deploys with their switches, and the switches that belong to none."""
    changes: list[Change] = []
    seen = Seen()
    for unit in found:
        change = _deploy(unit, place, seen)
        changes.append(change)
        changes.extend(_switch(one, place, change) for one in unit.switches)
        seen.last = unit
        seen.commits.append(change.commit or "")
        seen.images.append(_pinned(unit))
    known = [unit.revision for unit in found]
    changes.extend(_switch(one, place, None, known) for one in alone)
    return changes


def _deploy(unit: Unit, place: Place, seen: Seen) -> Change:
    commit, image = _commit(unit), _pinned(unit)
    previous_commit = seen.commits[-1] if seen.commits else ""
    altered = _altered(seen.last, unit)
    kind: ChangeKind = "config" if _same_code(unit, seen, commit) and altered else "deploy"
    rollback = kind == "deploy" and (_returns(commit, seen.commits) or _returns(image, seen.images))
    operation = unit.ready.operation if unit.ready else unit.settled.operation if unit.settled else ""
    revision = unit.revision or None
    at = when.rfc3339(unit.at)
    live = live_at(unit)
    before = seen.last.revision if seen.last else unit.request.latest if unit.request else ""
    said = [one.event for one in (unit.request, unit.ready, unit.settled, unit.failed) if one]
    return Change(
        id=f"{kind}:{place.service}{place.suffix}:{revision or at}",
        kind=kind,
        at=at,
        live_at=when.rfc3339(live) if live is not None else None,
        service=place.service,
        revision=revision,
        commit=commit or None,
        title=_title(
            kind, unit, place.service, commit, altered, rollback=rollback, again=_same_code(unit, seen, commit)
        ),
        source="audit",
        previous_revision=before or None,
        previous_commit=previous_commit or None,
        image=_image(unit) or None,
        rollback=rollback,
        actor=next((event.actor for event in said if event.actor), None),
        region=place.region or None,
        operation=operation or None,
        extra={"altered": altered} if altered else {},
        refs=tuple(sorted({event.ref for event in said if event.ref}, key=_ref_order)),
    )


def _ref_order(ref: str) -> tuple[int, str]:
    return len(ref), ref


def _title(
    kind: str, unit: Unit, service: str, commit: str, altered: tuple[str, ...], *, rollback: bool, again: bool
) -> str:
    named = f" revision {unit.revision}" if unit.revision else ""
    if kind == "config":
        more = f" and {len(altered) - _SHOWN} more" if len(altered) > _SHOWN else ""
        return f"config change of {service}{named}: {', '.join(altered[:_SHOWN])}{more}"
    head = "rollback" if rollback else "redeploy" if again else "deploy"
    tail = f", commit {commit[:7]}" if commit else ""
    same = ", the same image again" if again else ""
    never = NEVER_READY if unit.failed and not unit.ready and not unit.settled else ""
    return f"{head} of {service}{named}{tail}{same}{never}"


def live_at(unit: Unit) -> int | None:
    """When users met the revision, ns: the first switch that gave it a share, unless it had one before; else Ready."""
    settled = unit.settled.event.at if unit.settled else unit.ready.event.at if unit.ready else None
    idle = unit.settled is not None and bool(unit.settled.serving) and not _serves(unit.settled, unit.revision)
    for one in unit.switches:
        if one.serving and any(share.revision == unit.revision for share in one.serving):
            return settled if settled is not None and settled <= one.event.at and not idle else _routed(unit, one)
        if any(share.percent for share in one.wanted) or not one.wanted:
            return one.event.at
    return None if idle else settled


def _routed(unit: Unit, one: Request) -> int:
    """The request found the revision serving already: its status says since when the routes are so."""
    since = when.to_ns(one.routed_at)
    return since if since is not None and unit.at <= since <= one.event.at else one.event.at


def _serves(ready: Ready, revision: str) -> bool:
    return any(share.revision in {"", revision} for share in ready.serving)


def _switch(one: Request, place: Place, deploy: Change | None, known: list[str] | None = None) -> Change:
    target = (deploy.revision if deploy else None) or target_of(one)
    at = when.rfc3339(one.event.at)
    left = next((share.revision for share in one.serving if share.revision not in {"", target}), "")
    back = deploy is None and bool(target) and _older(target, left or one.latest, known or [])
    whither = f" to {target}" if target else ""
    share = max((share.percent for share in one.wanted), default=100)
    part = f", {share} %" if share < 100 else ""
    belongs = f" (part of {deploy.kind} {deploy.revision or deploy.at})" if deploy else ""
    return Change(
        id=f"traffic:{place.service}{place.suffix}:{at}",
        kind="traffic",
        at=at,
        live_at=at,
        service=place.service,
        revision=target or None,
        commit=deploy.commit if deploy else None,
        title=f"{'rollback of traffic' if back else 'traffic'} of {place.service}{whither}{part}{belongs}",
        source="audit",
        previous_revision=left or None,
        rollback=back,
        part_of=deploy.id if deploy else None,
        actor=one.event.actor or None,
        region=place.region or None,
        refs=(one.event.ref,) if one.event.ref else (),
    )


def _older(target: str, current: str, known: list[str]) -> bool:
    """By the order of deploys, else by the generation number that Cloud Run puts into names."""
    if target in known and current in known:
        return known.index(target) < known.index(current)
    mine, other = _GENERATION.search(target), _GENERATION.search(current)
    return mine is not None and other is not None and mine[1] < other[1]


def _templates(unit: Unit) -> list[Template]:
    said = (unit.ready, unit.settled, unit.request)
    return [one.template for one in said if one is not None and one.template is not None]


def _commit(unit: Unit) -> str:
    return next((one.commit for one in _templates(unit) if one.commit), "")


def _image(unit: Unit) -> str:
    return next((one.image for one in _templates(unit) if one.image), "")


def _pinned(unit: Unit) -> str:
    return next((one.pinned for one in _templates(unit) if one.pinned), "")


def _returns(value: str, seen: list[str]) -> bool:
    return bool(value) and value in seen[:-1] and seen[-1] != value


def _same_code(unit: Unit, seen: Seen, commit: str) -> bool:
    """Same image or, where its text names no single image, same commit; `services.update` builds no image."""
    if seen.last is None:
        return False
    if commit and seen.commits[-1]:
        if commit != seen.commits[-1]:
            return False
        return not _pinned(unit) or not seen.images[-1] or _pinned(unit) == seen.images[-1]
    if _pinned(unit) and seen.images[-1]:
        return _pinned(unit) == seen.images[-1]
    return unit.request is not None and unit.request.command == "services.update" and _image(unit) == _image(seen.last)


def _altered(old: Unit | None, new: Unit) -> tuple[str, ...]:
    """Like is compared with like: requests have their variables removed, and Ready answers have defaults filled in."""
    if old is None:
        return ()
    for slot in ("ready", "settled", "request"):
        before, after = getattr(old, slot), getattr(new, slot)
        if before is not None and after is not None and before.template and after.template:
            found = differences(before.template, after.template)
            if found or slot != "settled":
                return found
    return ()
