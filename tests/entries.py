"""Frames of log entries for tests: only what a case is about needs to be given."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from rca.model.frames import ENTRIES

SECOND = 1_000_000_000
BASE: dict[str, Any] = {
    **dict.fromkeys(ENTRIES.names()),
    "severity": 0,
    "message": "",
    "payload": "text",
    "source": 0,
    "lines": 1,
    "partial": False,
}


def entries(*rows: dict[str, Any]) -> pl.DataFrame:
    """ENTRIES rows; `line` counts up, `at` is the line number in seconds unless given."""
    filled = [{**BASE, "line": number, "at": number * SECOND, **row} for number, row in enumerate(rows, start=1)]
    return pl.DataFrame(filled, schema=ENTRIES)


def texts(messages: Sequence[str], **common: Any) -> pl.DataFrame:
    return entries(*({"message": message, **common} for message in messages))


def request(url: str, status: int, **more: Any) -> dict[str, Any]:
    severity = 500 if status >= 500 else 400 if status >= 400 else 200
    return {
        "payload": "http",
        "message": "",
        "method": "GET",
        "url": url,
        "status": status,
        "severity": severity,
        **more,
    }
