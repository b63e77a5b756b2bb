"""Printed exceptions split over entries become one occurrence, whoever printed them and however they arrive."""

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from printed_exceptions import CHAIN, JAVA, LOGGING, PRINTED, PYTHON, UVICORN

from rca import ingest
from rca.ingest import window
from rca.model.piece import Occurrences

Row = tuple[str, float, str]  # instance, seconds, text


def entry(row: Row, number: int) -> dict[str, Any]:
    instance, seconds, text = row
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    return {
        "insertId": f"x{number * 7919 % 9973:05d}",
        "timestamp": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "textPayload": text,
        "logName": "projects/demo/logs/run.googleapis.com%2Fstderr",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "api", "revision_name": "api-00001"}},
        "labels": {"instanceId": instance},
        **({"severity": "ERROR"} if text.startswith("Traceback") else {}),
    }


def rows_of(text: str, instance: str = "a", start: float = 0.0, step: float = 0.000005) -> list[Row]:
    return [(instance, start + number * step, line) for number, line in enumerate(text.split("\n")) if line.strip()]


def read(entries: Sequence[dict[str, Any]], folder: Path, *, array: bool = False) -> pl.DataFrame:
    path = folder / "logs"
    path.write_text(json.dumps(entries, indent=1) if array else "\n".join(json.dumps(one) for one in entries))
    return pl.concat([piece.frame for piece in ingest.read([str(path)]) if isinstance(piece, Occurrences)])


def joined(rows: Sequence[Row], folder: Path) -> pl.DataFrame:
    return read([entry(row, number) for number, row in enumerate(rows)], folder)


BEFORE, AFTER = "INFO:     started worker 1", 'INFO:     10.0.0.1:80 - "GET / HTTP/1.1" 500'


def lines_of(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())


@pytest.mark.parametrize("name", PRINTED)
def test_an_exception_printed_line_by_line_is_one_occurrence_and_its_neighbours_are_not_in_it(
    name: str, tmp_path: Path
) -> None:
    body = rows_of(PRINTED[name])
    frame = joined([("a", -0.4, BEFORE), *body, ("a", 0.001, AFTER)], tmp_path)
    assert frame["message"].to_list() == [BEFORE, lines_of(PRINTED[name]), AFTER]
    assert frame["lines"].to_list() == [1, len(body), 1]
    assert frame["partial"].to_list() == [False, False, False]


@pytest.mark.parametrize("name", PRINTED)
def test_the_same_in_a_newest_first_export_with_equal_timestamps(name: str, tmp_path: Path) -> None:
    rows = [
        ("a", -9.0, BEFORE),
        *rows_of(PRINTED[name], step=0.0),
        ("a", 9.0, AFTER),
        ("a", 10.0, AFTER),
        ("a", 11.0, "x"),
    ]
    made = [entry(row, number) for number, row in enumerate(rows)]
    frame = read(made[::-1], tmp_path, array=True)
    assert lines_of(PRINTED[name]) in frame["message"].to_list()


@pytest.mark.parametrize("seed", range(3))
def test_order_of_the_input_does_not_matter(seed: int, tmp_path: Path) -> None:
    rows = [row for at, text in enumerate(PRINTED.values()) for row in rows_of(text, start=float(10 * at))]
    made = [entry(row, number) for number, row in enumerate(rows)]
    straight = read(made, tmp_path)
    random.Random(seed).shuffle(made)
    mixed = read(made, tmp_path)
    assert straight.drop("line").equals(mixed.drop("line"))
    assert sorted(straight["message"]) == sorted(lines_of(text) for text in PRINTED.values())


def test_instances_print_at_the_same_time_and_are_kept_apart(tmp_path: Path) -> None:
    one, other = rows_of(PYTHON, "a", step=0.00001), rows_of(JAVA, "b", 0.000003, step=0.00001)
    frame = joined(sorted([*one, *other], key=lambda row: row[1]), tmp_path)
    assert sorted(frame["message"]) == sorted([lines_of(PYTHON), lines_of(JAVA)])


def test_two_threads_of_one_process_are_told_apart_by_their_grammar_or_called_partial(tmp_path: Path) -> None:
    one = rows_of(PYTHON, step=0.00001)
    other = rows_of(PYTHON.replace("bad value", "other value"), start=0.000004, step=0.00001)
    frame = joined(sorted([*one, *other], key=lambda row: row[1]), tmp_path)
    assert frame.height == 2
    assert frame["partial"].all()
    assert sorted(text.split("\n")[-1] for text in frame["message"]) == [
        "ValueError: bad value",
        "ValueError: other value",
    ]


def test_a_chain_goes_on_from_the_traceback_that_closed_last(tmp_path: Path) -> None:
    """Two sessions of one process fail at the same time; each prints its second traceback right after its first."""
    first = PYTHON.split("\n")
    sentence = "During handling of the above exception, another exception occurred:"
    told = [
        *[(one, text) for one in ("bad", "other") for text in PYTHON.replace("bad", one).split("\n")],
        *[("other", text) for text in (sentence, *PYTHON.replace("bad value", "other end").split("\n"))],
    ]
    lines: list[Row] = [("a", number * 0.01, text) for number, (_, text) in enumerate(told)]
    frame = joined(lines, tmp_path)
    assert frame["lines"].to_list() == [len(first), 2 * len(first) + 1]
    assert [text.split("\n")[-1] for text in frame["message"]] == ["ValueError: bad value", "ValueError: other end"]


def test_another_thread_s_log_line_in_the_middle_stays_by_itself(tmp_path: Path) -> None:
    body = rows_of(PYTHON)
    frame = joined([*body[:3], ("a", body[2][1], AFTER), *body[3:]], tmp_path)
    assert frame["message"].to_list() == [PYTHON, AFTER]


def test_the_last_line_may_come_a_second_late_when_nothing_else_is_open(tmp_path: Path) -> None:
    body = rows_of(PYTHON)
    late = [*body[:-1], ("a", 1.1, body[-1][2])]
    assert joined(late, tmp_path)["message"].to_list() == [PYTHON]
    too_late = joined([*body[:-1], ("a", 60.0, body[-1][2])], tmp_path)
    assert too_late["partial"].to_list() == [True, False]


def test_a_traceback_cut_at_either_end_is_one_partial_occurrence(tmp_path: Path) -> None:
    body = rows_of(CHAIN)
    for rows in (body[2:], body[:3], body[4:9]):
        frame = joined(rows, tmp_path)
        assert frame.height == 1
        assert frame["partial"].to_list() == [True]


def test_severity_is_that_of_the_worst_line_and_the_time_that_of_the_first(tmp_path: Path) -> None:
    frame = joined(rows_of(UVICORN, start=5.0), tmp_path)
    assert frame["severity"].to_list() == [500]
    assert frame["at"].to_list() == [1767225605 * 10**9]


def test_two_tracebacks_in_a_row_are_two(tmp_path: Path) -> None:
    frame = joined([*rows_of(PYTHON), *rows_of(PYTHON, start=0.001)], tmp_path)
    assert frame["message"].to_list() == [PYTHON, PYTHON]


def test_structured_entries_join_nothing(tmp_path: Path) -> None:
    made = [entry(row, number) for number, row in enumerate(rows_of(PYTHON))]
    middle = {**made[0], "insertId": "j", "textPayload": None, "jsonPayload": {"message": "    work()"}}
    frame = read([*made[:2], middle, *made[2:]], tmp_path)
    assert frame["message"].to_list() == [PYTHON, "    work()"]


def test_a_build_s_step_prefix_stands_once(tmp_path: Path) -> None:
    prefixed = "\n".join(f'Step #1 - "build": {line}' for line in PYTHON.split("\n"))
    frame = joined(rows_of(prefixed), tmp_path)
    assert frame["message"].to_list() == [f'Step #1 - "build": {PYTHON}']


def test_a_traceback_in_one_entry_needs_no_joining(tmp_path: Path) -> None:
    frame = joined([("a", 0.0, CHAIN), ("a", 0.1, LOGGING)], tmp_path)
    assert frame["lines"].to_list() == [1, 1]
    assert frame["partial"].to_list() == [False, False]


def test_windows_cut_no_occurrence_and_lose_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        row for at in range(300) for row in [*rows_of(PYTHON, start=float(at)), ("a", at + 0.5, f"INFO: tick {at}")]
    ]
    made = [entry(row, number) for number, row in enumerate(rows)]
    whole = read(made, tmp_path)
    monkeypatch.setattr("rca.ingest.entries.CHUNK", 20_000)
    monkeypatch.setattr(window.Window.__init__, "__defaults__", (30_000,))
    assert read(made, tmp_path).sort("at").equals(whole)
    backwards = read(made[::-1], tmp_path).sort("at")
    assert backwards.drop("line").equals(whole.drop("line"))


def test_every_line_of_the_input_has_its_occurrence(tmp_path: Path) -> None:
    path = tmp_path / "app.log"
    path.write_text(f"INFO: start\n\n{UVICORN}\nINFO: end\n")
    (lined,) = ingest.entries_by_line([str(path)])
    texts = lined.occurrences["message"].to_list()
    said = [None if at is None else texts[at] for at in lined.index["occurrence"]]
    assert said == ["INFO: start", None, *([UVICORN] * 8), "INFO: end"]
    assert lined.index["line"].to_list() == list(range(1, 12))
