"""Two reports compared: what is new, fixed, still there and failing in another way, and when a comparison is no proof."""

from rca.diff import diff
from rca.model import Coverage, Frame, Issue, Report, Source, TestSummary, Tool, Verdict, Window
from rca.model.case import Outcome
from rca.model.report import Role


def _report(
    *issues: Issue,
    cases: dict[str, Outcome] | None = None,
    kinds: tuple[str, ...] = ("junit",),
    complete: bool = True,
    total: int | None = None,
) -> Report:
    told = cases or {}
    return Report(
        tool=Tool(version="1", rules="r"),
        window=Window(since=None, until=None, anchor="inputs"),
        verdict=Verdict(status="cause_found", summary=""),
        coverage=Coverage(sources=tuple(Source.model_validate({"path": f"{n}", "kind": kind, "read": 1, "kept": 1, "complete": complete}) for n, kind in enumerate(kinds))),
        tests=TestSummary(total=len(told) if total is None else total, cases=told),
        issues=issues,
    )  # fmt: skip


def _issue(name: str, *, count: int = 1, place: str = "", tests: tuple[str, ...] = (), role: Role = "root") -> Issue:
    location = Frame(file=place, function="f", line=1, own=True) if place else None
    return Issue(id=name, title=name, count=count, location=location, tests=tests, role=role)


def test_issues_are_new_fixed_or_still_there_and_background_is_not_told() -> None:
    tests: dict[str, Outcome] = {"t": "passed"}
    before = _report(_issue("a"), _issue("b", count=3), _issue("n", role="background"), cases=tests)
    after = _report(_issue("b", count=5), _issue("c"), cases=tests)
    found = diff(before, after)
    assert [one.id for one in found.new] == ["c"]
    assert [one.id for one in found.fixed] == ["a"]
    assert [(one.id, one.before, one.after) for one in found.still] == [("b", 3, 5)]
    assert (found.comparable, found.notes) == (True, ())


def test_another_error_at_the_same_place_or_in_the_same_tests_is_a_changed_failure_mode() -> None:
    by_place = diff(_report(_issue("a", place="x.py")), _report(_issue("b", place="x.py")))
    by_tests = diff(_report(_issue("a", tests=("t", "u"))), _report(_issue("b", tests=("t", "u", "v"))))
    for found in (by_place, by_tests):
        assert [(pair.before.id, pair.after.id) for pair in found.changed] == [("a", "b")]
        assert not found.fixed
        assert not found.new


def test_every_transition_of_a_test_is_told_and_absence_is_no_repair() -> None:
    before: dict[str, Outcome] = {
        "p": "passed",
        "q": "failed",
        "r": "error",
        "s": "failed",
        "g": "failed",
        "b": "passed",
    }
    after: dict[str, Outcome] = {
        "p": "failed",
        "q": "passed",
        "r": "error",
        "s": "skipped",
        "n": "failed",
        "b": "passed",
    }
    found = diff(_report(cases=before), _report(cases=after)).tests
    assert (found.broken, found.fixed, found.still_failing) == (("p",), ("q",), ("r",))
    assert (found.new_failing, found.gone, found.skipped_now, found.both_passed) == (("n",), ("g",), ("s",), 1)


def test_an_issue_whose_tests_did_not_run_is_not_called_fixed() -> None:
    before = _report(_issue("a", tests=("t",)), cases={"t": "failed", "u": "passed"})
    for after in (_report(cases={"t": "skipped", "u": "passed"}), _report(cases={"u": "passed"})):
        found = diff(before, after)
        assert not found.fixed
        assert [one.id for one in found.unknown] == ["a"]
        assert any("a" in note and "did not run" in note for note in found.notes)


def test_what_forbids_a_comparison_is_said() -> None:
    whole = _report(_issue("a"), kinds=("junit", "entries"))
    for other, words in (
        (_report(), "did not"),
        (_report(kinds=("junit", "entries"), complete=False), "incomplete"),
        (_report(kinds=("junit", "entries"), total=10**6), "too many tests"),
    ):
        found = diff(whole, other)
        assert not found.comparable
        assert any(words in note for note in found.notes)
