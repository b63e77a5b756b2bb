"""Merging memories is a union: any order, any grouping and any repetition give the same memory."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from remembering import report, run

from rca.history import export, merge, open_history
from rca.history.store import History
from rca.model import Count, FixVerdict
from rca.model.case import Outcome

WORDS = st.text(alphabet="ab ", max_size=3)
NOTES = st.dictionaries(st.sampled_from(["note", "ticket", "owner", "cause", "fixed_in"]), WORDS, max_size=3)
OUTCOMES = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["passed", "failed", "skipped"]), min_size=1)
RUN = st.tuples(st.integers(0, 2), OUTCOMES, WORDS, st.sampled_from([None, "rule.a", "rule.b"]))
JUDGED = st.tuples(st.integers(0, 1), st.sampled_from(["fixed", "inconclusive"]), WORDS)
MEMORY = st.tuples(st.lists(RUN, max_size=3), NOTES, st.lists(JUDGED, max_size=2))
Told = tuple[
    list[tuple[int, dict[str, Outcome], str, str | None]], dict[str, str], list[tuple[int, str, str]]
]  # what MEMORY draws


def _filled(history: History, told: Told) -> list[str]:
    runs, notes, judged = told
    for hour, outcomes, summary, rule in runs:
        made = run(hour, outcomes)
        red = tuple(name for name, outcome in outcomes.items() if outcome == "failed")
        found = report(made, {"v1:aa": red} if red else {}, summary)
        issues = tuple(one.model_copy(update={"rule": rule}) for one in found.issues)
        history.remember(found.model_copy(update={"issues": issues}), (made,))
    if any(red for _, outcomes, _, _ in runs for red in outcomes.values() if red == "failed") and any(notes.values()):
        history.note("v1:aa", **notes)
    history.judged([_verdict(*each) for each in judged], "2026-03-01T00:00:00Z")
    return list(export(history))


def _verdict(anchor: int, word: str, needs: str) -> FixVerdict:
    row = {"issue": "v1:aa", "title": "t", "verdict": word, "p": None, "needs": needs, "anchor": f"d{anchor}"}
    return FixVerdict.model_validate({**row, "before": Count(count=1, exposure=1.0, unit="tests"), "after": Count(count=0, exposure=1.0, unit="tests")})  # fmt: skip


def _merged(path: Path, exports: Sequence[list[str]]) -> list[str]:
    with open_history(path) as history:
        for lines in exports:
            merge(history, lines, where="e")
        return list(export(history))


@settings(max_examples=25, deadline=None)
@given(st.lists(MEMORY, min_size=3, max_size=3))
def test_merging_is_commutative_associative_and_idempotent(memories: list[Told]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        exports = []
        for n, told in enumerate(memories):
            with open_history(path / f"of {n}") as history:
                exports.append(_filled(history, told))
        a, b, c = exports
        whole = _merged(path / "abc", exports)
        assert _merged(path / "cba", [c, b, a]) == whole
        assert _merged(path / "bca", [b, c, a, b, c]) == whole
        assert _merged(path / "a(bc)", [_merged(path / "bc", [b, c]), a]) == whole
        assert _merged(path / "again", [whole, *exports, whole]) == whole
