"""Who calls whom, inferred from traces and from the hosts and service names that entries mention."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import polars as pl

from rca.model import Occurring

SEEN = 2  # one shared trace, or one mention, may be chance
AGREE = 0.8  # of the traces that hold both services must show the same order
TEXTS = 8  # texts per shape and service
TEXT_CAP = 2_000  # characters of a text looked at: hosts stand near the message

_HOST = re.compile(r"\b(?:https?|wss?|grpc|tcp)://([A-Za-z0-9][A-Za-z0-9.-]{1,200})")


def _host_names(host: str, services: Sequence[str]) -> list[str]:
    """Services a host may stand for: `name`, `name.…` or Cloud Run's `name-<hash>-<region>.a.run.app`, longest first."""
    label = host.lower().split(".", 1)[0]
    return [service for service in services if label == service.lower() or label.startswith(service.lower() + "-")]


def mentions(text: str, services: Sequence[str]) -> set[str]:
    """Services (given longest name first) that a text names as a host of a URL or as a whole word."""
    head = text[:TEXT_CAP]
    found = {names[0] for host in _HOST.findall(head) if (names := _host_names(host, services))}
    lowered = head.lower()
    for service in services:
        name = service.lower()
        at = lowered.find(name)
        while at >= 0:
            left, right = lowered[at - 1 : at], lowered[at + len(name) : at + len(name) + 1]
            if not _joins(left) and not _joins(right):
                found.add(service)
                break
            at = lowered.find(name, at + 1)
    return found


def _joins(character: str) -> bool:
    return bool(character) and (character.isalnum() or character in "_-")


def _wordlike(service: str) -> bool:
    """A name such as `api` or `web` is also a word; only distinctive names count where no URL carries them."""
    return "-" in service or "_" in service or any(c.isdigit() for c in service)


def _spans(events: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Per trace the first time each service was seen in it."""
    first: dict[str, dict[str, int]] = defaultdict(dict)
    rows = (
        events.filter(pl.col("trace").is_not_null() & pl.col("service").is_not_null() & pl.col("at").is_not_null())
        .group_by("trace", "service")
        .agg(pl.col("at").min())
        .sort("trace", "at", "service")
    )
    for trace, service, at in rows.iter_rows():
        first[trace][service] = at
    return first


def _by_trace(events: pl.DataFrame) -> set[tuple[str, str]]:
    """Edges along the order in which a trace entered its services, where the traces agree."""
    order: Counter[tuple[str, str]] = Counter()
    for seen in _spans(events).values():
        order.update(pairwise(seen))
    return {(a, b) for (a, b), n in order.items() if n >= SEEN and n >= AGREE * (n + order[b, a])}


def _by_text(rows: Iterable[tuple[str, str]], services: Sequence[str]) -> set[tuple[str, str]]:
    longest = sorted(services, key=lambda name: (-len(name), name))
    counted: Counter[tuple[str, str]] = Counter()
    for service, text in rows:
        urls = {names[0] for host in _HOST.findall(text[:TEXT_CAP]) if (names := _host_names(host, longest))}
        named = urls | {name for name in mentions(text, longest) if _wordlike(name)}
        counted.update((service, name) for name in named if name != service)
    return {edge for edge, n in counted.items() if n >= SEEN and n > counted[edge[1], edge[0]]}


def _few(events: pl.DataFrame) -> pl.DataFrame:
    """Some texts of each shape and service: more of the same text name no other service."""
    rows = (
        events.select("shape", "service", pl.col("message").str.slice(0, TEXT_CAP))
        .drop_nulls("message")
        .drop_nulls("service")
    )
    kept = rows.sort("shape", "service", "message").group_by("shape", "service", maintain_order=True).head(TEXTS)
    return kept.select("service", "message")


def infer_topology(
    events: pl.DataFrame,
    services: Iterable[str] = (),
    issues: Sequence[Occurring] = (),
) -> Mapping[str, tuple[str, ...]] | None:
    """Service → services it calls, from an EVENTS frame and the texts of issues; None when nothing shows a call.

    `services` are names known from elsewhere (traffic, changes), which texts may mention.
    """
    texts = [(service, message) for service, message in _few(events).iter_rows()]
    texts += [(one.service, one.text) for issue in issues for one in issue.occurrences if one.service and one.text]
    known = sorted({*services, *(service for service, _ in texts), *events["service"].drop_nulls().to_list()})
    edges = _by_trace(events) | _by_text(texts, known)
    calls: dict[str, list[str]] = defaultdict(list)
    for caller, callee in sorted(edges):
        calls[caller].append(callee)
    return {caller: tuple(callees) for caller, callees in calls.items()} or None
