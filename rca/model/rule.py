"""Rule: a known failure, how to recognise it, what it means; loaded from one TOML file each."""

from typing import Any, Literal

from pydantic import Field

from rca.model.base import Noun

Strings = tuple[str, ...]


class Match(Noun):
    """Clauses are ANDed; a list inside a clause is ORed. All patterns are linear-time regexes (Rust syntax)."""

    exception: Strings = ()  # last dotted part or full type, exact
    message: Strings = ()  # searched in the raw text (message, or exception message and its text)
    frame: Strings = ()  # searched in "file:function"
    logger: Strings = ()
    log: Strings = ()
    resource: Strings = ()
    status: tuple[int, ...] = ()  # HTTP status of request entries
    outcome: Strings = ()  # failed | error, for texts from tests
    source: Strings = ()  # log | test


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


class RuleTest(Noun):
    """A sample that the rule must match, or must not."""

    name: str
    expect: Literal["match", "no-match"]
    sample: str = ""
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
