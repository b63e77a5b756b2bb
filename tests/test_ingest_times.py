"""Times that say less or more than they should: no year, a clock that was ahead, a line cut off."""

import json
from pathlib import Path

import polars as pl
import pytest

from rca import ingest
from rca.model import Source
from rca.model.piece import Occurrences
from rca.when import rfc3339


def read(*paths: Path) -> tuple[dict[str, str | None], list[Source]]:
    """Message → time, and the sources."""
    pieces = list(ingest.read([str(path) for path in paths]))
    frame = pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)])
    times = {text: None if at is None else rfc3339(at) for text, at in frame.select("message", "at").rows()}
    return times, [piece for piece in pieces if isinstance(piece, Source)]


def entry(at: str, received: str | None = None, text: str = "tick") -> str:
    """A log entry of a line."""
    more = {"receiveTimestamp": received} if received else {}
    return (
        json.dumps({"insertId": text, "timestamp": at, "textPayload": text, "logName": "projects/p/logs/x", **more})
        + "\n"
    )


SYSLOG = "Dec 31 23:59:58 host app: late\nJan  1 00:00:02 host app: early\n"
KLOG = "I1231 23:59:58.250000       1 main.go:20] late\nE0101 00:00:02.000001       1 main.go:22] early\n"


@pytest.mark.parametrize("other", ["2026-01-01T00:05:00Z", "2025-12-31T23:00:00Z"])
def test_stamps_without_a_year_are_read_nearest_to_the_other_inputs(other: str, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(SYSLOG)
    (tmp_path / "b.log").write_text(KLOG)
    (tmp_path / "z.jsonl").write_text(entry(other))
    times, sources = read(tmp_path)
    assert {text.strip(): at for text, at in times.items()} == {
        "host app: late": "2025-12-31T23:59:58Z",
        "host app: early": "2026-01-01T00:00:02Z",
        "1 main.go:20] late": "2025-12-31T23:59:58.250000Z",
        "1 main.go:22] early": "2026-01-01T00:00:02.000001Z",
        "tick": other,
    }
    assert [len(source.notes) for source in sources] == [1, 1, 0]
    assert f"read as nearest to {other[:10]}" in sources[0].notes[0]
    assert [Path(source.path).name for source in sources] == ["a.log", "b.log", "z.jsonl"]


def test_the_order_of_files_without_a_year_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "june.log").write_text("Jun 14 15:16:01 host app: june\n")
    (tmp_path / "oct.log").write_text("Oct 14 15:16:01 host app: october\n")
    (tmp_path / "tick").write_text(entry("2026-03-04T05:00:00Z"))
    names = [tmp_path / name for name in ("june.log", "oct.log", "tick")]
    there, back = read(*names)[0], read(*reversed(names))[0]
    assert there == back
    assert there["host app: october"] == "2025-10-14T15:16:01Z"


@pytest.mark.parametrize(
    ("why", "line", "at"),
    [
        ("a full date of the same day tells the year", "Jun 14 15:16:01 host app: at 2005-06-14 x", "2005-06-14T15:16:01Z"),
        ("a date of another day tells nothing", "Jun 14 15:16:01 host app: certificate ends 2031-01-01", None),
        ("leap day", "Feb 29 10:00:00 host app: on 2024/02/29", "2024-02-29T10:00:00Z"),
        ("a clock alone has no day", "10:00:00 INFO 2024-02-29", None),
    ],
)  # fmt: skip
def test_a_file_may_tell_its_own_year(why: str, line: str, at: str | None, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(line + "\n")
    times, (source,) = read(tmp_path / "log")
    assert list(times.values()) == [at], why
    assert any("no year" in note or "no date" in note for note in source.notes)


@pytest.mark.parametrize(
    ("why", "at", "received", "expected"),
    [
        ("a day ahead", "2026-03-05T05:00:00Z", "2026-03-04T05:00:01Z", "2026-03-04T05:00:01Z"),
        ("half a minute is jitter", "2026-03-04T05:00:30Z", "2026-03-04T05:00:01Z", "2026-03-04T05:00:30Z"),
        ("late is not ahead", "2026-03-04T05:00:00Z", "2026-03-04T09:00:01Z", "2026-03-04T05:00:00Z"),
        ("zones are told apart", "2026-03-04T07:00:00+02:00", "2026-03-04T05:00:01Z", "2026-03-04T05:00:00Z"),
        ("ahead in another zone", "2026-03-04T04:00:00-05:00", "2026-03-04T05:00:01Z", "2026-03-04T05:00:01Z"),
        ("no receipt known", "2026-03-05T05:00:00Z", None, "2026-03-05T05:00:00Z"),
    ],
)
@pytest.mark.parametrize("damaged", [False, True], ids=["fast path", "line by line"])
def test_no_entry_is_from_after_its_receipt(
    why: str, at: str, received: str | None, expected: str, damaged: bool, tmp_path: Path
) -> None:
    (tmp_path / "log").write_text(entry(at, received) + ("{broken\n" if damaged else ""))
    times, (source,) = read(tmp_path / "log")
    assert times == {"tick": expected}, why
    assert any("a clock was ahead" in note for note in source.notes) == (at != expected and "+" not in at)


@pytest.mark.parametrize(("tail", "complete"), [('{"insertId":"b","timest', False), ("{broken}\n", True), ("", True)])
def test_a_file_that_ends_within_a_line_is_incomplete(tail: str, complete: bool, tmp_path: Path) -> None:
    (tmp_path / "log").write_text(entry("2026-03-04T05:00:00Z") + tail)
    _, (source,) = read(tmp_path / "log")
    assert source.kept == 1
    assert source.complete == complete
