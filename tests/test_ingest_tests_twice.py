"""One run of tests in two formats is one run; two runs are two, however much they are alike."""

import subprocess
import sys
from pathlib import Path

import pytest

from rca.gather import Request, gather

SUITE = """
import logging, pytest

def test_good():
    pass

def test_bad():
    logging.getLogger("x").error("order 4711 was refused")
    raise ValueError("no such order")

@pytest.fixture
def broken():
    raise RuntimeError("no database")

def test_unready(broken):
    pass

@pytest.mark.skip(reason="later")
def test_later():
    pass
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the record, the JUnit XML and the console log of one pytest run."""
    folder = tmp_path_factory.mktemp("ran")
    (folder / "test_it.py").write_text(SUITE)
    options = [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--rca-record",
        "out/rec.jsonl",
        "--junitxml",
        "out/j.xml",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options], cwd=folder, capture_output=True, text=True, check=False
    )
    (folder / "out" / "console.txt").write_text(done.stdout)
    return folder / "out"


def test_record_report_and_console_log_of_a_run_count_once(ran: Path) -> None:
    facts = gather(Request(paths=[str(ran)]))
    (run,) = facts.runs
    assert run.counts() == {"total": 4, "passed": 1, "failed": 1, "errors": 1, "skipped": 1}
    assert {case.timed for case in run.cases} == {"reported"}
    kept = {Path(source.path).name: (source.kept, source.duplicates) for source in facts.sources}
    assert kept == {"rec.jsonl": (4, 0), "j.xml": (0, 4), "console.txt": (0, 4)}
    assert all(one.read == one.kept + one.duplicates + one.skipped for one in facts.sources)
    assert sum("counted once" in note for source in facts.sources for note in source.notes) == 2


def test_the_order_of_the_inputs_does_not_matter(ran: Path) -> None:
    names = ["console.txt", "j.xml", "rec.jsonl"]
    there, back = (
        gather(Request(paths=[str(ran / name) for name in order])).runs for order in (names, list(reversed(names)))
    )
    assert [run.model_copy(update={"source": 0, "cases": ()}) for run in there] == [
        run.model_copy(update={"source": 0, "cases": ()}) for run in back
    ]


@pytest.mark.parametrize(
    ("why", "old", "new"),
    [
        ("another outcome", "<skipped", "<failure"),
        ("another test", 'name="test_good"', 'name="test_fine"'),
        ("another hour", "T", "T"),
    ],
)
def test_two_runs_stay_two(why: str, old: str, new: str, ran: Path, tmp_path: Path) -> None:
    report = (ran / "j.xml").read_text().replace(old, new)
    if why == "another hour":
        stamp = report.partition('timestamp="')[2][:10]
        report = report.replace(f'timestamp="{stamp}', 'timestamp="2026-01-01')
    if why == "another outcome":
        report = report.replace("</skipped>", "</failure>")
    (tmp_path / "j.xml").write_text(report)
    (tmp_path / "rec.jsonl").write_bytes((ran / "rec.jsonl").read_bytes())
    assert len(gather(Request(paths=[str(tmp_path)])).runs) == 2


def test_two_reports_of_one_format_are_two_runs(ran: Path, tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes((ran / "j.xml").read_bytes())
    facts = gather(Request(paths=[str(tmp_path)]))
    assert len(facts.runs) == 2
