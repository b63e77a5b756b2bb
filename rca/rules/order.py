"""Precedence: the most specific rule wins, always in the same way."""

from collections.abc import Sequence

from rca.model import Match, Rule
from rca.rules import patterns

ROLES = {"root": 0, "relay": 1, "symptom": 2, "unknown": 3, "noise": 4}
"""A text that shows a mechanism and its symptom is about the mechanism."""


def by_precedence(rules: Sequence[Rule]) -> list[Rule]:
    """What overrides comes before what it overrides; else by role, clauses, length of the needed text, id."""
    waiting = sorted(rules, key=_rank)
    placed: list[Rule] = []
    while waiting:
        held = {other for rule in waiting for other in rule.overrides if other != rule.id}
        following = next(rule for rule in waiting if rule.id not in held)
        waiting.remove(following)
        placed.append(following)
    return placed


def overridden(rules: Sequence[Rule]) -> dict[str, frozenset[str]]:
    """Rule id → ids of all rules it overrides, directly or through others."""
    direct = {rule.id: rule.overrides for rule in rules}

    def reach(start: str) -> frozenset[str]:
        seen: set[str] = set()
        ahead = list(direct.get(start, ()))
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead.extend(direct.get(name, ()))
        return frozenset(seen)

    return {rule.id: reach(rule.id) for rule in rules}


def circle(rules: Sequence[Rule]) -> list[str]:
    """Ids of a rule that overrides itself through others, or nothing."""
    reached = overridden(rules)
    return next(([rule.id, *rule.overrides[:1], rule.id] for rule in rules if rule.id in reached[rule.id]), [])


def clauses(match: Match) -> tuple[str, ...]:
    """Names of the clauses that are stated."""
    return tuple(name for name in Match.model_fields if getattr(match, name))


def _rank(rule: Rule) -> tuple[int, int, int, str]:
    match = rule.match or Match()
    weight = min((patterns.weight(pattern) for pattern in match.message), default=0)
    return (ROLES[rule.role], -len(clauses(match)), -weight, rule.id)
