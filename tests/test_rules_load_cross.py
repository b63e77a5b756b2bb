"""A bad rule over several events never runs: file, line, field, what is wrong, and what to do."""

from pathlib import Path

import pytest

from rca import rules
from rca.errors import RuleUnusableError

CROSS = """id = "net.gone"
title = "{count} times gone"

[cross]
kind = "count"
at_least = 3
within_s = 60
scope = "revision"

[cross.event]
message = "is gone"

[[tests]]
name = "thrice"
expect = "match"
title = "3 times gone"
events = [{ at = 0, message = "is gone", times = 3 }]

[[tests]]
name = "twice"
expect = "no-match"
events = [{ at = 0, message = "is gone", times = 2 }]
"""

BAD_CROSS = [
    ("no threshold", ("at_least = 3\n", ""), "my/net/gone.toml:4: cross.at_least: a count rule needs `at_least`"),
    ("nothing to count", ('[cross.event]\nmessage = "is gone"\n', ""), "cross.event: a count rule needs `event`"),
    ("an unknown kind", ('"count"', '"counts"'), "my/net/gone.toml:5: cross.kind: input should be 'sequence', 'count'"),
    ("an unknown scope", ('"revision"', '"pod"'), "my/net/gone.toml:8: cross.scope: input should be 'trace'"),
    ("time that runs backwards", ("within_s = 60", "within_s = -60"), "cross.within_s: -60.0 is not a positive number"),
    (
        "a misspelt row",
        ("times = 2", "tims = 2"),
        "tests[1].events[0]: no such field 'tims'; a log row takes at, every",
    ),
    (
        "a sample that is one text",
        ('events = [{ at = 0, message = "is gone", times = 2 }]', 'sample = "x"'),
        "tests[1]: needs exactly one kind of sample; give events",
    ),
]


def written(folder: Path, text: str) -> Path:
    (folder / "net").mkdir(parents=True)
    (folder / "net" / "gone.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("change", "said"), [row[1:] for row in BAD_CROSS], ids=[row[0] for row in BAD_CROSS])
def test_a_bad_rule_over_several_events_is_refused(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert rules.load([written(tmp_path / "good", CROSS)]).rules
    assert change[0] in CROSS
    with pytest.raises(RuleUnusableError) as caught:
        rules.load([written(tmp_path / "my", CROSS.replace(*change))])
    assert said in str(caught.value)
