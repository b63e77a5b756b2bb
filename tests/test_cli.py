"""The command line as a hurried person meets it: what comes out where, with which status, on good and bad input."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
INCIDENT = ROOT / "fixtures" / "missing-module" / "input"
CASE = '<testcase classname="a" name="{name}" time="0.1"/>'
ENTRY = {
    "insertId": "a1",
    "timestamp": "2025-09-09T19:09:34Z",
    "severity": "INFO",
    "textPayload": "ready",
    "logName": "projects/p/logs/x",
}


def rca(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "rca", *arguments], input=stdin, capture_output=True, check=False, cwd=ROOT
    )


def one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in lines[0]
    return lines[0]


BAD: list[tuple[str, dict[str, bytes], list[str], str]] = [
    ("a path that does not exist", {}, ["missing.xml"], "missing.xml"),
    ("an empty folder", {"d/": b""}, ["d"], "empty"),
    ("a binary file", {"x": bytes(range(256)) * 40}, ["x"], "binary"),
    (
        "XML with an internal DTD subset",
        {"x": b'<!DOCTYPE a [<!ENTITY e "boom">]><testsuite name="s"><testcase name="t"/></testsuite>'},
        ["x"],
        "DOCTYPE",
    ),
    ("an unknown option", {}, ["--frobnicate"], "frobnicate"),
    ("an unknown format", {}, ["x", "--format", "docx"], "docx"),
    ("a report file whose suffix tells no format", {}, ["x", "-o", "report.docx"], "report.docx"),
    ("a time that could be two times", {"x": json.dumps(ENTRY).encode()}, ["x", "--since", "03/04/2026"], "03/04/2026"),
    ("a deploy that is not there", {"x": json.dumps(ENTRY).encode()}, ["x", "--since", "deploy[-7]"], "deploy"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "files", "arguments", "word"), BAD, ids=[row[0] for row in BAD])
def test_bad_input_is_one_line_that_names_it_and_status_2(
    sentence: str, files: dict[str, bytes], arguments: list[str], word: str, tmp_path: Path
) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.mkdir() if name.endswith("/") else path.write_bytes(content)
    given = [str(tmp_path / one) if (tmp_path / one).exists() else one for one in arguments]
    done = rca("analyze", *given)
    assert done.returncode == 2, sentence
    assert word in one_line(done), sentence
    assert not done.stdout


def test_a_bad_rule_refuses_the_whole_set_and_says_where(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('id = "mine"\ntitle = "x"\n[match]\nmessage = "(unclosed"\n')
    done = rca("analyze", str(INCIDENT), "--rules", str(tmp_path))
    assert done.returncode == 2
    assert "mine.toml" in one_line(done)


def test_a_cut_off_log_line_is_counted_and_the_rest_is_used(tmp_path: Path) -> None:
    path = tmp_path / "logs.jsonl"
    path.write_bytes(json.dumps(ENTRY).encode() + b"\n" + b'{"insertId": "a2", "times')
    done = rca("ingest", str(path), "--format", "json")
    source = json.loads(done.stdout)["sources"][0]
    assert done.returncode == 0
    assert (source["read"], source["kept"], source["skipped"]) == (2, 1, 1)
    assert source["skipped_reasons"]


def test_a_report_cut_in_the_middle_gives_its_complete_cases(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    whole = "<testsuite name='s'>" + "".join(CASE.format(name=f"t{n}") for n in range(5))
    path.write_text(whole[:-20])
    found = json.loads(rca("ingest", str(path), "--format", "json").stdout)
    source = found["sources"][0]
    assert found["tests"]["total"] == 4
    assert source["complete"] is False
    assert source["read"] == source["kept"] + source["duplicates"] + source["skipped"]


def test_piped_input_needs_no_path() -> None:
    done = rca("ingest", "--format", "json", stdin=json.dumps(ENTRY).encode() + b"\n")
    assert json.loads(done.stdout)["sources"][0]["kept"] == 1


@pytest.mark.parametrize("name", ["text", "md", "html", "json", "github", "sarif"])
def test_two_runs_give_the_same_bytes_in_every_format(name: str) -> None:
    first, second = (rca("analyze", str(INCIDENT), "--format", name) for _ in range(2))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout != b""


def test_files_are_written_by_suffix_and_standard_output_stays_empty(tmp_path: Path) -> None:
    targets = [tmp_path / name for name in ("r.html", "r.md", "r.json", "r.sarif")]
    done = rca("analyze", str(INCIDENT), *(word for path in targets for word in ("-o", str(path))))
    assert done.returncode == 0
    assert not done.stdout
    assert all(path.stat().st_size > 200 for path in targets)
    assert targets[0].read_text().startswith("<!doctype html>") or "<html" in targets[0].read_text()[:400]


def test_an_unwritable_target_leaves_the_old_report_and_is_status_2(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("old")
    done = rca("analyze", str(INCIDENT), "-o", str(blocked / "r.json"))
    assert done.returncode == 2
    assert blocked.read_text() == "old"


@pytest.mark.parametrize(("condition", "status"), [("none", 0), ("any", 1), ("regression", 0)])
def test_fail_on_decides_the_status(condition: str, status: int) -> None:
    assert rca("analyze", str(INCIDENT), "--fail-on", condition, "--format", "json").returncode == status


def test_a_closed_pipe_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "rca", "analyze", str(INCIDENT)],
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            cwd=ROOT,
        )
    assert b"Traceback" not in done.stderr


def test_every_ref_that_a_report_cites_leads_to_evidence() -> None:
    from rca.cause import lint
    from rca.model import Report

    done = rca("analyze", str(INCIDENT), "--format", "json")
    assert lint(Report.model_validate_json(done.stdout)) == ()


def test_explain_prints_the_fingerprint_tree(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    rca("analyze", str(INCIDENT), "-o", str(path))
    report = json.loads(path.read_text())
    issue = report["causes"][0]["issue"]
    told = rca("explain", issue, "--report", str(path)).stdout.decode()
    assert issue in told
    assert "* type" in told or "* rule" in told
