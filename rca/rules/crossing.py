"""Rules over several events: which kind is evaluated how, and the findings they give."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from rca.model import Change, CrossFinding, Digest, Rule, RuleSet, TestRun
from rca.rules import told
from rca.rules.absent import absence
from rca.rules.hits import Hit
from rca.rules.repeated import count, first_after_change, ratio, sequence
from rca.rules.scene import Counted, Scene, scene
from rca.when import span

KINDS: Mapping[str, Callable[[Rule, Scene], list[Hit]]] = {
    "sequence": sequence,
    "count": count,
    "absence": absence,
    "ratio": ratio,
    "first_after_change": first_after_change,
}

REFS_KEPT = 12  # per finding; the count stays true


def cross(
    events: pl.DataFrame,
    traffic: pl.DataFrame,
    routes: pl.DataFrame,
    runs: Sequence[TestRun],
    changes: Sequence[Change],
    ruleset: RuleSet,
    *,
    shapes: pl.DataFrame | None = None,
    cells: pl.DataFrame | None = None,
) -> tuple[CrossFinding, ...]:
    """Findings of all rules over several events, in order of precedence, then time.

    `events` is in the EVENTS schema, with a column `rule` where a text was recognised. `shapes` and `cells` of the same
    digest keep an absence honest: an entry that was counted but not kept whole did happen.
    """
    empty = Digest()
    counted = Counted(
        shapes=empty.shapes if shapes is None else shapes,
        cells=empty.cells if cells is None else cells,
        traffic=traffic,
        routes=routes,
    )
    view = scene(events, counted, runs, changes)
    return tuple(
        finding
        for rule in ruleset.rules
        if rule.cross is not None
        for finding in _findings(rule, KINDS[rule.cross.kind](rule, view))
    )


def _findings(rule: Rule, hits: Sequence[Hit]) -> list[CrossFinding]:
    """One finding per group: hits with equal group values are one."""
    grouped: dict[tuple[str, ...], list[Hit]] = {}
    for hit in sorted(hits, key=lambda hit: (hit.first_at is None, hit.first_at or 0, hit.refs)):
        grouped.setdefault(told.group(rule, _captures(rule, [hit])), []).append(hit)
    return [_finding(rule, group, members) for group, members in grouped.items()]


def _finding(rule: Rule, group: tuple[str, ...], hits: Sequence[Hit]) -> CrossFinding:
    assert rule.cross is not None
    captures = _captures(rule, hits)
    times = [at for hit in hits for at in (hit.first_at, hit.last_at) if at is not None]
    return CrossFinding(
        rule=rule.id,
        kind=rule.cross.kind,
        title=told.title(rule, captures),
        captures=captures,
        group=group,
        role=rule.role,
        refs=tuple(dict.fromkeys(ref for hit in hits for ref in hit.refs))[:REFS_KEPT],
        count=sum(hit.count for hit in hits),
        service=_only([hit.service for hit in hits]),
        revision=_only([hit.revision for hit in hits]),
        first_at=min(times, default=None),
        last_at=max(times, default=None),
    )


def _captures(rule: Rule, hits: Sequence[Hit]) -> dict[str, str]:
    first = hits[0]
    times = [at for hit in hits for at in (hit.first_at, hit.last_at) if at is not None]
    facts: dict[str, str | None] = {
        "service": first.service,
        "revision": first.revision,
        "count": str(sum(hit.count for hit in hits)),
        "span": span((max(times) - min(times)) / 1e9) if times else None,
        "share": None if first.share is None else f"{first.share:.0%}",
        "change": first.change,
    }
    return {**told.CROSS_BUILT_IN, **told.named(rule, {**facts, **first.captures}, None)}


def _only(values: Sequence[str | None]) -> str | None:
    """The one value all share, or None."""
    return values[0] if len(set(values)) == 1 else None
