"""The memory: what it keeps, what counts as earlier, and that what is shown of it never depends on how often it was asked."""

import itertools
import sqlite3
from pathlib import Path

import pytest
from remembering import report, run

from rca.errors import RcaError, UsageError
from rca.history import export, keys, known, loop, merge, open_history, outcomes, past
from rca.history import migrate as versions
from rca.history.schema import APPLICATION_ID
from rca.model import TestRun
from rca.when import rfc3339

RED = run(0, {"a": "failed", "b": "passed"})
GREEN = run(1, {"a": "passed", "b": "passed"})
AGAIN = run(2, {"a": "failed", "b": "passed"})


def _begin(made: TestRun) -> str:
    return rfc3339(made.started_ns or 0)


def _fill(path: Path, *runs: TestRun) -> None:
    with open_history(path) as history:
        for made in runs:
            red = tuple(case.id for case in made.cases if case.outcome == "failed")
            history.remember(report(made, {"v1:aa": red} if red else {}), (made,))


def test_an_issue_that_failed_and_then_passed_is_known_as_passed_since(tmp_path: Path) -> None:
    _fill(tmp_path / "h", RED, GREEN)
    with open_history(tmp_path / "h") as history:
        before = past(history, _begin(GREEN))["v1:aa"]
        after = past(history, _begin(AGAIN))["v1:aa"]
    assert (before.status, before.runs) == ("open", 1)
    assert (after.status, after.runs) == ("fixed", 1)


def test_only_what_came_strictly_before_counts_in_whatever_order_it_was_analysed(tmp_path: Path) -> None:
    told = []
    for n, order in enumerate(itertools.permutations((RED, GREEN, AGAIN))):
        _fill(tmp_path / f"{n}", *order, *order)
        with open_history(tmp_path / f"{n}") as history:
            assert len(history.runs()) == 3
            told.append(
                (
                    past(history, rfc3339(AGAIN.ended_ns or 0), _begin(AGAIN), without=keys([AGAIN], ["x"])),
                    outcomes(history, ["a", "b", "c"], _begin(AGAIN)),
                    [(one.at, one.failed) for one in loop(history, ["a"], _begin(AGAIN))],
                    known(history, _begin(AGAIN)),
                )
            )
    assert all(one == told[0] for one in told)
    assert told[0][1]["a"].recent == ("failed", "passed")
    assert "c" not in told[0][1]


def test_a_note_is_kept_by_the_beginning_of_an_id_and_cleaned(tmp_path: Path) -> None:
    _fill(tmp_path / "h", RED)
    with open_history(tmp_path / "h") as history:
        assert history.note("a", note="\x1b[31mred\x1b[0m\u202e", ticket="T-1") == "v1:aa"
        found = past(history)["v1:aa"]
        assert (found.note, found.ticket) == ("red<U+202E>", "T-1")
        with pytest.raises(UsageError, match="no issue"):
            history.note("zz", note="x")
        assert history.forget("v1:aa") == "v1:aa"
        assert past(history) == {}


def test_merging_gives_the_same_memory_in_either_order_and_repeats_do_nothing(tmp_path: Path) -> None:
    _fill(tmp_path / "a", RED, GREEN)
    _fill(tmp_path / "b", GREEN, AGAIN)
    with open_history(tmp_path / "a") as a, open_history(tmp_path / "b") as b:
        a.note("v1:aa", note="short")
        b.note("v1:aa", note="much longer")
        exports = [list(export(a)), list(export(b))]
    found = []
    for n, order in enumerate(((0, 1), (1, 0), (0, 1, 0, 1))):
        with open_history(tmp_path / f"m{n}") as merged:
            for which in order:
                merge(merged, exports[which], where="e")
            found.append(list(export(merged)))
    assert found[0] == found[1] == found[2]
    assert any("much longer" in line for line in found[0])


BAD = [
    ("nothing at all", []),
    ("another format", ['{"format":"other"}']),
    ("no JSON", ['{"format":"rca.history/2"}', "{"]),
    ("a run without its parts", ['{"format":"rca.history/2"}', '{"run":["k"]}']),
    ("an array", ["[]"]),
]


@pytest.mark.parametrize(("sentence", "lines"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_export_is_one_line_and_nothing_is_merged(tmp_path: Path, sentence: str, lines: list[str]) -> None:
    _fill(tmp_path / "h", RED)
    with open_history(tmp_path / "h") as history:
        before = list(export(history))
        with pytest.raises(RcaError, match=r"e") as caught:
            merge(history, lines, where="e.jsonl")
        assert "\n" not in str(caught.value), sentence
        assert list(export(history)) == before


def test_a_memory_of_version_1_is_brought_up_to_date_with_its_outcomes(tmp_path: Path) -> None:
    path = tmp_path / "old"
    old = sqlite3.connect(path)
    versions.begin(old)
    old.execute("INSERT INTO runs VALUES (1,'k','2025-10-09T08:53:20Z','cause_found','s','inputs','0',2,1)")
    old.execute("INSERT INTO issues (fingerprint, title, cause) VALUES ('v1:aa','t','as found')")
    old.execute("INSERT INTO seen VALUES ('v1:aa',1,1,'root','2025-10-09T08:53:20Z','2025-10-09T08:53:20Z','a')")
    old.execute("INSERT INTO tests VALUES (1,'a'), (2,'b')")
    old.execute("INSERT INTO outcomes VALUES (1,1,'failed'), (2,1,'passed')")
    old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    with open_history(path) as history:
        assert past(history)["v1:aa"].found == "as found"
        assert outcomes(history, ["a"])["a"].recent == ("failed",)
        assert history.remember(report(AGAIN, {"v1:aa": ("a",)}), (AGAIN,))


def test_known_counts_what_could_have_failed_since_it_was_first_seen(tmp_path: Path) -> None:
    _fill(tmp_path / "h", run(-1, {"a": "passed"}), RED, GREEN, AGAIN)
    with open_history(tmp_path / "h") as history:
        found = known(history, rfc3339((AGAIN.started_ns or 0) + 10**15))["v1:aa"]
    assert (found.failures, found.red, found.exposure) == (2, 2, {"tests": 3.0, "runs": 3.0})
