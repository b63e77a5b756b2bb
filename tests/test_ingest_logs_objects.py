"""Objects that repeat are decoded once and payloads only where there are any; neither may change what is read."""

import json
from pathlib import Path

import polars as pl
import pytest

from rca import ingest
from rca.ingest import entries
from rca.model import Source
from rca.model.piece import Occurrences

HARD = 'a"b\\c\\n\n\x01é'


def read(lines: list[dict[str, object]], path: Path) -> tuple[pl.DataFrame, Source]:
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    pieces = list(ingest.read([str(path)]))
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    return pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)]), source


def entry(second: int, **body: object) -> dict[str, object]:
    return {"insertId": f"x{second}", "timestamp": f"2026-01-01T00:00:{second:02}Z", **body}


def test_labels_with_quotes_backslashes_and_control_characters_are_read_as_they_are(tmp_path: Path) -> None:
    named = [HARD, "plain", HARD, 'a"b', "a\\", "plain"]
    frame, source = read(
        [entry(place, textPayload="x", labels={"instanceId": one}) for place, one in enumerate(named)],
        tmp_path / "logs",
    )
    assert frame["instance"].to_list() == named
    assert (source.kept, source.skipped) == (6, 0)


def test_a_payload_first_met_in_a_later_chunk_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CHUNK", 300)
    lines = [entry(place, textPayload="x" * 100) for place in range(8)]
    frame, source = read([*lines, entry(30, jsonPayload={"message": HARD})], tmp_path / "logs")
    assert frame.sort("at")["message"].to_list() == ["x" * 100] * 8 + [HARD]
    assert (source.kept, source.skipped) == (9, 0)
