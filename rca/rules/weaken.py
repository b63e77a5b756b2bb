"""Rules with one clause less: each must fail one of the rule's own tests, or the clause is idle."""

from collections.abc import Iterator
from dataclasses import dataclass

from rca.model import Match, Rule
from rca.place import dotted
from rca.rules.checks import matches
from rca.rules.order import clauses


@dataclass(frozen=True, slots=True)
class Weakened:
    """The rule without one clause or one alternative, where that stood, and what was done to it."""

    rule: Rule
    place: str
    how: str


def weakened(rule: Rule) -> tuple[Weakened, ...]:
    """Every rule that lacks one clause of several, or one alternative of several, and thresholds one lower."""
    return (*_clauses(rule), *_thresholds(rule))


def _clauses(rule: Rule) -> Iterator[Weakened]:
    for path, match in matches(rule):
        stated = clauses(match)
        for clause in stated:
            values = getattr(match, clause)
            if len(stated) > 1:
                less = match.model_copy(update={clause: ()})
                yield Weakened(replaced(rule, path[-1], less), dotted((*path, clause)), "without the clause")
            for index, _ in enumerate(values if len(values) > 1 else ()):
                less = match.model_copy(update={clause: (*values[:index], *values[index + 1 :])})
                yield Weakened(
                    replaced(rule, path[-1], less), dotted((*path, clause, index)), "without the alternative"
                )


def _thresholds(rule: Rule) -> Iterator[Weakened]:
    cross = rule.cross
    if cross is None:
        return
    if cross.at_least and cross.at_least > 1:
        less = cross.model_copy(update={"at_least": cross.at_least - 1})
        yield Weakened(rule.model_copy(update={"cross": less}), "cross.at_least", "one lower")
    if cross.within_s and cross.kind in {"count", "sequence", "first_after_change"}:
        more = cross.model_copy(update={"within_s": cross.within_s * 10})
        yield Weakened(rule.model_copy(update={"cross": more}), "cross.within_s", "ten times as long")
    if cross.share:
        less = cross.model_copy(update={"share": cross.share / 10})
        yield Weakened(rule.model_copy(update={"cross": less}), "cross.share", "a tenth of it")
    if cross.scope != "any" and cross.kind in {"count", "sequence", "absence"}:
        wider = cross.model_copy(update={"scope": "any"})
        yield Weakened(rule.model_copy(update={"cross": wider}), "cross.scope", "without it")


def replaced(rule: Rule, part: object, match: Match) -> Rule:
    """The rule with another Match where `part` (match, first, then, event, of) says."""
    if part == "match":
        return rule.model_copy(update={"match": match})
    assert rule.cross is not None
    return rule.model_copy(update={"cross": rule.cross.model_copy(update={str(part): match})})
