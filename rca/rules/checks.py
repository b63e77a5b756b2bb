"""What a rule must satisfy beyond its schema before it may run; each complaint names the field and the remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rca.model import Match, Rule, RuleTest
from rca.model.frames import SEVERITIES
from rca.model.rule import NAME
from rca.place import Part
from rca.rules import patterns
from rca.rules.table import misspelt
from rca.rules.told import BUILT_IN, CROSS_BUILT_IN

TEXT_CLAUSES = ("message", "unless", "frame", "logger")
CROSS_NEEDS: dict[str, tuple[str, ...]] = {
    "sequence": ("first", "then", "within_s"),
    "count": ("event", "at_least", "within_s"),
    "absence": (),
    "ratio": ("event", "of", "share", "at_least"),
    "first_after_change": ("event", "within_s"),
}
"""Fields each kind of cross-event rule must state; absence takes first and then, or event and during."""

SUSPECTS = ("client", "code", "config", "dependency", "endpoint", "image", "imports", "load", "schema", "secrets")
CHOICES: dict[str, tuple[str, ...]] = {"outcome": ("failed", "error"), "source": ("log", "test")}
GIVEN = ("log", "logger", "resource", "status", "outcome", "source")
"""Words a field may hold: kinds of change to suspect, clauses of a match, and what a sample may say of its text."""

SPOKEN = ("title", "impact", "mitigation", "prevention", "detection", "done_when")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with a rule: which field, what, and how to put it right."""

    field: tuple[Part, ...]
    what: str
    remedy: str


def complaints(rule: Rule) -> Iterator[Complaint]:
    """All that is wrong with one rule taken alone."""
    if (rule.match is None) == (rule.cross is None):
        yield Complaint(("match",), "needs exactly one of [match] and [cross]", "keep the one that recognises it")
    if rule.severity not in SEVERITIES:
        yield Complaint(("severity",), f"'{rule.severity}' is not a LogSeverity", f"use one of {', '.join(SEVERITIES)}")
    for path, match in matches(rule):
        yield from _match(path, match)
    if rule.cross:
        yield from _cross(rule)
    elif rule.match and rule.match.rule:
        yield Complaint(("match", "rule"), "only a rule over several events can build on other rules", "use [cross]")
    yield from _names(rule)
    yield from _tests(rule)


def matches(rule: Rule) -> list[tuple[tuple[Part, ...], Match]]:
    """Every Match of a rule with its place in the file."""
    cross = rule.cross
    parts: list[tuple[tuple[Part, ...], Match | None]] = [(("match",), rule.match)]
    if cross:
        parts += [
            (("cross", "first"), cross.first),
            (("cross", "then"), cross.then),
            (("cross", "event"), cross.event),
            (("cross", "of"), cross.of),
        ]
    return [(path, match) for path, match in parts if match is not None]


def captured(rule: Rule) -> frozenset[str]:
    """Names that every match of the rule captures, whichever alternative it took."""
    found: set[str] = set()
    for path, match in matches(rule):
        if path[-1] == "then" and rule.cross and rule.cross.kind == "absence":
            continue  # what never happened captures nothing
        for alternatives in (match.message, match.frame, match.logger):
            if alternatives:
                found |= frozenset.intersection(*(patterns.names(pattern) for pattern in alternatives))
    return frozenset(found)


def _somewhere(rule: Rule) -> set[str]:
    """Names that some alternative captures."""
    clauses = [clause for _, match in matches(rule) for clause in (match.message, match.frame, match.logger)]
    return {name for clause in clauses for pattern in clause for name in patterns.names(pattern)}


def _match(path: tuple[Part, ...], match: Match) -> Iterator[Complaint]:
    if match == Match() and path[-1] != "of":
        yield Complaint(path, "has no clause", "state what to look for, for example message = '''…'''")
    for clause, words in CHOICES.items():
        yield from _chosen((*path, clause), getattr(match, clause), words)
    for clause in TEXT_CLAUSES:
        for index, pattern in enumerate(getattr(match, clause)):
            where = (*path, clause, index)
            if problem := patterns.fault(pattern):
                yield Complaint(where, problem, "see the Rust regex syntax")
            elif clause == "message" and not patterns.literals(pattern):
                yield Complaint(
                    where,
                    f"holds no fixed text of {patterns.MIN_LITERAL} or more characters, so every line would be searched",
                    "add words that always stand in the message",
                )


def _chosen(field: tuple[Part, ...], values: Sequence[str], words: Sequence[str]) -> Iterator[Complaint]:
    for index, value in enumerate(values):
        if value not in words:
            yield Complaint((*field, index), f"'{value}' is not known", f"use one of {', '.join(words)}")


def _cross(rule: Rule) -> Iterator[Complaint]:
    cross = rule.cross
    assert cross is not None
    for field in CROSS_NEEDS[cross.kind]:
        if getattr(cross, field) is None:
            yield Complaint(("cross", field), f"a {cross.kind} rule needs `{field}`", f"add `{field}` to [cross]")
    pair = cross.first is not None and cross.then is not None
    during = cross.event is not None and cross.during is not None
    if cross.kind == "absence" and pair == during:
        yield Complaint(
            ("cross",), "an absence needs `first` and `then`, or `event` and `during`", "state one of the two pairs"
        )
    for field in ("within_s", "at_least"):
        if (value := getattr(cross, field)) is not None and value <= 0:
            yield Complaint(("cross", field), f"{value} is not a positive number", "use a number above 0")
    if cross.share is not None and not 0 < cross.share <= 1:
        yield Complaint(("cross", "share"), f"{cross.share} is not a share", "use a number above 0 and up to 1")


def _names(rule: Rule) -> Iterator[Complaint]:
    some = set(BUILT_IN) | set(CROSS_BUILT_IN) | _somewhere(rule)
    known = captured(rule) | set(BUILT_IN) | set(rule.defaults) | (set(CROSS_BUILT_IN) if rule.cross else set())
    spoken: list[tuple[tuple[Part, ...], str]] = [((field,), getattr(rule, field)) for field in SPOKEN]
    explain = rule.explain
    spoken += [(("explain", "whys", n), why) for n, why in enumerate(explain.whys)]
    spoken += [(("explain", "files", n), glob) for n, glob in enumerate(explain.files)]
    spoken += [(("explain", "latent"), explain.latent), (("explain", "check"), explain.check)]
    for field, sentence in spoken:
        for name in NAME.findall(sentence):
            if name not in known:
                yield Complaint(field, f"{{{name}}} is not captured", f"capture (?P<{name}>…) in every alternative")
    yield from _chosen(("explain", "suspect"), explain.suspect, SUSPECTS)
    for name in rule.defaults:
        if name not in some:
            yield Complaint(("defaults", name), f"nothing captures `{name}`", f"capture (?P<{name}>…) or drop it")
    for index, by in enumerate(rule.group.by):
        name = by.removeprefix("!shape:")
        if name not in known | {"rule", "signature"}:
            yield Complaint(("group", "by", index), f"`{name}` is not captured", f"capture (?P<{name}>…) or drop it")


def _tests(rule: Rule) -> Iterator[Complaint]:
    expected = [test.expect for test in rule.tests if not test.known_gap]
    for kind, asked in (("match", "a sample it must recognise"), ("no-match", "a near miss it must not recognise")):
        if kind not in expected:
            yield Complaint(("tests",), f'no test with expect = "{kind}"', f"add {asked}; a rule without it never runs")
    seen: list[str] = []
    for index, test in enumerate(rule.tests):
        if bool(test.sample) == bool(test.events) or bool(test.events) != (rule.cross is not None):
            wanted = "events = [ … ]" if rule.cross else "sample = '''…'''"
            yield Complaint(("tests", index), "needs exactly one kind of sample", f"give {wanted}")
        yield from _sample(index, test)
        if test.name in seen:
            yield Complaint(("tests", index, "name"), f"'{test.name}' is used twice", "give each test its own name")
        for field in ("same_as", "differs_from"):
            if (other := getattr(test, field)) and not any(each.name == other for each in rule.tests):
                yield Complaint(("tests", index, field), f"no test is named '{other}'", "name a test of this rule")
        seen.append(test.name)


def _sample(index: int, test: RuleTest) -> Iterator[Complaint]:
    """Misspelt fields of a sample."""
    for row, event in enumerate(test.events):
        if found := misspelt(event):
            yield Complaint(("tests", index, "events", row), f"no such field '{found[0]}'", found[1])
    for key in sorted(set(test.given) - set(GIVEN)):
        yield Complaint(("tests", index, "given"), f"no such field '{key}'", f"use one of {', '.join(GIVEN)}")


def unknown_references(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Complaint]]:
    """References to rules that do not exist, over the whole set."""
    known = {rule.id for rule in rules}
    for rule in rules:
        built_on = tuple(other for _, match in matches(rule) for other in match.rule)
        references = {field: getattr(rule, field) for field in ("causes", "caused_by", "overrides")} | {
            "cross": built_on
        }
        for field, ids in references.items():
            for index, other in enumerate(ids):
                if other not in known:
                    yield rule, Complaint((field, index), f"there is no rule '{other}'", "see `rca rules list`")
                if other == rule.id:
                    yield rule, Complaint((field, index), "a rule cannot refer to itself", "drop it")
