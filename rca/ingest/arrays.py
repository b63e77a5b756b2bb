"""Entries inside JSON documents: pretty arrays, several arrays in one file, REST answers and wrappers of any build."""

import codecs
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest import otlp
from rca.ingest.batch import Batch
from rca.ingest.dialects import canonical, is_entry
from rca.ingest.entries import through
from rca.ingest.salvage import UnreadableError, encoded
from rca.ingest.tally import Tally

BLOCK = 4 << 20  # characters decoded at a time
DOCUMENT_MAX = 128 << 20  # characters of one value: a wrapper has to be held whole
ROWS = 20_000  # records handed on at a time
_OPENS = re.compile(r"\{\s*\"")
ENTRY_MAX = 2 << 20  # characters searched for the next entry: the API caps one at 256 KiB
_TRIES = 500
_KEYS_MAX = 100_000  # characters of other keys before the list of a wrapper
_DEPTH = 4  # wrappers within wrappers that are looked into
_BETWEEN = " \t\r\n,[]\ufeff\x1e"

_Value = tuple[str, Any, int]  # (text, decoded, byte offset or nearly: characters before it)


def read(source: int, path: str, data: BinaryIO) -> Iterator[Batch | Tally]:
    """Every entry in the document(s); its line is its number. A torn end costs the last entry, and is said."""
    tally = Tally(source, path, "entries", array=True)
    lines: list[bytes] = []
    places: list[int] = []
    for text, value, start in values(data, tally):
        for line in _lines(text, value, tally):
            tally.read += 1
            if line is None:
                tally.skip("no log entry: neither a time nor a text in it", f"entry {tally.read}, character {start}")
                continue
            lines.append(line)
            places.append(tally.read)
        if len(lines) >= ROWS:
            yield from through(lines, places, tally)
            lines, places = [], []
    yield from through(lines, places, tally)
    yield tally


def values(data: BinaryIO, tally: Tally) -> Iterator[_Value]:
    """JSON values one after the other; brackets and commas of enclosing arrays are passed over."""
    decode = json.JSONDecoder(strict=False, parse_int=_whole, parse_float=str, parse_constant=str).raw_decode
    reader = codecs.getreader("utf-8")(data, "replace")
    text, at, before = "", 0, 0
    ended = False
    while True:
        at = _skip(text, at)
        if at < len(text):
            try:
                value, end = decode(text, at)
            except (ValueError, RecursionError) as wrong:
                again = _next_entry(text, at) if tally.read and (ended or _inside(text, wrong)) else None
                if again is not None:
                    tally.read += 1
                    tally.skip("broken JSON", f"after entry {tally.read - 1}, character {before + at}")
                    at = again
                    continue
                if ended or isinstance(wrong, RecursionError):
                    yield from _broken(text, at, before, tally, wrong)
                    return
            else:
                if end < len(text) or ended:
                    yield text[at:end], value, before + at
                    at = end
                    continue
        elif ended:
            return
        block = reader.read(BLOCK)
        ended = not block
        before, text, at = before + at, text[at:] + block, 0
        if len(text) > DOCUMENT_MAX:
            tally.read += 1
            tally.skip(f"JSON value longer than {DOCUMENT_MAX >> 20} Mi characters", f"character {before}")
            tally.cut("a JSON document too large to be held: export it as JSON lines")
            return


def _inside(text: str, wrong: Exception) -> bool:
    """The error lies well before the end of what was read, so more text would not mend it."""
    return isinstance(wrong, json.JSONDecodeError) and wrong.pos < len(text) - BLOCK // 4


def _next_entry(text: str, at: int) -> int | None:
    """Where the next whole entry begins after one that is broken."""
    decode = json.JSONDecoder(strict=False).raw_decode
    for found in itertools.islice(_OPENS.finditer(text, at + 1, at + ENTRY_MAX), _TRIES):
        try:
            value, _ = decode(text, found.start())
        except (ValueError, RecursionError):
            continue
        if is_entry(value):
            return found.start()
    return None


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BETWEEN:
        at += 1
    return at


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) < 19 else digits


def _broken(text: str, at: int, before: int, tally: Tally, wrong: Exception) -> Iterator[_Value]:
    """One record is lost at a break. A wrapper cut off in its list still gives the records before the cut."""
    list_opens = text.find("[", at, at + _KEYS_MAX) if text.startswith("{", at) else -1
    if list_opens >= 0 and not tally.read:
        place = list_opens + 1
        decode = json.JSONDecoder(strict=False).raw_decode
        while True:
            place = _skip(text, place)
            try:
                value, end = decode(text, place)
            except (ValueError, RecursionError):
                break
            yield text[place:end], value, before + place
            place = end
        at = place
    tally.read += 1
    reason = "nested too deeply" if isinstance(wrong, RecursionError) else "cut off"
    tally.skip(reason, f"after entry {tally.read - 1}, character {before + at}")
    tally.cut(f"the document breaks off at character {before + at}: what followed is not known")


def _lines(text: str, value: Any, tally: Tally) -> Iterator[bytes | None]:
    """One JSON line for each entry in a value; None for what is no entry."""
    if is_entry(value):
        yield text.replace("\n", " ").replace("\r", " ").encode("utf-8", "replace")
        return
    if isinstance(value, dict) and (otlp.KEYS & value.keys()):
        tally.kind = "otlp"
        for record in otlp.entries(value):
            yield _encoded(record)
        return
    inside = list(wrapped(value)) if isinstance(value, dict) and canonical(value) is None else [value]
    for record in inside or [value]:
        yield _encoded(record)


def _encoded(record: Any) -> bytes | None:
    try:
        return encoded(record)
    except UnreadableError:
        return None


def wrapped(value: Any, depth: int = _DEPTH) -> Iterator[dict[str, Any]]:
    """The entries in the lists of a wrapper, in the order of its keys; a severity as a key is no different from others."""
    if depth == 0:
        return
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
            held = [one for one in inner if isinstance(one, dict)]
            if any(is_entry(one) or canonical(one) is not None for one in held[:20]):
                yield from held
                continue
            yield from wrapped(inner, depth - 1)
        elif isinstance(inner, dict):
            yield from wrapped(inner, depth - 1)
