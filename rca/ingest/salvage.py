"""The slow path: make of a damaged line what the door accepts, or say why it cannot be read."""

import json
import math
from typing import Any

import msgspec
import polars as pl

from rca.ingest.dialects import STRONG, canonical, is_entry
from rca.ingest.fields import door, strange

CUT = "cut off"
_BOM = b"\xef\xbb\xbf"


class UnreadableError(Exception):
    """A record that holds no log entry; the text is the reason counted."""


def mended(line: bytes) -> bytes:
    """`line` itself when it is a LogEntry of the usual shape, else one JSON line that says the same; without newline.

    Raises UnreadableError when there is nothing to say.
    """
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line if line.lstrip()[:1] == b"{" and _passes(line) else encoded(lenient(line))
    if is_entry(record) or (isinstance(record, dict) and not record.keys().isdisjoint(STRONG) and _passes(line)):
        return line
    return encoded(record)


def _passes(line: bytes) -> bool:
    """The door reads it as it is. It takes the first of two equal keys, the decoder the last: the door decides."""
    try:
        return not strange(door(line))
    except pl.exceptions.PolarsError:
        return False


def encoded(record: Any) -> bytes:
    """One JSON line, in the shape of a LogEntry, of a decoded record."""
    if not isinstance(record, dict):
        raise UnreadableError("not a JSON object")
    entry = canonical(record)
    if entry is None:
        raise UnreadableError("no log entry: neither a time nor a text in it")
    try:
        return msgspec.json.encode(entry)
    except (ValueError, TypeError, RecursionError, UnicodeEncodeError):
        return json.dumps(entry, default=str).encode("ascii")


def lenient(line: bytes) -> Any:
    """Decode what strict parsers refuse: BOM, NUL, raw control characters, NaN, invalid UTF-8, a trailing comma."""
    text = line.removeprefix(_BOM).replace(b"\x00", b"").strip().rstrip(b",").decode("utf-8", "replace")
    if not text:
        raise UnreadableError("not JSON")
    try:
        return json.loads(text, strict=False, parse_int=_whole, parse_float=_real, parse_constant=str)
    except RecursionError:
        raise UnreadableError("nested too deeply") from None
    except ValueError as wrong:
        raise UnreadableError(_why(text, wrong)) from None


def _why(text: str, wrong: ValueError) -> str:
    if not text.startswith(("{", "[")):
        return "not JSON"
    at = wrong.pos if isinstance(wrong, json.JSONDecodeError) else 0
    return CUT if at >= len(text) or "Unterminated" in str(wrong) else "broken JSON"


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _real(digits: str) -> float | str:
    value = float(digits)
    return value if math.isfinite(value) else digits
