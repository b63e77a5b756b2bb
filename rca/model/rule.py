"""Rule: a known failure, how to recognise it, what it means; loaded from one TOML file each."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from rca.model.base import Noun

Strings = tuple[str, ...]
NAME = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""A name to be filled in a sentence of a rule: {module}."""


def fill(sentence: str, captures: Mapping[str, str]) -> str:
    """The sentence with each {name} replaced by its capture; one pass, so braces inside a capture stay text."""
    return NAME.sub(lambda name: captures.get(name[1], name[0]), sentence)


class Match(Noun):
    """Clauses are ANDed; a list inside a clause is ORed. All patterns are linear-time regexes (Rust syntax)."""

    exception: Strings = ()  # last dotted part or full type, exact
    message: Strings = ()  # searched in the raw text (message, or exception message and its text)
    unless: Strings = ()  # searched like message: a text that has one of these is not meant
    frame: Strings = ()  # searched in "file:function"
    logger: Strings = ()
    log: Strings = ()
    resource: Strings = ()
    status: tuple[int, ...] = ()  # HTTP status of request entries
    outcome: Strings = ()  # failed | error, for texts from tests
    source: Strings = ()  # log | test
    rule: Strings = ()  # in cross rules only: ids of rules that recognised the event


class Cross(Noun):
    """A rule over several events: exactly one kind is given. `scope` is what they must share."""

    kind: Literal["sequence", "count", "absence", "ratio", "first_after_change"]
    first: Match | None = None
    then: Match | None = None
    event: Match | None = None
    of: Match | None = None
    scope: Literal["trace", "instance", "revision", "service", "test", "any"] = "any"
    within_s: float | None = None
    at_least: int | None = None
    share: float | None = None
    during: Literal["tests"] | None = None  # absence: only while failing test runs ran
    change: Strings = ()  # first_after_change: kinds of change that count; empty for all


class Group(Noun):
    """What makes two occurrences one issue: "rule", or names of captures; "!shape:name" groups by the value's shape."""

    by: Strings = ("rule",)


class Explain(Noun):
    """The mechanism, symptom inwards; {names} are captures."""

    whys: Strings = ()
    latent: str = ""  # what made it possible
    suspect: Strings = ()  # imports | config | secrets | image | schema | endpoint | client | dependency | load …
    files: Strings = ()  # globs of files likely touched by the guilty change
    check: str = ""  # command or question that settles the next why

    def told(self, captures: Mapping[str, str]) -> "Explain":
        """The same with {names} filled in; `files` too, so that a captured module leads to its file."""
        return Explain(
            whys=tuple(fill(why, captures) for why in self.whys),
            latent=fill(self.latent, captures),
            suspect=self.suspect,
            files=tuple(fill(glob, captures) for glob in self.files),
            check=fill(self.check, captures),
        )


class RuleTest(Noun):
    """A sample that the rule must match, or must not."""

    name: str
    expect: Literal["match", "no-match"]
    sample: str = ""
    given: dict[str, str | int] = Field(
        default_factory=dict
    )  # log, logger, resource, status, outcome, source of the sample
    events: tuple[dict[str, Any], ...] = ()
    title: str | None = None
    same_as: str | None = None
    differs_from: str | None = None
    known_gap: str | None = None


class Rule(Noun):
    """One known failure. `id` is its path below the rules folder with dots."""

    id: str
    title: str
    status: Literal["stable", "experimental", "deprecated"] = "experimental"
    severity: str = "ERROR"
    role: Literal["root", "relay", "symptom", "noise", "unknown"] = "unknown"
    match: Match | None = None
    cross: Cross | None = None
    group: Group = Group()
    defaults: dict[str, str] = Field(default_factory=dict)  # what to say for a capture that may be empty
    explain: Explain = Explain()
    causes: Strings = ()  # rule ids that this one leads to
    caused_by: Strings = ()
    impact: str = ""
    mitigation: str = ""
    prevention: str = ""
    detection: str = ""
    done_when: str = ""
    references: Strings = ()
    overrides: Strings = ()  # more specific than these rule ids
    tests: tuple[RuleTest, ...] = ()
    file: str = Field(default="", exclude=True)


class RuleSet(Noun):
    """All rules in force, in order of precedence, and the hash of their content."""

    rules: tuple[Rule, ...] = ()
    hash: str = ""
    notes: Strings = ()  # silenced or overridden built-ins

    def get(self, rule_id: str | None) -> Rule | None:
        """The rule of that id, or None."""
        return next((rule for rule in self.rules if rule.id == rule_id), None) if rule_id else None
