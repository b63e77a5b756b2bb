"""Every rule proves itself, and a rule that was spoiled is told so."""

from pathlib import Path

import pytest

from rca import proof, rules
from rca.gather import Request, gather
from rca.model import Group, Rule, RuleSet

HEALTHY = Path(__file__).parent.parent / "fixtures" / "healthy" / "input"


@pytest.fixture(scope="module")
def library() -> RuleSet:
    return rules.load([rules.builtin()])


def test_all_rules_prove_themselves_and_are_silent_on_a_healthy_run(library: RuleSet) -> None:
    facts = gather(Request(paths=[str(HEALTHY)]))
    report = proof.prove(library, healthy=facts.digest, runs=facts.runs)
    assert [line for line in report.lines() if not line.startswith("ok")][:-1] == []
    assert report.ok
    assert report.healthy_texts > 20


def test_every_rule_has_what_somebody_on_call_asks_for(library: RuleSet) -> None:
    fields = ("impact", "mitigation", "prevention", "detection", "done_when")
    short = [(rule.id, field) for rule in library.rules for field in fields if len(getattr(rule, field)) < 12]
    assert short == []
    assert [rule.id for rule in library.rules if not rule.explain.whys or not rule.explain.check] == []
    assert [rule.id for rule in library.rules if rule.role == "root" and not rule.explain.latent] == []
    assert len(library.rules) >= 80


SPOILED = [
    ("a dropped alternative", "ws.close-1008", {"match.message": 1}, "expected match"),
    ("a dropped guard", "ws.close-1011", {"match.unless": 0}, "but the rule recognises it"),
    ("coarser grouping", "python.missing-module", {"group": ("rule",)}, "is the same issue as"),
    ("another title", "python.missing-module", {"title": "No {module}"}, "title is 'No app.reports'"),
    (
        "a known gap that is closed",
        "python.missing-module",
        {"gap": "not yet"},
        "the known gap is closed; remove known_gap",
    ),
]


def spoiled(rule: Rule, change: dict[str, object]) -> Rule:
    ((field, value),) = change.items()
    if field.startswith("match."):
        assert rule.match
        clause = field.removeprefix("match.")
        kept = getattr(rule.match, clause)[:1] if value else ()
        return rule.model_copy(update={"match": rule.match.model_copy(update={clause: kept})})
    if field == "group":
        return rule.model_copy(update={"group": Group(by=value)})
    if field == "gap":
        first = rule.tests[0].model_copy(update={"known_gap": value})
        return rule.model_copy(update={"tests": (first, *rule.tests[1:])})
    return rule.model_copy(update=change)


@pytest.mark.parametrize(("rule_id", "change", "said"), [row[1:] for row in SPOILED], ids=[row[0] for row in SPOILED])
def test_a_spoiled_rule_is_told_what_is_wrong(
    library: RuleSet, rule_id: str, change: dict[str, object], said: str
) -> None:
    rule = library.get(rule_id)
    assert rule is not None
    report = proof.prove(RuleSet(rules=(spoiled(rule, change),)))
    assert not report.ok
    assert said in "\n".join(report.lines())


def test_a_sample_that_two_rules_claim_is_contested(library: RuleSet) -> None:
    rule = library.get("python.recursion")
    assert rule is not None
    twin = rule.model_copy(update={"id": "python.twin"})
    said = "\n".join(proof.prove(RuleSet(rules=(rule, twin))).lines())
    assert "is also claimed by python.twin; state overrides, or narrow one" in said
    chosen = twin.model_copy(update={"overrides": ("python.recursion",)})
    assert "claimed by python.recursion" not in "\n".join(proof.prove(RuleSet(rules=(rule, chosen))).lines())


def test_an_idle_clause_is_named(library: RuleSet) -> None:
    rule = library.get("python.recursion")
    assert rule
    assert rule.match
    idle = rule.model_copy(update={"match": rule.match.model_copy(update={"unless": ("never in any sample",)})})
    said = "\n".join(proof.prove(RuleSet(rules=(idle,))).lines())
    assert "match.unless: no test needs it (without the clause)" in said


def test_a_skeleton_loads_and_fails_its_own_test(tmp_path: Path) -> None:
    path = tmp_path / "mine" / "net" / "foo.toml"
    path.parent.mkdir(parents=True)
    path.write_text(proof.skeleton("net/foo")[1], encoding="utf-8")
    report = proof.prove_all([tmp_path / "mine"])
    assert not report.ok
    assert "mine/net/foo.toml: tests[0] 'paste here the shortest text that decides': expected match" in "\n".join(
        report.lines()
    )


def test_a_rule_is_described_for_a_person(library: RuleSet) -> None:
    rule = library.get("platform.crash-loop")
    assert rule is not None
    text = rules.describe(rule)
    for part in (
        "count per revision: at_least = 3, within_s = 600.0",
        "Leads to: platform.no-instance",
        "does not match: two exits are an accident",
    ):
        assert part in text
