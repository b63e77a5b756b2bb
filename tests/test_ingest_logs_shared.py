"""Real exports, read in place: every entry accounted for, nothing of them copied here."""

from pathlib import Path

import polars as pl
import pytest

from rca import ingest
from rca.model import Source
from rca.model.piece import Changes, Occurrences

GCP = Path(__file__).parents[2] / "shared" / "data" / "gcp"
pytestmark = pytest.mark.skipif(
    not GCP.is_dir(), reason="../shared/data is not here (development data, not part of the project)"
)

READ = {
    "cloud-build-prisma-1": 107,
    "cloud-build-prisma-2": 92,
    "cloud-build-prisma-3": 99,
    "order-api-0555": 100,
    "order-api-0603": 100,
    "order-api-0645": 100,
    "order-api-1034": 50,
    "web-backend-db-timeout": 106,
    "web-backend-module-missing": 1000,
    "web-backend-rollout": 100,
}


def read(name: str) -> tuple[pl.DataFrame, Source, int]:
    pieces = list(ingest.read([str(GCP / "incidents" / name / "input" / "logs.json")]))
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    frame = pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)])
    deploys = sum(one.kind == "deploy" for piece in pieces if isinstance(piece, Changes) for one in piece.changes)
    return frame, source, deploys


@pytest.mark.parametrize("name", READ)
def test_every_entry_is_kept_with_a_time_a_service_and_a_log_line(name: str) -> None:
    frame, source, _ = read(name)
    assert (source.read, source.kept, source.skipped) == (READ[name], READ[name], 0)
    assert int(frame["lines"].sum()) == READ[name]
    assert frame["at"].null_count() == 0
    assert frame["service"].null_count() == 0


def test_one_traceback_cut_into_a_hundred_entries_is_one_occurrence() -> None:
    frame, _, _ = read("order-api-0645")
    assert frame["lines"].to_list() == [100]
    assert frame["severity"].to_list() == [500]


def test_exceptions_whose_last_line_came_a_second_late_are_whole() -> None:
    frame, _, _ = read("order-api-0603")
    assert frame.filter(pl.col("lines") > 1).select("lines", "partial").rows() == [(16, False), (16, False)]


@pytest.mark.parametrize(("name", "deploys"), [("web-backend-rollout", 1), ("web-backend-db-timeout", 3)])
def test_deploys_are_found_in_audit_entries_of_either_payload(name: str, deploys: int) -> None:
    assert read(name)[2] == deploys


def test_exports_cut_by_a_limit_are_incomplete() -> None:
    assert {name for name in READ if read(name)[1].complete} == {
        name for name in READ if name.startswith("cloud-build")
    }


def test_trimmed_audit_entries_are_read_or_counted() -> None:
    pieces = list(ingest.read([str(GCP / "audit" / "entries.ndjson")]))
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    assert source.read == 174 == source.kept + source.duplicates + source.skipped
    assert source.skipped == 8
