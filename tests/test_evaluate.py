"""`rca eval`: labelled incidents on disk, a report for each, and the marks that follow; and the generator of incidents."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from rca.errors import InputUnusableError
from rca.evaluate import Score, document, evaluate, text
from rca.evaluate.judged import Answered
from rca.evaluate.score import bins, ece
from rca.model import Cause, Change, Count, Evidence, Issue, Ratio, Report, Suspect, Tool, Verdict, Window
from rca.model.report import NoChange, Status

ROOT = Path(__file__).resolve().parent.parent


def _label(folder: Path, name: str, **answer: object) -> None:
    (folder / name / "input").mkdir(parents=True)
    (folder / name / "answer.json").write_text(json.dumps(answer))


def _suspect(change: str, p: float, within: str | None = None) -> Suspect:
    nothing = Count(count=0, exposure=1.0)
    return Suspect(
        issue="i",
        change=change,
        p=p,
        verdict="compatible",
        before=nothing,
        after=nothing,
        rate_ratio=Ratio(estimate=None, low=None, high=None),
        within=within,
    )


def _report(p: Mapping[str, float], *, status: Status = "cause_found", title: str = "KeyError: 'total'") -> Report:
    """A report with one issue, one cause, and suspects with these p; `a/b` is commit a, brought by deploy b."""
    suspects = tuple(_suspect(name.split("/")[0], value, name.partition("/")[2] or None) for name, value in p.items())
    changes = tuple(Change(id=one.change, kind="deploy", service="api", at="2026-03-02T06:00:00Z") for one in suspects)
    cause = Cause(rank=1, label="primary", issue="i", statement=title, p=0.9, words="very likely", basis="high")
    failed = status != "no_failure_found"
    return Report(
        tool=Tool(version="0", rules=""),
        window=Window(since=None, until=None, anchor="inputs"),
        verdict=Verdict(status=status, summary=""),
        issues=(Issue(id="i", title=title, exemplar="log:0:1"),) if failed else (),
        changes=changes,
        suspects=suspects,
        no_change=(NoChange(issue="i", p=max(0.0, 1 - sum(p.values())), kind="constant"),),
        causes=(cause,) if failed else (),
        evidence={"log:0:1": Evidence(kind="log", text="raised in settle()")},
    )


def _score(folder: Path, reports: Mapping[str, Report]) -> Score:
    return evaluate(folder, lambda path: reports[path.parent.name])


def test_marks_of_guilty_null_and_empty_incidents(tmp_path: Path) -> None:
    _label(tmp_path, "hit", family="plain", verdict="cause_found", primary_regex="KeyError", guilty=["d"])
    _label(tmp_path, "miss", family="plain", verdict="cause_found", primary_regex="ValueError", guilty=["d"])
    _label(tmp_path, "blamed", family="null", verdict="cause_found", primary_regex="KeyError", guilty=[])
    _label(tmp_path, "spared", family="null", verdict="cause_found", primary_regex="settle", guilty=[])
    _label(tmp_path, "empty", family="nothing", verdict="cause_not_in_evidence")
    found = _score(
        tmp_path,
        {
            "hit": _report({"d": 0.9}),
            "miss": _report({"d": 0.2, "e": 0.6}),
            "blamed": _report({"d": 0.8}),
            "spared": _report({"d": 0.5}),
            "empty": _report({}, status="cause_not_in_evidence"),
        },
    )
    overall, families = found.overall, {one.name: one for one in found.families}
    assert overall.incidents == 5
    assert [overall.top1, overall.false_blame, overall.precision] == pytest.approx([0.5, 1 / 3, 1 / 3])
    assert overall.root == 0.75
    assert (overall.verdict, overall.abstained) == (1.0, 1.0)
    assert families["plain"].false_blame is None
    assert families["null"].top1 is None
    assert found.prior_hint == pytest.approx(3 / 6)


def test_the_p_of_commits_counts_for_the_deploy_that_brought_them(tmp_path: Path) -> None:
    _label(tmp_path, "one", verdict="cause_found", primary_regex="KeyError", guilty=["d"])
    found = _score(tmp_path, {"one": _report({"commit:a/d": 0.5, "d": 0.3})})
    assert found.overall.top1 == 1.0
    assert found.results[0].p == pytest.approx(0.8)


def test_a_deploy_is_guilty_of_the_guilty_commit_it_brought(tmp_path: Path) -> None:
    _label(tmp_path, "one", verdict="cause_found", primary_regex="KeyError", guilty=["commit:a"])
    assert _score(tmp_path, {"one": _report({"commit:a/d": 0.5, "d": 0.3})}).overall.top1 == 1.0


def test_a_guilty_commit_counts_among_the_first_three(tmp_path: Path) -> None:
    sha = "f" * 40
    _label(tmp_path, "third", verdict="cause_found", primary_regex="KeyError", introduced_by=[sha])
    _label(tmp_path, "fourth", verdict="cause_found", primary_regex="KeyError", introduced_by=[sha])
    ahead = {f"commit:{i}": 0.2 for i in range(2)}
    found = _score(
        tmp_path,
        {
            "third": _report({**ahead, f"commit:{sha}": 0.1}),
            "fourth": _report({**ahead, "commit:2": 0.2, f"commit:{sha}": 0.1}),
        },
    )
    assert found.overall.commit == 0.5


MATCHES: list[tuple[str, list[object], bool]] = [
    ("by id", ["d"], True),
    (
        "by service and time, minutes between asking and serving",
        [{"service": "api", "at": "2026-03-02T05:58:00Z"}],
        True,
    ),
    ("another hour", [{"service": "api", "at": "2026-03-02T04:58:00Z"}], False),
    ("another service", [{"service": "web"}], False),
    ("one of two", ["x", {"kind": "deploy"}], True),
]


@pytest.mark.parametrize(("sentence", "guilty", "right"), MATCHES, ids=[row[0] for row in MATCHES])
def test_a_guilty_change_is_named(tmp_path: Path, sentence: str, guilty: list[object], right: bool) -> None:
    _label(tmp_path, "one", verdict="cause_found", primary_regex="KeyError", guilty=guilty)
    assert _score(tmp_path, {"one": _report({"d": 0.9})}).overall.top1 == float(right), sentence


def test_labels_that_do_not_say_which_change_are_scored_for_the_rest(tmp_path: Path) -> None:
    _label(tmp_path, "one", verdict="cause_found", primary_regex="KeyError", introduced_by=[])
    _label(tmp_path, "two", verdict="not_labelled", primary_regex=None)
    found = _score(tmp_path, {"one": _report({"d": 0.9}), "two": _report({"d": 0.9})})
    assert found.overall.root == 1.0
    assert (found.overall.top1, found.overall.false_blame, found.overall.brier) == (None, None, None)


def test_background_issues_count_for_calibration_as_none(tmp_path: Path) -> None:
    _label(tmp_path, "one", verdict="no_failure_found", background_regex=["KeyError"])
    found = _score(tmp_path, {"one": _report({"d": 0.6})})
    assert found.overall.brier == pytest.approx(0.6**2 + 0.6**2)
    assert found.reliability[0].n + found.reliability[-1].n == 2


def test_brier_of_a_guilty_change_that_was_not_even_listed() -> None:
    answer = Answered("root", {"a": 0.25}, frozenset({"b"}))
    assert answer.brier == pytest.approx(0.25**2 + 1.0 + 0.75**2)
    assert answer.top == (0.75, False)


def test_calibration_of_known_predictions() -> None:
    pairs = [(0.75, True), (0.75, True), (0.75, True), (0.75, False), (0.05, False), (1.0, True)]
    assert ece(pairs) == pytest.approx(0.05 / 6)
    assert [(row.low, row.n) for row in bins(pairs)] == [(0.0, 1), (0.7, 4), (0.9, 1)]
    assert ece([]) is None


REFUSED: list[tuple[str, str, str]] = [
    ("not JSON", "{", "cannot be read"),
    ("not an object", "[]", "not a JSON object"),
    ("a broken pattern", '{"primary_regex": "("}', "not a regular expression"),
    ("an unknown key of a guilty change", '{"primary_regex": "x", "guilty": [{"who": "me"}]}', "cannot be understood"),
]


@pytest.mark.parametrize(("sentence", "answer", "complaint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_bad_label_is_refused_with_its_place(tmp_path: Path, sentence: str, answer: str, complaint: str) -> None:
    (tmp_path / "answer.json").write_text(answer)
    with pytest.raises(InputUnusableError, match=complaint) as refused:
        evaluate(tmp_path, lambda _: _report({}))
    assert "answer.json" in str(refused.value), sentence


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputUnusableError, match="no labelled incident"):
        evaluate(tmp_path, lambda _: _report({}))


def test_the_text_shows_tables_and_misses_and_the_document_has_no_times(tmp_path: Path) -> None:
    _label(tmp_path, "one", family="null", verdict="cause_found", primary_regex="KeyError", guilty=[])
    found = _score(tmp_path, {"one": _report({"d": 0.75})})
    shown = text(found)
    assert "reliability" in shown
    assert "one: false blame (blamed d, p 0.75)" in shown
    assert "--prior-change" in shown
    again = _score(tmp_path, {"one": _report({"d": 0.75})})
    assert json.dumps(document(found)) == json.dumps(document(again))
    assert document(found)["incidents"][0]["false_blame"] is True


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_generator_gives_the_same_bytes_for_the_same_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from bench.incidents.__main__ import incident

    for folder in ("first", "second"):
        incident("settings", 3, tmp_path / folder)
    assert _bytes(tmp_path / "first") == _bytes(tmp_path / "second")
    answer = json.loads((tmp_path / "first" / "answer.json").read_text())
    given = json.loads((tmp_path / "first" / "input" / "changes.json").read_text())
    guilty = [one for one in given if one["id"] in answer["roots"][0]["guilty"]]
    assert [one["kind"] for one in guilty] == ["config"]
