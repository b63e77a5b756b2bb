"""Console logs whose test run begins far down: below what the job installed and built."""

from pathlib import Path

import pytest

from rca import ingest
from rca.errors import InputUnusableError
from rca.model.piece import Cases

INSTALL = "".join(
    f"Collecting package-{n}==1.{n}\n  Downloading package_{n}-1.{n}-py3-none-any.whl\n" for n in range(2000)
)
LATE = [
    ("pytest below the installation", INSTALL + "1 failed, 2 passed in 0.12s\n", (3, 1)),
    ("mocha", INSTALL + "\n  5 passing (20ms)\n\n", (5, 0)),
    ("go test needs two lines", INSTALL + "--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tx.org/p\t0.1s\n", (1, 1)),
    ("a log in which a word of cargo's occurs", INSTALL + "2026-03-04T05:00:00Z running 3 tests\n", None),
    ("beyond what is searched, at the end of the file", INSTALL * 80 + "1 failed, 2 passed in 0.12s\nbye\n", (3, 1)),
]


@pytest.mark.parametrize(("name", "text", "counts"), LATE, ids=[row[0] for row in LATE])
def test_a_run_that_begins_below_what_the_job_printed_first(
    name: str, text: str, counts: tuple[int, int] | None, tmp_path: Path
) -> None:
    (tmp_path / "job.log").write_text(text)
    pieces = list(ingest.read([str(tmp_path / "job.log")]))
    found = [piece.run.counts() for piece in pieces if isinstance(piece, Cases)]
    assert [(one["total"], one["failed"]) for one in found] == ([counts] if counts else []), name


UNREAD = [
    ("Xcode", '<?xml version="1.0"?>\n<plist version="1.0"><dict><key>storage</key></dict></plist>'),
    ("Xcode", "bplist00 and so on"),
    ("xcresulttool", '{"devices": [], "testNodes": [], "testPlanConfigurations": []}'),
    (
        "Allure",
        '{"uuid": "1", "historyId": "2", "status": "failed", "statusDetails": {}, "stage": "finished", "start": 1}',
    ),
]


@pytest.mark.parametrize(("name", "text"), UNREAD)
def test_reports_that_are_not_read_are_named_with_what_to_give_instead(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "report").write_text(text)
    with pytest.raises(InputUnusableError, match=f"{name}.*JUnit XML"):
        list(ingest.read([str(tmp_path / "report")]))
