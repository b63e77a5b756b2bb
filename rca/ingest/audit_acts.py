"""Acts: audit entries of one long-running operation joined; the start has the request, the end says whether it worked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rca.ingest.audit_read import Event, Json


@dataclass(frozen=True, slots=True)
class Act:
    """One successful administrative act. `done_at` is None while only its start was seen."""

    method: str
    at: int
    done_at: int | None
    resource_name: str
    resource_type: str
    labels: Json
    region: str
    actor: str
    agent: str
    operation: str
    request: Json
    response: Json
    refs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part of the resource name; of a numbered version the thing it is a version of."""
        parts = self.resource_name.rstrip("/").split("/")
        while len(parts) > 3 and parts[-2].lower().endswith("versions"):
            parts = parts[:-2]
        return "/".join(parts[-2:]) if parts[-1].isdigit() else parts[-1]


def acts(events: Iterable[Event]) -> list[Act]:
    """Acts in time order; operations with a failed end, and single entries that failed, are left out."""
    groups: dict[tuple[str, str], list[Event]] = {}
    for i, event in enumerate(events):
        groups.setdefault((event.method, event.operation or f"#{i}"), []).append(event)
    return [_act(group) for group in groups.values() if not any(event.code for event in group)]


def _act(group: list[Event]) -> Act:
    """`group` is in time order. What the start lacks is taken from the end."""
    first, last = group[0], group[-1]
    done = last.at if last.last or not (first.first or first.operation) else None
    return Act(
        method=first.method,
        at=first.at,
        done_at=done,
        resource_name=next((one.resource_name for one in reversed(group) if one.resource_name), ""),
        resource_type=first.resource_type,
        labels=max((one.labels for one in group), key=lambda labels: sum(map(bool, labels.values()))),
        region=next((one.region for one in group if one.region), ""),
        actor=next((one.actor for one in group if one.actor), ""),
        agent=next((one.agent for one in group if one.agent), ""),
        operation=first.operation,
        request=next((one.request for one in group if one.request), {}),
        response=next((one.response for one in reversed(group) if one.response), {}),
        refs=tuple(one.ref for one in group if one.ref),
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """How acts of a kind are told: methods that match `pattern` become `words` with {name} and {what} filled in."""

    pattern: re.Pattern[str]
    words: str


def told(act: Act, table: Iterable[Sentence]) -> str | None:
    """The act in words by the first row of the table that knows it; {what} is the pattern's first group, lower-case."""
    for row in table:
        if (found := row.pattern.search(act.method[:300])) is not None:
            what = next((group for group in found.groups() if group), "")
            return row.words.format(name=act.name or "unnamed", what=_spaced(what))
    return None


def _spaced(camel: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", camel).lower()
