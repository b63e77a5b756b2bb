"""One rule for a person: what it recognises, what it means, what to do, and what proves it."""

from collections.abc import Iterator

from rca.model import Match, Rule
from rca.place import dotted
from rca.rules.checks import matches
from rca.rules.order import clauses

SAID: tuple[tuple[str, str], ...] = (
    ("impact", "Impact"),
    ("mitigation", "Stop it"),
    ("prevention", "Prevent it"),
    ("detection", "See it"),
    ("done_when", "Done when"),
)
"""Fields of a rule in the order in which somebody on call asks for them."""

LINKS: tuple[tuple[str, str], ...] = (
    ("causes", "Leads to"),
    ("caused_by", "Follows from"),
    ("overrides", "More specific than"),
    ("references", "See"),
)


def describe(rule: Rule) -> str:
    """Plain text, no trailing line break; names in braces are what the rule captures."""
    return "\n".join(_lines(rule))


def _lines(rule: Rule) -> Iterator[str]:
    yield f"{rule.id}: {rule.title}"
    yield f"  {rule.role}, {rule.severity}, {rule.status}; {rule.file}"
    yield ""
    yield "Recognised by"
    for path, match in matches(rule):
        yield from _clauses(dotted(path), match)
    if rule.cross:
        yield from _cross(rule)
    yield f"  one issue per {', '.join(rule.group.by)}"
    yield ""
    yield "Why"
    yield from (f"  {number}. {why}" for number, why in enumerate(rule.explain.whys, start=1))
    if rule.explain.latent:
        yield f"  Made possible by: {rule.explain.latent}"
    if rule.explain.check:
        yield f"  To settle it: {rule.explain.check}"
    if rule.explain.suspect:
        yield f"  Look first at changes of: {', '.join(rule.explain.suspect)}"
    if rule.explain.files:
        yield f"  Files: {', '.join(rule.explain.files)}"
    yield ""
    yield from (f"{name}: {text}" for field, name in SAID if (text := getattr(rule, field)))
    yield from (f"{name}: {', '.join(ids)}" for field, name in LINKS if (ids := getattr(rule, field)))
    yield ""
    yield "Proven by"
    for test in rule.tests:
        gap = f" (known gap: {test.known_gap})" if test.known_gap else ""
        yield f"  {'matches' if test.expect == 'match' else 'does not match'}: {test.name}{gap}"


def _clauses(where: str, match: Match) -> Iterator[str]:
    for clause in clauses(match):
        for position, value in enumerate(getattr(match, clause)):
            yield f"  {where}.{clause}" + (" or" if position else "") + f"  {value}"


def _cross(rule: Rule) -> Iterator[str]:
    cross = rule.cross
    assert cross is not None
    parts = [
        f"{name} = {value}" for name in ("at_least", "within_s", "share", "during") if (value := getattr(cross, name))
    ]
    yield f"  {cross.kind} per {cross.scope}" + (f": {', '.join(parts)}" if parts else "")
