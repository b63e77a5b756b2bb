"""Tables of log entries (console "Download logs" as CSV, BigQuery exports): a header that names fields, a row an entry."""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.arrays import ROWS
from rca.ingest.batch import Batch
from rca.ingest.entries import through
from rca.ingest.salvage import UnreadableError, encoded
from rca.ingest.tally import Tally

_FIELD_MAX = 8 << 20


def read(source: int, path: str, data: BinaryIO) -> Iterator[Batch | Tally]:
    """Rows to batches; a row's place is the line its record ends on. Rows that do not fit the header are skipped."""
    tally = Tally(source, path, "entries", array=True)
    csv.field_size_limit(_FIELD_MAX)
    text = io.TextIOWrapper(data, encoding="utf-8", errors="replace", newline="")
    rows = csv.reader(line.replace("\0", "") for line in text)
    header = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    while held := list(itertools.islice(_rows(rows, tally), ROWS)):
        lines: list[bytes] = []
        places: list[int] = []
        for place, row in held:
            tally.read += 1
            try:
                lines.append(encoded(_record(header, row)))
                places.append(place)
            except UnreadableError as wrong:
                tally.skip(str(wrong), f"line {place}")
        yield from through(lines, places, tally)
    yield tally


def _rows(rows: Any, tally: Tally) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as wrong:
            tally.read += 1
            tally.skip(f"not CSV ({wrong})", f"line {rows.line_num}")
            continue
        if row:
            yield rows.line_num, row


def _record(header: list[str], row: list[str]) -> dict[str, Any]:
    """Cells that hold JSON objects become objects; empty cells are absent."""
    if len(row) > len(header):
        raise UnreadableError("more cells than the header has columns")
    return {name: _cell(value) for name, value in zip(header, row, strict=False) if value != ""}


def _cell(value: str) -> Any:
    if value[:1] == "{" and value[-1:] == "}":
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
