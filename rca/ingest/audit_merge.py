"""Platforms that build on each other tell of one deploy twice: a function is a Cloud Run service, a build ends in a deploy."""

from collections.abc import Sequence

from rca import when
from rca.model.change import Change

_NEAR_NS = 900 * when.SECOND_NS
"""A second generation function deploys its Run service, and a build deploys its image, within minutes."""


def merged(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes in time order, each told once, ids unique."""
    twins: dict[str, list[Change]] = {}
    alone: list[Change] = []
    for one in changes:
        twin = _twin(one, changes)
        if twin is None:
            alone.append(one)
        else:
            twins.setdefault(twin, []).append(one)
    kept = [_with(one, twins.get(one.id, [])) for one in alone]
    kept.sort(key=lambda one: (when.to_ns(one.at or "") or 0, one.id))
    return _unique(kept)


def _twin(one: Change, changes: Sequence[Change]) -> str | None:
    """The id of the Run deploy that a function's deploy, or a build, ended in."""
    verb = one.extra.get("verb")
    if one.kind != "deploy" or verb not in {"deploy", "build"} or one.source != "audit":
        return None
    at = when.to_ns(one.at or "") or 0
    for other in changes:
        apart = (when.to_ns(other.at or "") or 0) - at
        if "verb" in other.extra or other.kind not in {"deploy", "config"} or not -_NEAR_NS <= apart <= _NEAR_NS:
            continue
        if verb == "deploy" and _spelled(other.service) == _spelled(one.service):
            return other.id
        if verb == "build" and apart >= 0 and one.commit and one.commit == other.commit:
            return other.id
    return None


def _spelled(service: str | None) -> str:
    """Function names become service names in lower case with dashes."""
    return (service or "").lower().replace("_", "-")


def _with(one: Change, twins: list[Change]) -> Change:
    """A deploy with what its other entries add: the commit, the caller in place of a robot, their refs."""
    if not twins:
        return one
    return one.model_copy(
        update={
            "commit": one.commit or next((twin.commit for twin in twins if twin.commit), None),
            "actor": next((twin.actor for twin in twins if twin.actor), one.actor),
            "refs": (*one.refs, *(ref for twin in twins for ref in twin.refs)),
        }
    )


def _unique(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The same revision deployed twice has two ids: the later ones carry their time."""
    seen: set[str] = set()
    found: list[Change] = []
    for one in changes:
        told = one
        if one.id in seen:
            told = one.model_copy(update={"id": f"{one.id}@{one.at}"})
        if told.id not in seen:
            seen.add(told.id)
            found.append(told)
    return tuple(found)
