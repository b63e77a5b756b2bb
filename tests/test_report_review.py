"""The review document: everything a review asks for is in it, counted from the record, or is a marked blank."""

import re
from functools import lru_cache
from pathlib import Path

import pytest

from rca import rules
from rca.gather import Request, gather
from rca.model import Authenticity, Report
from rca.model.review import Criterion, Impact
from rca.pipeline import Settings, analyze
from rca.report import render
from rca.report.course import course, lags
from rca.report.extent import impact, went_well
from rca.report.filters import marked
from rca.report.matrix import matrix
from rca.report.terse import asked, instants, sentences

ROOT = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=4)
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings())


ASKED_FOR = [  # what the issue lists → what stands in the document
    ("a summary of five lines", r"(?m)^## Summary\n\n(- .+\n){5}\n"),
    ("impact", r"\| tests \| 13 of 14 failed \|"),
    ("a timeline with source and precision", r"\| at \| what \| source \| precision \|"),
    ("the lags", r"introduced → first error \| 224 ms"),
    ("the test matrix", r"\| suite \| total \| passed \| failed \| errors \| skipped \| pass rate \| duration \| notable"),
    ("causes with whys", r"### 1\. [\s\S]+\*\*Why\*\*[\s\S]+\*\*Why was it not noticed earlier\*\*"),
    ("suspects for and against", r"- for: [\s\S]+- against: "),
    ("alternatives", r"\*\*Considered and not chosen\*\*"),
    ("what went well", r"- Went well: `\[…\]`"),
    ("authenticity", r"No sign of it for 1 test, of which"),
    ("criteria and targets against actual", r"\| login \| 1 s \| 2 s \| no \|"),
    ("business impact by priority", r"\| business: P0 \| 1 of 2 tests failing; at stake: half the revenue \|"),
    ("actions as check boxes with end states", r"- \[ \] \*\*P0\*\* mitigate .*\*Done when:\* .* Owner `\[…\]` Ticket"),
    ("coverage", r"\| input \| kind \| read \| kept \| duplicates \| skipped \|"),
    ("recurrence", r"## Seen before"),
    ("the checklist", r"## Review checklist\n\n(- \[ \] .+\n){5}"),
    ("the class of each failure", r"By class: 13 caused by this change\."),
]  # fmt: skip


@lru_cache(maxsize=1)
def document() -> str:
    report = report_of("missing-module")
    doubt = Authenticity(id="a::b", reasons=("it took 1 ms", "its siblings took longer"))
    told = {
        "tests": report.tests.model_copy(update={"authenticity": (doubt,)}),
        "impact": (Impact(priority="P0", impact="half the revenue", total=2, passed=1, failed=1, actual="50 %"),),
        "criteria": (Criterion(name="login", target="1 s", actual="2 s", met=False),),
    }
    return render(report.model_copy(update=told), "md")


@pytest.mark.parametrize(("what", "pattern"), ASKED_FOR, ids=[row[0] for row in ASKED_FOR])
def test_the_review_document_has(what: str, pattern: str) -> None:
    assert re.search(pattern, document()), what


def test_lags_are_those_of_the_primary_cause_and_never_negative() -> None:
    found = dict(lags(report_of("policy-violation")))
    assert found["introduced → first error"] == "1.1 s", "another cause began before this change"
    assert found["people knew → mitigated"] == "[…]"
    assert not [text for text in found.values() if text.startswith("-")]
    assert course(report_of("policy-violation")).seen > (course(report_of("policy-violation")).first or "")  # type: ignore[operator]


def test_a_request_that_no_instance_took_counts_as_a_request_that_failed() -> None:
    assert dict(impact(report_of("missing-module")))["requests"].startswith("chat-backend: 37 of 45 answered with 5xx")
    assert "2.7 s" in went_well(report_of("missing-module"))[0]


def test_a_suite_that_ran_three_times_has_three_rows_told_apart() -> None:
    rows = matrix(report_of("fix-then-regress"))
    assert [row.name for row in rows] == ["pytest, run 1", "pytest, run 2", "pytest, run 3"]
    assert [row.rate for row in rows] == ["50 %", "100 %", "50 %"]
    assert [bool(row.notable) for row in rows] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("run `a_b | c` now", "run `a_b ¦ c` now"),
        ("an odd ` tick and *stars*", "an odd \\` tick and \\*stars\\*"),
        ("one `code` and an odd `", "one `code` and an odd \\`"),
        ("two lines\n# no heading", "two lines \\# no heading"),
        ("` `", "\\` \\`"),
        ("``x``", "\\`\\`x\\`\\`"),
    ],
)
def test_what_stands_between_ticks_is_code_and_the_rest_is_escaped(text: str, expected: str) -> None:
    assert str(marked(text)) == expected


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        (instants, "began at 2025-11-04T10:09:55.384555Z; x", "began at 2025-11-04 10:09:55 UTC; x"),
        (instants, 'timestamp>="2025-11-04T10:09:55.384555Z"', 'timestamp>="2025-11-04T10:09:55.384555Z"'),
        (asked, "Why InvalidStatus: server rejected WebSocket connection: HTTP 503?", "Why InvalidStatus?"),
        (asked, "Why now?", "Why now?"),
        (lambda text: sentences(text, 20), "One is short. Two is not that short.", "One is short. …"),
        (lambda text: sentences(text, 30), "a is long enough; b is the rest of it", "a is long enough; …"),
        (lambda text: sentences(text, 10), "noblanksatallhere", "noblanksa …"),
    ],
)
def test_the_terminal_says_it_shorter_and_marks_what_it_left_out(function: object, given: str, expected: str) -> None:
    assert callable(function)
    assert function(given) == expected
