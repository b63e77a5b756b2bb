"""The report lint: a sound report passes, and each single defect is named."""

from collections.abc import Mapping
from typing import Any

import pytest

from rca.cause import lint
from rca.model import (
    Action,
    Cause,
    Count,
    Coverage,
    Evidence,
    Failure,
    Issue,
    NoChange,
    Ratio,
    Reason,
    Report,
    Source,
    Suspect,
    TestSummary,
    Tool,
    Verdict,
    Why,
    Window,
)

LOG, TEST, CHANGE = "log:0:7", "test:0:e2e::test_ws", "change:backend-00002"

SOUND = Report(
    tool=Tool(version="1", rules="r"),
    window=Window(since=None, until=None, anchor="inputs"),
    verdict=Verdict(status="cause_found", summary="1 failure, 1 cause: KeyError: 'x' at get (app/a.py:12)."),
    coverage=Coverage(sources=(Source(path="logs.json", kind="entries", read=3, kept=2, skipped=1),), failures=1, explained=1),
    tests=TestSummary(total=4, passed=3, failed=1, failures=(Failure(id="e2e::test_ws", suite="e2e", name="test_ws", outcome="failed", message="1011", issue="i2", evidence=(TEST,)),)),
    issues=(
        Issue(id="i1", title="KeyError: 'x'", role="root", count=41, evidence=(LOG,), exemplar=LOG, first_at="2025-09-09T19:09:36Z", last_at="2025-09-09T19:14:02Z"),
        Issue(id="i2", title="ConnectionClosed: 1011", role="symptom", count=1, evidence=(TEST,)),
    ),
    suspects=(
        Suspect(
            issue="i1", change="backend-00002", p=0.9, verdict="explains", gap_s=2.34,
            before=Count(count=0, exposure=213), after=Count(count=41, exposure=96), rate_ratio=Ratio(estimate=None, low=None, high=None),
            **{"for": (Reason(text="first seen after it", evidence=(LOG,)),)},
        ),
    ),
    no_change=(NoChange(issue="i1", p=0.1, kind="unknown_onset"),),
    causes=(
        Cause(
            rank=1, label="primary", issue="i1", statement="KeyError: 'x' 41 times.", p=0.9, words="very likely", basis="Analytic basis: high", evidence=(LOG,),
            whys=(
                Why(n=1, question="What fails?", answer="1 of 4 tests fails, from 19:09:36 UTC on, after a 2.3 s gap.", basis="observed", evidence=(TEST, LOG)),
                Why(n=2, question="Why now?", answer="UNKNOWN: no record.", basis="open", check="git show abc"),
            ),
        ),
    ),
    actions=(Action(priority="P1", type="prevent", text="Correct get.", cause=1, done_when="the test passes"),),
    evidence={
        LOG: Evidence(kind="log", source="logs.json", line=7, at="2025-09-09T19:09:36Z", text="KeyError: 'x'; the worker failed to start"),
        TEST: Evidence(kind="test", source="junit.xml", text="received 1011"),
        CHANGE: Evidence(kind="change", text="deploy"),
    },
)  # fmt: skip


def _cause(**more: Any) -> dict[str, Any]:
    return {"causes": (SOUND.causes[0].model_copy(update=more),)}


def _why(**more: Any) -> dict[str, Any]:
    first, second = SOUND.causes[0].whys
    return _cause(whys=(first.model_copy(update=more), second))


def _action(**more: Any) -> dict[str, Any]:
    return {"actions": (SOUND.actions[0].model_copy(update=more),)}


BROKEN: tuple[tuple[str, Mapping[str, Any], str], ...] = (
    ("a ref without a record", _why(evidence=(TEST, "log:0:8")), "no evidence record for log:0:8"),
    ("an answer without evidence", _why(evidence=()), "an answer without evidence"),
    ("an open why without a check", _why(basis="open"), "open without a check"),
    ("a step that repeats the one before", _cause(whys=(SOUND.causes[0].whys[0], SOUND.causes[0].whys[0])), "says what a step before it has said"),
    ("an answer beyond the end of the evidence", _cause(whys=(*SOUND.causes[0].whys, SOUND.causes[0].whys[0].model_copy(update={"n": 3, "answer": "It was so."}))), "goes on where the evidence has stopped"),
    ("a reason without evidence", {"suspects": (SOUND.suspects[0].model_copy(update={"for_": (Reason(text="near in time"),)}),)}, "a reason without evidence"),
    ("a figure from nowhere", _why(answer="It failed 977 times."), "977 is in no cited record"),
    ("a clock from nowhere", _why(answer="It failed at 18:00:00 UTC."), "18:00:00 is in no cited record"),
    ("a figure in the statement from nowhere", _cause(statement="KeyError 5.5 times."), "5.5 is in no cited record"),
    ("blame", _why(answer="Somebody was careless."), "'careless' speaks of persons or blame"),
    ("a person", _why(answer="Deployed by jo@example.org."), "'jo@example.org' speaks of persons or blame"),
    ("a symptom as cause", _cause(issue="i2"), "its issue is symptom, not root"),
    ("a cause that is no issue", _cause(issue="i9"), "no issue i9"),
    ("a cause surer than anything is", _cause(p=0.99), "above .98"),
    ("only open whys behind a found cause", _cause(whys=SOUND.causes[0].whys[1:]), "no cause has an answered why"),
    ("causes without a failure", {"verdict": Verdict(status="no_failure_found", summary="ok")}, "but there are causes"),
    ("an action without an end", _action(done_when=" "), "no end state"),
    ("an action without a cause", _action(cause=7), "belongs to no cause"),
    ("an investigation without a question", _action(type="investigate"), "an investigation without a question"),
    ("probabilities that do not add up", {"no_change": ()}, "sum to 0.900000"),
    ("failures that do not add up", {"tests": SOUND.tests.model_copy(update={"failed": 2})}, "2 failures counted, 1 listed"),
    ("more explained than failed", {"coverage": Coverage(failures=1, explained=2)}, "2 of 1 failures explained"),
    ("time running backwards", {"issues": (SOUND.issues[0].model_copy(update={"last_at": "2025-09-09T19:00:00Z"}), SOUND.issues[1])}, "first_at is after last_at"),
)  # fmt: skip


def test_a_sound_report_has_no_complaints() -> None:
    assert lint(SOUND) == ()


@pytest.mark.parametrize(("defect", "update", "complaint"), BROKEN, ids=[row[0] for row in BROKEN])
def test_each_defect_is_named(defect: str, update: Mapping[str, Any], complaint: str) -> None:
    complaints = lint(SOUND.model_copy(update=dict(update)))
    assert any(complaint in line for line in complaints), (defect, complaints)


def test_words_of_blame_are_allowed_where_the_evidence_says_them() -> None:
    quoting = _why(answer="1 of 4 tests fails: the worker failed to start.")
    assert lint(SOUND.model_copy(update=quoting)) == ()


def test_durations_may_be_said_in_minutes_and_ratios_rounded() -> None:
    suspect = SOUND.suspects[0].model_copy(
        update={"gap_s": 270.4, "rate_ratio": Ratio(estimate=14.26, low=3.1, high=None)}
    )
    said = _why(answer="It began 4 min 30 s later, at 14.3 times the rate.", evidence=(LOG,))
    assert lint(SOUND.model_copy(update={**said, "suspects": (suspect,)})) == ()
