"""From the versions seen in each minute of one service to the switches between them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

AHEAD = 3
"""Minutes with traffic over which a new version must hold the majority: a half-way rollout flaps from minute to minute."""

BACK_SHARE = 0.8
"""A version that served before is back when it has 80 % again; during a gradual rollout the two change places by chance."""

CANARY_SHARE = 0.02
CANARY_MINUTES = 3
"""A version below half of the traffic counts as a canary from 2 % in three minutes on; less is a probe or a tagged URL."""

NEVER_SERVED = 5
"""Entries after which a version that got no request counts as a deploy that did not come up."""

_GENERATION = re.compile(r"-(\d{5})-\w{3}$")


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a service: requests (or entries) of each version, entries, and (first, last) instant seen, ns."""

    at: int
    weight: dict[str, int]
    entries: dict[str, int]
    span: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Switch:
    """`to` took over from `old`: its first entry, the last entry of `old` before it, and the largest share it reached."""

    old: str
    to: str
    first: int
    last_old: int | None
    share: float
    back: bool = False


def switches(minutes: Sequence[Minute]) -> list[Switch]:
    """Changes of the majority and canaries that never reached it, in time order. `minutes` are in time order."""
    served = [minute for minute in minutes if sum(minute.weight.values()) > 0]
    found: list[Switch] = []
    current, had = "", list[str]()
    for i, minute in enumerate(served):
        best, share = _majority(served[i : i + AHEAD])
        if not current:
            current, had = best, [best]
        elif best != current and minute.weight.get(best):
            if (back := best in had) and share < BACK_SHARE:
                continue
            found.append(_switch(minutes, current, best, minute, back=back, share=_share(served[i:], best)))
            current = best
            had.append(best)
    found += _canaries(minutes, served, set(had))
    found += _failed(minutes, served, set(had))
    return sorted(found, key=lambda switch: (switch.first, switch.to))


def _majority(minutes: Sequence[Minute]) -> tuple[str, float]:
    """The version with most traffic and its share; of equals the name that sorts last, the newer of generated names."""
    total: dict[str, int] = {}
    for minute in minutes:
        for key, weight in minute.weight.items():
            total[key] = total.get(key, 0) + weight
    best = max(total, key=lambda key: (total[key], key))
    return best, total[best] / sum(total.values())


def _share(minutes: Sequence[Minute], key: str) -> float:
    """Largest share of one minute while the version was seen."""
    shares = [minute.weight[key] / sum(minute.weight.values()) for minute in minutes if minute.weight.get(key)]
    return max(shares, default=0.0)


def _switch(minutes: Sequence[Minute], old: str, to: str, at: Minute, *, back: bool, share: float) -> Switch:
    """A version seen for the first time dates from its first entry, even a start-up line; one that returns, from here."""
    begun = at if back else next(minute for minute in minutes if to in minute.span)
    first = begun.span[to][0]
    ends = [minute.span[old][1] for minute in minutes if old in minute.span and minute.span[old][0] <= first]
    before = [end for end in ends if end <= first]
    return Switch(old=old, to=to, first=first, last_old=max(before, default=None), share=share, back=back)


def _canaries(minutes: Sequence[Minute], served: Sequence[Minute], had: set[str]) -> list[Switch]:
    """Versions with a lasting minority, that were not there from the start and are not older than what served then."""
    found = []
    start: Mapping[str, int] = served[0].weight if served else {}
    for key in sorted({key for minute in served for key in minute.weight} - had - set(start)):
        shares = [minute.weight.get(key, 0) / sum(minute.weight.values()) for minute in served]
        if sum(share >= CANARY_SHARE for share in shares) < CANARY_MINUTES:
            continue
        begun = next(minute for minute in served if minute.weight.get(key))
        old, _ = _majority([begun])
        if not _older(key, old):
            found.append(_switch(minutes, old, key, begun, back=False, share=max(shares)))
    return found


def _failed(minutes: Sequence[Minute], served: Sequence[Minute], had: set[str]) -> list[Switch]:
    """Versions that logged but never got a request, while another one served: they failed to start."""
    asked = {key for minute in served for key, weight in minute.weight.items() if weight}
    found = []
    for key in sorted({key for minute in minutes for key in minute.entries} - asked - had):
        begun = next(i for i, minute in enumerate(minutes) if key in minute.entries)
        before = [minute for minute in minutes[:begun] if any(minute.weight.values())]
        if not before or sum(minute.entries.get(key, 0) for minute in minutes) < NEVER_SERVED:
            continue
        old, _ = _majority(before[-1:])
        if not _older(key, old):
            found.append(_switch(minutes, old, key, minutes[begun], back=False, share=0.0))
    return found


def _older(one: str, other: str) -> bool:
    mine, theirs = _GENERATION.search(one), _GENERATION.search(other)
    return mine is not None and theirs is not None and mine[1] < theirs[1]
