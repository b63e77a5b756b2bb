"""Damaged log files: neighbours survive, everything is counted, and both paths give the same records."""

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca import ingest
from rca.ingest import entries
from rca.ingest.batch import Batch
from rca.ingest.salvage import UnreadableError, mended
from rca.ingest.tally import Tally
from rca.model import Source
from rca.model.piece import Occurrences


def entry(number: int, **more: Any) -> dict[str, Any]:
    """A plain Cloud Run entry; minutes apart, so that no two are joined."""
    return {
        "insertId": f"id{number:04d}",
        "timestamp": f"2026-01-01T{number // 60 % 24:02d}:{number % 60:02d}:00.123456789Z",
        "severity": "ERROR" if number % 3 else "INFO",
        "textPayload": f"entry number {number}",
        "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "api", "revision_name": "api-00001"}},
        "labels": {"instanceId": "a1", "commit-sha": "c0ffee"},
        **more,
    }


def line(number: int, **more: Any) -> bytes:
    return json.dumps(entry(number, **more)).encode()


def read(path: Path) -> tuple[pl.DataFrame, Source]:
    pieces = list(ingest.read([str(path)]))
    frame = pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)])
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    assert source.read == source.kept + source.duplicates + source.skipped
    assert int(frame["lines"].sum()) == source.kept
    return frame, source


BROKEN: list[tuple[str, bytes, str | None]] = [
    ("a line cut off in a string", line(7)[:150], "cut off"),
    ("garbage", b"\x01\x02 garbage", "not JSON"),
    ("plain text between", b"Listed 5 items.", "not JSON"),
    ("an array", b"[1, 2, 3]", "not a JSON object"),
    ("a scalar", b"12", "not a JSON object"),
    ("null", b"null", "not a JSON object"),
    ("an object that is no entry", b'{"hello": "world"}', "no log entry: neither a time nor a text in it"),
    ("an empty object", b"{}", "no log entry: neither a time nor a text in it"),
    ("two objects on a line", line(7) + line(8), "broken JSON"),
    ("nesting without end", b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
    ("a lone brace", b"{", "cut off"),
    ("invalid UTF-8, shown as such", line(7).replace(b"entry", b"entr\xff"), None),
    ("NaN in an unused field", line(7)[:-1] + b', "x": NaN}', None),
    ("an integer of 400 digits", line(7)[:-1] + b', "x": ' + b"9" * 400 + b"}", None),
    ("1e400", line(7)[:-1] + b', "x": 1e400}', None),
    ("a NUL byte", line(7)[:-1] + b"\x00}", None),
    ("a raw tab in a string", line(7).replace(b"number", b"num\tber"), None),
    ("a byte order mark", b"\xef\xbb\xbf" + line(7), None),
    ("a trailing comma", line(7) + b",", None),
    ("a carriage return", line(7) + b"\r", None),
    ("jsonPayload that is a string", line(7, textPayload=None, jsonPayload="text"), None),
    ("labels that are a list", line(7, labels=[{"key": "instanceId", "value": "a1"}]), None),
    ("resource that is a number", line(7, resource=3), None),
    ("textPayload that is an object", line(7, textPayload={"a": [1.0, 2]}), None),
    ("a severity that is a number", line(7, severity=500), None),
    ("a lone surrogate", line(7).replace(b"entry", b"\\ud800"), None),
    ("a key given twice", line(7)[:-1] + b', "textPayload": "second"}', None),
    ("a payload given twice, the second no object", line(7)[:-1] + b', "labels": 3}', None),
]


@pytest.mark.parametrize(("what", "bad", "reason"), BROKEN, ids=[row[0] for row in BROKEN])
def test_neighbours_of_a_damaged_line_survive_and_it_is_counted(
    tmp_path: Path, what: str, bad: bytes, reason: str | None
) -> None:
    path = tmp_path / "logs"
    path.write_bytes(b"\n".join([*(line(n) for n in range(5)), bad, *(line(n) for n in range(20, 25))]) + b"\n")
    frame, source = read(path)
    assert source.read == 11, what
    assert source.skipped_reasons == ({reason: 1} if reason else {}), what
    good = [f"entry number {n}" for n in (*range(5), *range(20, 25))]
    assert [text for text in frame["message"].to_list() if text in good] == good
    if reason:
        start = 5 + sum(len(line(n)) for n in range(5))
        assert any(f"line 6, byte {start}" in note for note in source.notes)


def test_a_torn_tail_costs_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "logs"
    path.write_bytes(b"\n".join(line(n) for n in range(10))[:-40])
    frame, source = read(path)
    assert (source.read, source.kept, source.skipped_reasons) == (10, 9, {"cut off": 1})
    assert frame.height == 9


def test_line_numbers_count_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "logs"
    path.write_bytes(b"\n\n" + line(1) + b"\n  \n" + line(2) + b"\r\n\n")
    frame, source = read(path)
    assert frame["line"].to_list() == [3, 5]
    assert source.read == 2


def _rows(lines: list[bytes], slow: Callable[[bytes], bytes] | None) -> list[dict[str, Any]]:
    """Records of some lines: through whole chunks, or each line through the slow path by itself."""
    tally = Tally(0, "x", "entries")
    if slow is None:
        found = list(entries.read(0, "x", BytesIO(b"\n".join(lines) + b"\n")))
    else:
        found = []
        for place, text in enumerate(lines, 1):
            try:
                found += entries.through([slow(text)], [place], tally)
            except UnreadableError:
                continue
    frames = [piece.frame for piece in found if isinstance(piece, Batch)]
    return pl.concat(frames).to_dicts() if frames else []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    [
        *entry(0),
        "jsonPayload",
        "protoPayload",
        "httpRequest",
        "trace",
        "message",
        "insert_id",
        "text_payload",
        "level",
        "x",
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """An entry with one field replaced, or one byte changed, or cut."""
    record = entry(draw(st.integers(0, 500)))
    if draw(st.booleans()):
        record[draw(KEYS)] = draw(VALUES)
    text = json.dumps(record, ensure_ascii=draw(st.booleans())).encode("utf-8", "replace")
    how = draw(st.sampled_from(["whole", "whole", "byte", "cut"]))
    at = draw(st.integers(0, len(text) - 1))
    if how == "byte":
        text = text[:at] + draw(st.binary(min_size=1, max_size=1)) + text[at + 1 :]
    return (text[:at] if how == "cut" else text).replace(b"\n", b" ")


@settings(max_examples=150, deadline=None)
@given(st.lists(mutated(), min_size=1, max_size=6))
def test_whole_chunks_and_single_lines_give_the_same_records(lines: list[bytes]) -> None:
    assert _rows(lines, None) == _rows(lines, mended)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_bytes_are_accounted_for(lines: list[bytes]) -> None:
    found = list(entries.read(0, "x", BytesIO(b"\n".join(lines))))
    tally = found[-1]
    assert isinstance(tally, Tally)
    kept = sum(piece.frame.height for piece in found if isinstance(piece, Batch))
    assert tally.read == kept + sum(tally.skipped.values())


def test_chunk_borders_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "logs"
    path.write_bytes(b"\n".join(line(n) for n in range(200)) + b"\nbroken\n" + line(300))
    whole, said = read(path)
    monkeypatch.setattr(entries, "CHUNK", 1000)
    parts, told = read(path)
    assert whole.equals(parts)
    assert said == told


def test_an_endless_line_is_dropped_and_what_follows_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CHUNK", 1000)
    monkeypatch.setattr(entries, "LINE_MAX", 5000)
    path = tmp_path / "logs"
    path.write_bytes(line(1) + b"\n" + line(2, textPayload="x" * 20_000) + b"\n" + line(3) + b"\n")
    frame, source = read(path)
    assert frame["line"].to_list() == [1, 3]
    assert source.skipped == 1
