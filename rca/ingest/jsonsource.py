"""JSON as test runners write it: one value a line, or one document; and the outermost keys of a beginning."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from rca.errors import InputUnusableError
from rca.ingest.testdraft import Reading

LONGEST_LINE = 1 << 26
LARGEST_DOCUMENT = 1 << 29
"""512 MiB: a document must be held as a whole; runners that write more write it line by line."""
LARGEST = 10**19
"""No number of a report reaches this; nanoseconds since the epoch have 19 digits."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')
_OPENING = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")
_CUT = 64 << 10


def first_keys(head: str) -> dict[str, str]:
    """Outermost keys of the first object in `head`, each with the beginning of its value. Tolerates a cut-off end.

    For an array of objects: the keys of its first object, and the key "[" to tell.
    """
    text = head.lstrip("\ufeff \t\r\n")[:_CUT]
    if not _OPENING.match(text):
        return {}
    keys: dict[str, str] = {}
    inside = 1
    if text.startswith("["):
        keys["["] = ""
        inside = 2
    depth, last = 0, ""
    for token in _TOKEN.finditer(text):
        found = token[0]
        if found in "{[":
            depth += 1
        elif found in "}]":
            depth -= 1
            if depth < inside:
                break
        elif found == ":":
            if depth == inside and last:
                keys.setdefault(last, text[token.end() : token.end() + 400].lstrip())
        elif depth == inside:
            last = found[1:-1]
    return keys


def document(data: BinaryIO, reading: Reading) -> Any:
    """The one JSON value of a file. Raises InputUnusableError with the byte position of what is wrong."""
    raw = data.read(LARGEST_DOCUMENT + 1)
    if len(raw) > LARGEST_DOCUMENT:
        raise InputUnusableError(
            f"a JSON report of more than {LARGEST_DOCUMENT >> 20} MiB",
            where=reading.path,
            hint="write JUnit XML or JSON lines instead",
        )
    try:
        return msgspec.json.decode(utf8(raw))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputUnusableError(
            f"not valid JSON: {error}", where=reading.path, hint="the report was cut off or is no JSON; write it again"
        ) from None


def utf8(raw: bytes) -> bytes:
    """`raw` without a byte order mark, from UTF-16 if it has that mark, with what is no UTF-8 replaced."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace").encode("utf-8", "replace")
    return raw


def lines(data: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number (from 1) and bytes of each line; a line beyond LONGEST_LINE comes in pieces, all of the same number."""
    number, fresh = 0, True
    while raw := data.readline(LONGEST_LINE):
        number += fresh
        fresh = raw.endswith(b"\n")
        yield number, raw


def values(data: BinaryIO, reading: Reading, stray: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines. Other lines are counted, and kept in `stray` (at most 500) when it is given."""
    decoder = msgspec.json.Decoder()
    for number, raw in lines(data):
        line = utf8(raw) if number == 1 else raw
        if not line.strip():
            continue
        try:
            value = decoder.decode(line)
        except (msgspec.DecodeError, RecursionError):
            try:
                value = decoder.decode(utf8(line))
            except (msgspec.DecodeError, RecursionError):
                value = None
        if isinstance(value, dict):
            yield value
            continue
        if stray is not None and len(stray) < 500:
            stray.append(line[:4_000].decode("utf-8", "replace").rstrip("\r\n"))
        if not raw.endswith(b"\n") and line.lstrip().startswith(b"{"):
            reading.incomplete(f"line {number}: cut off in the middle; what precedes it is kept")
        else:
            reading.seen["lines that are no JSON objects"] += 1


def text(value: Any) -> str:
    """A string, or the lines of a list of strings, else ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(item for item in value if isinstance(item, str))
    return ""


def real(value: Any) -> float | None:
    """A number as it is, None for all else and for what no report can mean (NaN, infinity, 400 digits)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return value if -LARGEST < value < LARGEST else None


def natural(value: Any) -> int | None:
    """A line number or count, None for all else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9 else None


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; anything else is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def listed(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """The strings of a list; anything else is an empty list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def mapping(value: Any) -> dict[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}
