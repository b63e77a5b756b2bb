"""Texts × rules → findings: who wins, what is captured, and what two occurrences share."""

import time

import pytest

from rca import rules
from rca.model import Explain, Group, Match, Rule, RuleSet
from rca.rules import Text, value_shape
from rca.rules.order import by_precedence
from rca.rules.patterns import literals
from rca.signatures import extract

FULL = """Traceback (most recent call last):
  File "/srv/app/store.py", line 7, in save
    self.put(row)
KeyError: 'row'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/web.py", line 3, in answer
    save(row)
ValueError: store is full
"""


def rule(rule_id: str, *message: str, by: tuple[str, ...] = ("rule",), title: str = "x", **more: object) -> Rule:
    return Rule.model_validate(
        {"id": rule_id, "title": title, "match": {"message": message}, "group": {"by": by}, "role": "root"} | more
    )


def text(sample: str, **more: object) -> Text:
    return Text(text=sample, signature=extract(sample), **more)  # type: ignore[arg-type]  # a test's shorthand


def winner(sample: str | Text, *given: Rule) -> str | None:
    asked = sample if isinstance(sample, Text) else text(sample)
    found = rules.classify([asked], RuleSet(rules=tuple(by_precedence(given))))[0]
    return found.rule if found else None


WINNERS = [
    ("the one that overrides", "disk full", [rule("a.b", "disk full"), rule("z.z", "disk", overrides=("a.b",))], "z.z"),
    ("a mechanism before a symptom", "disk full", [rule("a", "disk full", role="symptom"), rule("b", "disk")], "b"),
    (
        "more clauses",
        "disk full",
        [rule("a", "disk full"), rule("b", "disk", match={"message": ["disk"], "source": ["log"]})],
        "b",
    ),
    ("more fixed text", "disk full", [rule("a", "disk"), rule("b", "disk full")], "b"),
    ("then the id", "disk full", [rule("b", "disk"), rule("a", "full")], "a"),
    ("nobody", "disk empty", [rule("a", "disk full")], None),
    (
        "the text's own exception before its context",
        FULL,
        [rule("a", "KeyError: 'row'"), rule("b", "store is full")],
        "b",
    ),
    ("case is told apart", "Disk full", [rule("a", "disk full")], None),
    ("unless asked not to", "Disk full", [rule("a", "(?i:disk full)")], "a"),
    (
        "a near miss is kept out",
        "disk full of joy",
        [rule("a", "disk full", match={"message": ["disk full"], "unless": ["joy"]})],
        None,
    ),
]


@pytest.mark.parametrize(("sample", "given", "wanted"), [row[1:] for row in WINNERS], ids=[row[0] for row in WINNERS])
def test_the_most_specific_rule_wins(sample: str, given: list[Rule], wanted: str | None) -> None:
    assert winner(sample, *given) == wanted
    assert winner(sample, *reversed(given)) == wanted


CLAUSES = [
    ("exception by its last part", {"exception": ["ValueError"]}, text(FULL), True),
    ("exception of the context", {"exception": ["KeyError"]}, text(FULL), True),
    ("another exception", {"exception": ["OSError"]}, text(FULL), False),
    ("frame", {"frame": [r"web\.py:answer"]}, text(FULL), True),
    ("another frame", {"frame": [r"web\.py:ask"]}, text(FULL), False),
    ("status", {"status": [503]}, text("x", status=503), True),
    ("another status", {"status": [503]}, text("x", status=500), False),
    ("log", {"log": ["requests"]}, text("x", log="requests"), True),
    ("resource", {"resource": ["k8s_pod"]}, text("x"), False),
    ("logger", {"logger": [r"^app\."]}, text("x", logger="app.web"), True),
    ("a text with an outcome is a test's", {"source": ["test"]}, text("x", outcome="failed"), True),
    ("a log is not a test", {"source": ["test"]}, text("x"), False),
]


@pytest.mark.parametrize(("match", "sample", "wanted"), [row[1:] for row in CLAUSES], ids=[row[0] for row in CLAUSES])
def test_each_clause_decides(match: dict[str, object], sample: Text, wanted: bool) -> None:
    assert (winner(sample, rule("a", match=match)) == "a") is wanted


def test_captures_fill_title_whys_and_group() -> None:
    made = rule("a", r"user (?P<who>\S+)", by=("rule", "!shape:who"), title="{who} at {location}")
    found = rules.classify(
        [text(f"{FULL}user 48"), text(f"{FULL}user 7"), text(f"{FULL}user none_yet")], RuleSet(rules=(made,))
    )
    assert next(one.title if one else None for one in found) == "48 at app/web.py:3 in answer"
    assert [one.group if one else None for one in found] == [("a", "<int>"), ("a", "<int>"), ("a", "none_yet")]
    assert Explain(whys=("{who} came",)).told(found[0].captures if found[0] else {}).whys == ("48 came",)


def test_a_capture_with_braces_stays_text() -> None:
    found = rules.classify([text("user {title}")], RuleSet(rules=(rule("a", r"user (?P<who>\S+)", title="{who}!"),)))[0]
    assert found is not None
    assert found.title == "{title}!"


SHAPES = [("None", "None"), ("'17'", "<int>"), ("", "<empty>"), ("a@b.example", "<email>"), ("pending", "pending"),
          ("3f2504e0-4f89-11d3-9a0c-0305e82c3301", "<uuid>"), ("user-12", "user-0"), ("https://x.example/a", "<url>")]  # fmt: skip


@pytest.mark.parametrize(("value", "shape"), SHAPES)
def test_the_shape_of_a_value(value: str, shape: str) -> None:
    assert value_shape(value) == shape


LITERALS = [
    ("(?:abc|defg)x+", ("abc", "defg")),
    (r"No module named '(?P<m>\w+)'", ("no module named '",)),
    (r"(?i:Disk) (?:is )?Full", ("disk",)),
    (r"a|bcd", ()),
    (r"(?:xyz)?\d+", ()),
    (r"(?:xyz){2}\d+", ("xyz",)),
]


@pytest.mark.parametrize(("pattern", "wanted"), LITERALS)
def test_literals_that_every_match_holds(pattern: str, wanted: tuple[str, ...]) -> None:
    assert literals(pattern) == wanted


def test_a_hostile_text_is_searched_in_linear_time() -> None:
    made = rule("a", r"(?:a+)+b (?P<x>.*)*end", r"disk .*full")
    hostile = "\x1b[31m" + "a" * 3_000_000 + "<script>" + "disk " * 300_000
    begun = time.perf_counter()
    assert winner(hostile, made) is None
    assert time.perf_counter() - begun < 5


def test_the_head_and_the_tail_of_a_long_text_are_searched() -> None:
    filler = "\n".join(f"  File x, line {n}" for n in range(20_000))
    assert winner(f"{filler}\ndisk full", rule("a", "disk full")) == "a"
    assert winner(f"disk full\n{filler}", rule("a", "disk full")) == "a"


def test_group_and_match_are_frozen() -> None:
    assert Match(message=("a",)) == Match(message=("a",))
    assert Group().by == ("rule",)
