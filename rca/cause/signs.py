"""Structural signs that one issue led to another; time alone is never one of them."""

from collections.abc import Iterator

from rca.cause.joins import joins
from rca.cause.kinds import Sign
from rca.cause.nature import Nature
from rca.cause.scene import Scene
from rca.cause.texts import Texts
from rca.model import Occurring

_DEATH_NS = 60_000_000_000
_REQUEST_NS = 5_000_000_000


Found = Iterator[tuple[str, str, Sign]]
"""(cause, effect, sign)"""


def signs(scene: Scene, natures: dict[str, Nature]) -> Found:
    """Every sign in the scene; a pair may have several."""
    texts = Texts(scene.issues)
    yield from _chains(scene)
    yield from _declared(scene)
    yield from _kin(scene)
    yield from _traces(scene)
    yield from _deaths(scene, natures)
    yield from joins(scene)
    yield from _places(scene)
    yield from _callees(scene)
    for cause, effect, kind, strength in texts.mentions():
        yield cause, effect, Sign(kind, strength, first_refs(scene.issues[effect], 1))


def first_refs(each: Occurring, count: int) -> tuple[str, ...]:
    """The exemplar's ref, then those of the earliest occurrences."""
    refs = ([each.issue.exemplar] if each.issue.exemplar else []) + [o.ref for o in each.occurrences[: count + 1]]
    return tuple(dict.fromkeys(refs))[:count]


def _chains(scene: Scene) -> Found:
    owner: dict[str, str] = {}
    for name, each in scene.issues.items():
        for signature in (each.signature.id, *each.members):
            owner.setdefault(signature, name)
    for name, each in scene.issues.items():
        for kind, related in (("chain", each.signature.causes), ("context", each.signature.context)):
            for inner in related:
                cause = owner.get(inner.id)
                if cause and cause != name:
                    yield cause, name, Sign(kind, 1.0, first_refs(each, 1))


def _declared(scene: Scene) -> Found:
    by_rule: dict[str, list[str]] = {}
    for name, each in scene.issues.items():
        if each.issue.rule:
            by_rule.setdefault(each.issue.rule, []).append(name)
    for rule_id in by_rule:
        rule = scene.rules.get(rule_id)
        if rule is None:
            continue
        pairs = [(rule_id, other) for other in rule.causes] + [(other, rule_id) for other in rule.caused_by]
        for cause_rule, effect_rule in pairs:
            for cause in by_rule.get(cause_rule, ()):
                for effect in by_rule.get(effect_rule, ()):
                    if cause != effect:
                        yield cause, effect, Sign("rule", 1.0, (f"rule:{rule_id}",))


def _kin(scene: Scene) -> Found:
    """Two views of one fault: the same rule, a service in common, captures equal or unknown on one side."""
    by_rule: dict[str, list[str]] = {}
    for name, each in scene.issues.items():
        if each.finding and each.finding.role == "root":
            by_rule.setdefault(each.finding.rule, []).append(name)
    for rule_id, names in by_rule.items():
        rule = scene.rules.get(rule_id)
        vague = {"", *(rule.defaults.values() if rule else ())}
        for cause in names[:20]:
            for effect in names[:20]:
                a, b = scene.issues[cause], scene.issues[effect]
                together = set(a.issue.services) & set(b.issue.services)
                if cause != effect and together and _compatible(a, b, vague):
                    yield cause, effect, Sign("kin", 1.0, (f"rule:{rule_id}",))


def _compatible(a: Occurring, b: Occurring, vague: set[str]) -> bool:
    one, two = (each.finding.group if each.finding else () for each in (a, b))
    return len(one) == len(two) and all(x == y or x in vague or y in vague for x, y in zip(one, two, strict=True))


def _traces(scene: Scene) -> Found:
    """Share of the effect's traced events that have the cause in their trace."""
    held: dict[str, dict[str, str]] = {}  # issue -> trace -> ref of its first event there
    issues_in: dict[str, set[str]] = {}
    for name, each in scene.issues.items():
        for occurrence in each.occurrences:
            if occurrence.trace:
                held.setdefault(name, {}).setdefault(occurrence.trace, occurrence.ref)
                issues_in.setdefault(occurrence.trace, set()).add(name)
    for effect, traces in held.items():
        shared: dict[str, list[str]] = {}
        for trace in traces:
            for cause in issues_in[trace] - {effect}:
                shared.setdefault(cause, []).append(trace)
        for cause, common in sorted(shared.items()):
            first = min(common)
            yield cause, effect, Sign("trace", len(common) / len(traces), (held[cause][first], traces[first]))


def _deaths(scene: Scene, natures: dict[str, Nature]) -> Found:
    """Entries that say that a process ended or a request failed, and what the same instance logged just before, or within."""
    by_instance: dict[str, list[tuple[int, str, str]]] = {}
    for name, each in scene.issues.items():
        for occurrence in each.occurrences:
            key = occurrence.instance or occurrence.revision
            if key and occurrence.at is not None:
                by_instance.setdefault(key, []).append((occurrence.at, name, occurrence.ref))
    hits: dict[tuple[str, str], tuple[int, tuple[str, str]]] = {}
    for rows in by_instance.values():
        rows.sort()
        for i, (_, effect, ref) in enumerate(rows):
            if not natures[effect].ends:
                continue
            near = _last_words(rows, i) | (_within(rows, i) if natures[effect].kind == "relay" else {})
            for cause, cause_ref in near.items():
                count, refs = hits.get((cause, effect), (0, (cause_ref, ref)))
                hits[cause, effect] = (count + 1, refs)
    for (cause, effect), (count, refs) in sorted(hits.items()):
        total = sum(1 for o in scene.issues[effect].occurrences if o.at is not None)
        yield cause, effect, Sign("instance", count / total, refs)


def _last_words(rows: list[tuple[int, str, str]], i: int) -> dict[str, str]:
    """Other issues of the instance in the minute before row i, with the ref of the latest event of each."""
    found: dict[str, str] = {}
    at, effect, _ = rows[i]
    for earlier, cause, ref in reversed(rows[max(0, i - 200) : i]):
        if at - earlier > _DEATH_NS:
            break
        if cause != effect:
            found.setdefault(cause, ref)
    return found


def _within(rows: list[tuple[int, str, str]], i: int) -> dict[str, str]:
    """Other issues of the instance right after row i: a request is logged with the time it began, not the time it failed."""
    found: dict[str, str] = {}
    at, effect, _ = rows[i]
    for later, cause, ref in rows[i + 1 : i + 50]:
        if later - at > _REQUEST_NS:
            break
        if cause != effect:
            found.setdefault(cause, ref)
    return found


def _places(scene: Scene) -> Found:
    by_place: dict[tuple[str, str], list[str]] = {}
    for name, each in scene.issues.items():
        place = each.issue.location
        if place and place.own and place.function:
            by_place.setdefault((place.file, place.function), []).append(name)
    for names in by_place.values():
        for cause in names[:20]:
            for effect in names[:20]:
                if cause != effect:
                    yield cause, effect, Sign("frames", 1.0, first_refs(scene.issues[cause], 1))


def _callees(scene: Scene) -> Found:
    """The cause's service is called, directly or through others, by the effect's."""
    by_service: dict[str, list[str]] = {}
    for name, each in scene.issues.items():
        for service in each.issue.services:
            by_service.setdefault(service, []).append(name)
    for caller in sorted(by_service):
        for callee, hops in sorted(hops_from(scene, caller).items()):
            for cause in by_service.get(callee, ()):
                for effect in by_service[caller]:
                    if cause != effect:
                        yield cause, effect, Sign("callee", 0.8 ** (hops - 1))


def hops_from(scene: Scene, service: str) -> dict[str, int]:
    """Services reachable by calls from this one, with the number of hops (1 = called directly)."""
    reached: dict[str, int] = {}
    front, hops = [service], 0
    while front:
        hops += 1
        front = sorted({called for each in front for called in scene.topology.get(each, ()) if called not in reached})
        for called in front:
            reached[called] = hops
    reached.pop(service, None)
    return reached
