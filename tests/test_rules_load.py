"""A bad rule never runs: file, line, field, what is wrong, and what to do."""

from pathlib import Path

import pytest

from rca import rules
from rca.errors import InputUnusableError, RuleUnusableError, UsageError

GOOD = """id = "net.gone"
title = "{host} is gone"
severity = "ERROR"
role = "root"

[match]
message = '''host (?P<host>\\w+) is gone'''

[group]
by = ["rule", "host"]

[[tests]]
name = "gone"
expect = "match"
title = "alpha is gone"
sample = "host alpha is gone"

[[tests]]
name = "there"
expect = "no-match"
sample = "host alpha is here"
"""

BAD = [
    ("is not TOML", ("title =", "title"), "my/net/gone.toml: is not TOML"),
    (
        "an unknown field",
        ('role = "root"', 'rule = "root"'),
        "my/net/gone.toml:4: rule: no such field; did you mean `role`?",
    ),
    ("an unknown role", ('"root"', '"cause"'), "my/net/gone.toml:4: role: "),
    (
        "an id that is not the path",
        ("net.gone", "net.went"),
        "my/net/gone.toml:1: id: id is 'net.went'; the path says 'net.gone'",
    ),
    (
        "a severity Cloud Logging has not",
        ('"ERROR"', '"BAD"'),
        "my/net/gone.toml:3: severity: 'BAD' is not a LogSeverity",
    ),
    ("a wrong expectation", ('"no-match"', '"nomatch"'), "my/net/gone.toml:20: tests[1].expect"),
    ("no near miss", ('"no-match"', '"match"'), 'no test with expect = "no-match"; add a near miss'),
    ("a name nobody captures", ("{host}", "{name}"), "my/net/gone.toml:2: title: {name} is not captured"),
    ("a group nobody captures", ('"rule", "host"', '"rule", "name"'), "group.by[1]: `name` is not captured"),
    ("look-behind", ("host (?P", "(?<=x)host (?P"), "match.message[0]: uses look-ahead or look-behind"),
    ("a back-reference", ("\\w+) is", "\\w+) (?P=host) is"), "uses a back-reference, which has no linear-time engine"),
    ("a pattern that fits everything", ("host (?P<host>\\w+) is gone", "(?P<host>\\w*)"), "matches the empty text"),
    (
        "a pattern without fixed text",
        ("host (?P<host>\\w+) is gone", "(?P<host>\\w+) "),
        "holds no fixed text of 3 or more",
    ),
    ("a pattern too large to compile", ("\\w+) is", "\\w{1,900}[^a]{1,900}) is"), "exceeds size limit"),
    (
        "a rule that overrides one that is not there",
        ('role = "root"', 'overrides = ["net.x"]'),
        "there is no rule 'net.x'",
    ),
    (
        "a test that leans on another that is not there",
        ('title = "alpha is gone"', 'same_as = "x"'),
        "no test is named 'x'",
    ),
    ("two tests of one name", ('name = "there"', 'name = "gone"'), "'gone' is used twice"),
    ("a title that is no text", ('"{host} is gone"', "3"), "my/net/gone.toml:2: title: input should be a text"),
    ("no title", ('title = "{host} is gone"\n', ""), "my/net/gone.toml: title: is missing; add `title`"),
    ("no id", ('id = "net.gone"\n', ""), 'my/net/gone.toml: id: is missing; add `id = "net.gone"`'),
    (
        "a clause that is not there",
        ("[match]", '[match]\nexeption = "X"'),
        "my/net/gone.toml:7: match.exeption: no such field; did you mean `exception`?",
    ),
    (
        "a bracket left open",
        ("is gone'''", "is (gone'''"),
        "my/net/gone.toml:7: match.message[0]: not a regular expression",
    ),
    (
        "an outcome no test has",
        ("[match]", '[match]\noutcome = "red"'),
        "match.outcome[0]: 'red' is not known; use one of failed",
    ),
    (
        "a kind of change nobody makes",
        ("[group]", '[explain]\nsuspect = ["cod"]\n[group]'),
        "my/net/gone.toml:10: explain.suspect[0]: 'cod' is not known; use one of client, code",
    ),
    (
        "a why with a name nobody captures",
        ("[group]", '[explain]\nwhys = ["{nobody} left"]\n[group]'),
        "my/net/gone.toml:10: explain.whys[0]: {nobody} is not captured; capture (?P<nobody>…)",
    ),
    (
        "a default for a name nobody captures",
        ("[group]", '[defaults]\nhsot = "x"\n[group]'),
        "my/net/gone.toml:10: defaults.hsot: nothing captures `hsot`",
    ),
    (
        "a rule that overrides itself",
        ('role = "root"', 'overrides = ["net.gone"]'),
        "a rule cannot refer to itself; drop it",
    ),
    (
        "a cause that is not there",
        ('role = "root"', 'causes = ["net.x"]'),
        "my/net/gone.toml:4: causes[0]: there is no rule 'net.x'",
    ),
    (
        "both ways to recognise",
        ("[group]", '[cross]\nkind = "count"\n[group]'),
        "needs exactly one of [match] and [cross]",
    ),
    (
        "a sample described by a field that is not there",
        ('name = "there"', 'name = "there"\ngiven = { lgo = "stderr" }'),
        "my/net/gone.toml:20: tests[1].given: no such field 'lgo'; use one of log,",
    ),
    (
        "a rule without anything to recognise",
        ("message = '''host (?P<host>\\w+) is gone'''", ""),
        "match: has no clause",
    ),
]


def write(folder: Path, text: str, name: str = "net/gone.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_rule_refuses_the_whole_set(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in GOOD
    folder = write(tmp_path / "my", GOOD.replace(*change))
    write(folder, GOOD.replace("net.gone", "net.fine").replace("is gone", "is off"), "net/fine.toml")
    with pytest.raises(RuleUnusableError) as caught:
        rules.load([folder])
    assert said in str(caught.value)
    assert caught.value.code == 2


def test_the_good_rule_of_these_tests_loads(tmp_path: Path) -> None:
    assert [rule.id for rule in rules.load([write(tmp_path / "my", GOOD)]).rules] == ["net.gone"]


def test_two_rules_that_override_each_other_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "my", GOOD.replace('role = "root"', 'overrides = ["net.off"]'))
    other = GOOD.replace("net.gone", "net.off").replace('role = "root"', 'overrides = ["net.gone"]')
    with pytest.raises(RuleUnusableError, match="break the circle"):
        rules.load([write(folder, other, "net/off.toml")])


def test_a_rule_is_silenced_by_its_id_and_the_set_says_so(tmp_path: Path) -> None:
    folder = write(tmp_path / "my", GOOD)
    quiet = rules.load([folder], silence=["net.gone"])
    assert quiet.rules == ()
    assert quiet.notes == ("net.gone is silenced",)
    with pytest.raises(UsageError, match="there is no such rule"):
        rules.load([folder], silence=["net.other"])


def test_an_extending_file_appends_lists_and_replaces_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "base", GOOD)
    more = """extends = "net.gone"
mitigation = "Ask the night shift."

[match]
message = ['''Rechner (?P<host>\\w+) ist weg''']

[[tests]]
name = "in German"
expect = "match"
sample = "Rechner alpha ist weg"
"""
    write(
        tmp_path / "base",
        GOOD.replace("message = '''host (?P<host>\\w+) is gone'''", "message = ['''host (?P<host>\\w+) is gone''']"),
    )
    write(tmp_path / "mine", more, "any/name.toml")
    found = rules.load([tmp_path / "base", tmp_path / "mine"])
    rule = found.get("net.gone")
    assert rule is not None
    assert [len(rule.match.message) if rule.match else 0, len(rule.tests), rule.mitigation] == [
        2,
        3,
        "Ask the night shift.",
    ]
    assert found.notes == ("net.gone is extended by mine/any/name.toml",)


def test_a_second_rule_of_the_same_id_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "a", GOOD)
    write(tmp_path / "b", GOOD)
    with pytest.raises(RuleUnusableError, match=r'exists already; say extends = "net\.gone"'):
        rules.load([tmp_path / "a", tmp_path / "b"])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputUnusableError, match="is not a folder of rules"):
        rules.load([tmp_path / "none"])


def test_the_hash_is_of_the_content_not_of_the_place(tmp_path: Path) -> None:
    one = rules.load([write(tmp_path / "a", GOOD)])
    same = rules.load([write(tmp_path / "b" / "c", GOOD)])
    other = rules.load([write(tmp_path / "d", GOOD.replace("alpha", "omega"))])
    assert one.hash == same.hash != other.hash
