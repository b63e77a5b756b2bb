"""Every pinned count of the development data comes out; every other file there is read, or refused with a reason."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rca.cli import run
from rca.errors import InputUnusableError
from rca.ingest import testreports
from rca.model.case import TestRun
from rca.model.piece import Cases
from rca.model.source import Source

DATA = Path(__file__).parents[2] / "shared" / "data" / "test-reports"

UNREACHABLE = {
    # Jenkins' own test parses one of the three files twice (1 + 2 + 3 + 1): the folder holds six cases, not seven
    "junit/jenkins/JENKINS-48583": {"tests": 6},
}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="../shared/data is not here (development data, not part of the project)"
)


def read(path: Path) -> tuple[list[TestRun], Source | None]:
    """Runs and source of a file; no source when it is not recognised."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as data:
        kind = testreports.recognise(data.read(65_536), path.name)
        if kind is None:
            return [], None
        data.seek(0)
        *cases, source = testreports.read(kind, 0, str(path), data)  # type: ignore[arg-type] # GzipFile reads bytes
    assert isinstance(source, Source)
    assert all(isinstance(piece, Cases) for piece in cases)
    return [piece.run for piece in cases if isinstance(piece, Cases)], source


def rows() -> list[dict[str, Any]]:
    """The rows of expected.jsonl."""
    return [json.loads(line) for line in (DATA / "expected.jsonl").read_text().splitlines()] if DATA.is_dir() else []


@pytest.mark.parametrize("row", rows(), ids=lambda row: str(row["path"]))
def test_the_counts_are_those_that_the_source_of_the_file_pins(row: dict[str, Any]) -> None:
    path = DATA / row["path"]
    files = sorted(file for file in path.rglob("*") if file.is_file()) if row.get("folder") else [path]
    runs = [run for file in files for run in read(file)[0]]
    counts = testreports.counts(*runs)
    if row["errors"] is None:
        counts["failed"] += counts["errors"]
    expected = {**row, **UNREACHABLE.get(row["path"], {})}
    wanted = {key: expected[key] for key in counts if expected[key] is not None}
    assert {key: counts[key] for key in wanted} == wanted
    if "flaky" in row:
        assert (
            sum(case.outcome == "passed" and bool(case.attempts) for run in runs for case in run.cases) == row["flaky"]
        )


def test_every_row_comes_out_of_the_command_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """The same counts through `rca ingest --format json`: sniffing, folding and printing lose nothing."""
    wrong = {}
    for row in rows():
        assert run(["ingest", str(DATA / row["path"]), "--format", "json"]) == 0, row["path"]
        found = json.loads(capfdbinary.readouterr().out)["tests"]
        counts = {"tests": found["total"], **{key: found[key] for key in ("failed", "errors", "skipped")}}
        if row["errors"] is None:
            counts["failed"] += counts["errors"]
        expected = {**row, **UNREACHABLE.get(row["path"], {})}
        if any(expected[key] not in {None, counts[key]} for key in counts):
            wrong[row["path"]] = counts
    assert not wrong


def test_every_other_file_is_read_or_refused_with_a_reason_and_loses_nothing() -> None:
    refused = {}
    for path in sorted(path for path in DATA.rglob("*") if path.is_file()):
        try:
            runs, source = read(path)
        except InputUnusableError as error:
            refused[path] = error
            continue
        if source is not None:
            assert source.read == source.kept + source.duplicates + source.skipped
            assert source.kept == sum(len(run.cases) + sum(run.more.values()) for run in runs)
    assert {path.name for path in refused} == {"testXxe-xxe.xml", "testXxe-oob.xml"}
    assert all(str(path) in error.where and error.hint for path, error in refused.items())
