"""Each form of the report keeps the limits of the place it is read in, at their edges."""

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from rca import rules
from rca.cli.terminal import blocks, show, styled
from rca.gather import Request, gather
from rca.model import Frame, Report
from rca.pipeline import Settings, analyze
from rca.report import render
from rca.report.annotations import ANNOTATIONS
from rca.report.github import COMMENT, LIMIT, within

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = sorted(path.parent.name for path in (ROOT / "fixtures").glob("*/answer.json"))


@lru_cache(maxsize=12)
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings())


def grown(issues: int, padding: str = "") -> Report:
    """The report with so many issues, each with a place, and `padding` in every title."""
    report = report_of("missing-module")
    one = next(found for found in report.issues if found.role == "root")
    more = tuple(
        one.model_copy(
            update={
                "id": f"v1:{n:016x}",
                "title": f"issue {n} {padding}",
                "role": "contributing",
                "location": Frame(file=f"app/m{n}.py", line=n + 1, function="f"),
            }
        )
        for n in range(issues)
    )
    return report.model_copy(update={"issues": (*report.issues, *more)})


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_terminal_report_fits_its_columns_and_starts_with_the_verdict(scenario: str) -> None:
    report = report_of(scenario)
    text = render(report, "text")
    known = [line for line in text.splitlines() if len(line) > 100 and " " in line.strip()]
    assert not known, "only a word without a blank may be longer"
    words = " ".join(text.split())
    assert " ".join(report.verdict.summary.split())[:60] in words[: 60 + 40]
    assert len(text.splitlines()) <= 65 + 7 * max(len(report.causes) - 1, 0), (
        "one screen, and a little for each further cause"
    )
    whole = render(report, "text", full=True)
    assert not [line for line in whole.splitlines() if len(line) > 100 and " " in line.strip()]
    assert len(whole.splitlines()) >= len(text.splitlines())
    assert not re.search(r"\.[;,.]\s", text.replace("...", "")), "no two marks at the end of a sentence"


def test_no_sentence_of_the_summary_is_said_twice_in_ten_lines() -> None:
    head = render(report_of("policy-violation"), "github").split("<details>")[0]
    assert len(head.strip().splitlines()) <= 10


@pytest.mark.parametrize("limit", [LIMIT, COMMENT, 20_000, 3_000, 300])
def test_the_summary_is_under_its_limit_in_bytes_whatever_the_report_holds(limit: int) -> None:
    for report in (report_of("missing-module"), grown(500, "é" * 400), grown(3000, "漢字" * 2000)):
        text = within(report, limit)
        assert len(text.encode()) < limit
        assert text.startswith("<!-- rca:report -->")


def test_a_summary_of_one_byte_less_than_the_limit_is_kept_whole_and_one_at_the_limit_is_not() -> None:
    full = render(report_of("missing-module"), "github")
    size = len(full.encode())
    assert within(report_of("missing-module"), size + 1, diagrams=True) == full
    assert len(within(report_of("missing-module"), size, diagrams=True).encode()) < size


@pytest.mark.parametrize(("issues", "expected"), [(0, 0), (8, 8), (9, 9), (10, 10), (400, 10)])
def test_at_most_nine_annotations_and_one_that_says_how_many_more(issues: int, expected: int) -> None:
    report = grown(issues)
    report = report.model_copy(update={"issues": report.issues[len(report_of("missing-module").issues) :]})
    lines = render(report, "annotations").splitlines()
    assert len(lines) == expected
    if issues > ANNOTATIONS:
        assert f"{issues - ANNOTATIONS} more" in lines[-1]


def test_code_quality_and_sarif_hold_only_findings_with_a_place() -> None:
    report = grown(3)
    quality = json.loads(render(report, "codequality"))
    assert {row["severity"] for row in quality} <= {"info", "minor", "major", "critical", "blocker"}
    assert all(row["location"]["path"] and row["location"]["lines"]["begin"] >= 1 for row in quality)
    assert len({row["fingerprint"] for row in quality}) == len(quality)
    run = json.loads(render(report, "sarif"))["runs"][0]
    named = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["results"]
    for result in run["results"]:
        assert result["ruleId"] in named
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_a_page_of_500_issues_stays_under_two_megabytes_and_a_usual_one_under_300_kilobytes() -> None:
    assert len(render(grown(500, "x" * 300), "html").encode()) < 2_000_000
    assert all(len(render(report_of(name), "html").encode()) < 300_000 for name in SCENARIOS)


def test_a_page_asks_for_nothing_and_runs_nothing() -> None:
    page = render(report_of("policy-violation"), "html")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|@import|url\(|\son\w+=", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids), "every link inside the page leads somewhere"


@pytest.mark.parametrize(
    ("sentence", "no_color", "environ", "expected"),
    [
        ("a pipe is plain", False, {}, False),
        ("FORCE_COLOR paints a pipe", False, {"FORCE_COLOR": "1"}, True),
        ("NO_COLOR wins over FORCE_COLOR", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("--no-color wins over FORCE_COLOR", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals(
    sentence: str, no_color: bool, environ: dict[str, str], expected: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    del capfd  # standard output is a file here, not a terminal
    assert styled(no_color=no_color, environ=environ) is expected, sentence


def test_the_painted_report_says_the_same_words_as_the_plain_one() -> None:
    command = [sys.executable, "-m", "rca", "analyze", str(ROOT / "fixtures/missing-module/input"), "--no-history"]
    plain = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    painted = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "FORCE_COLOR": "1"}
    ).stdout
    assert "\x1b[" in painted
    assert "\x1b" not in plain
    said = re.sub(r"\x1b\[[0-9;]*m", "", painted)
    assert all(line.rstrip() in said for line in plain.splitlines())
    assert "when it failed" in said


def test_the_strip_of_a_terminal_holds_no_command_either(capsys: pytest.CaptureFixture[str]) -> None:
    """FORCE_COLOR paints in CI, too, and there a line that begins with `::` is obeyed."""
    report = report_of("missing-module")
    issues = tuple(one.model_copy(update={"title": "::error::x ##[add-mask]y"}) for one in report.issues)
    evil = report.model_copy(update={"issues": issues})
    show(evil, render(evil, "text"))
    said = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert "when it failed" in said
    assert not re.search(r"(?m)^\s*::|##\[", said)


def test_a_comment_with_the_longest_key_in_its_marker_is_under_the_limit_of_the_host() -> None:
    assert COMMENT + len(f"<!-- rca:report {'k' * 100} -->\n") <= 65_536
    assert LIMIT < 1024 * 1024 - 1


def test_blocks_show_that_something_happened_however_little() -> None:
    assert blocks({"a": 1, "c": 1000}, ["a", "b", "c"]) == "▁ █"
