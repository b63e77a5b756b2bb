"""What a file is, from its first bytes; its name is never asked."""

import json
import re
from collections.abc import Callable
from typing import Any

import msgspec

from rca.ingest import changelist, testreports, topology
from rca.ingest.dialects import canonical, is_entry
from rca.ingest.fields import TEXTS
from rca.ingest.lines import looks_like_log

HEAD = 64 << 10
_LINES = 50
NO_RECORD = "no line in it looks like a log record"

_BINARY = (
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd data: unpack it first"),
    (b"BZh", "bzip2 data: unpack it first"),
    (b"\xfd7zXZ", "xz data: unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"%PDF", "a PDF document"),
    (b"bplist00", "an Apple property list; Xcode result bundles are not read: convert them to JUnit XML"),
)
_MAGIC = ((b"PAR1", "digest"), (b"# v2 git bundle", "bundle"), (b"# v3 git bundle", "bundle"))
_ENTRY_KEY = re.compile(
    rb'"(?:insert_?[iI]d|log_?[nN]ame|(?:text|json|proto)(?:P|_p)ayload|receive_?[tT]imestamp|resourceLogs|resource_logs)"\s*:'
)
_XCODE = "Xcode result bundles are not read: convert them to JUnit XML"
_UNREAD = (
    ((b"<plist ", b"</key>"), f"an Apple property list; {_XCODE}"),
    ((b'"testNodes"', b'"testPlanConfigurations"'), f"JSON of xcresulttool; {_XCODE}"),
    ((b'"historyId"', b'"statusDetails"', b'"stage"'), "an Allure result, which is not read: give the run's JUnit XML"),
)
"""Test reports that are known by these words, all of them in the head, and not read."""

_TABLE = re.compile(
    rb'(?i)^"?(?:[\w.@/ -]+"?,"?)*(?:timestamp|insertid|insert_id|logname|log_name|textpayload|severity)"?(?:,|\r?\n)'
)


def kind(head: bytes, name: str, *, member: bool) -> tuple[str, str]:
    """(key of READERS, "") or ("unknown", why). `member`: of a folder, where text that is no log is left alone."""
    if found := next((found for magic, found in _MAGIC if head.startswith(magic)), ""):
        return found, ""
    if not head.strip():
        return "empty", ""
    why = next((what for magic, what in _BINARY if head.startswith(magic)), "")
    why = why or next((what for signs, what in _UNREAD if all(sign in head for sign in signs)), "")
    if why or _binary(head):
        return "unknown", why or "a binary file"
    text = head.lstrip()
    if text[:1] in {b"{", b"["}:
        return _json(text, name)
    return _text(head, name, member=member)


def _binary(head: bytes) -> bool:
    """NUL bytes, or more control characters than a terminal program writes: a tenth, or a fiftieth in text of no encoding."""
    if head.count(0) > len(head) // 100:
        return True
    odd = sum(head.count(byte) for byte in (*range(1, 8), *range(14, 27), *range(28, 32)))
    undecodable = head.decode("utf-8", "replace").count("\ufffd")
    return odd * 10 > len(head) or (odd * 50 > len(head) and undecodable * 10 > len(head))


_OTHERS: tuple[tuple[str, Callable[[bytes, str], object]], ...] = (
    ("tests", testreports.recognise),
    ("changes", changelist.recognise),
    ("topology", topology.recognise),
)


def _json(head: bytes, name: str) -> tuple[str, str]:
    if b'"rca.report/' in head[:400]:
        return "report", ""
    ours = bool(_ENTRY_KEY.search(head))
    other = "" if ours else next((found for found, test in _OTHERS if test(head, name)), "")
    if other:
        return other, ""
    lines = [line for line in head.split(b"\n")[:_LINES] if line.strip()]
    decoded = [_decoded(line) for line in (lines[:-1] if len(lines) > 1 else lines)]
    objects = [one for one in decoded if isinstance(one, dict)]
    rows = 2 * len(objects) >= len(decoded)
    if rows and any(is_entry(one) or canonical(one) is not None for one in objects):
        return "entries", ""
    if ours or _inside(head):
        return "document", ""
    return ("unknown", "JSON, but neither logs nor tests nor changes") if objects else _text(head, name, member=True)


def _decoded(line: bytes) -> Any:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _inside(head: bytes) -> bool:
    """A document (array or wrapper) whose first objects are structured log lines."""
    text = head.decode("utf-8", "replace")
    decode = json.JSONDecoder(strict=False).raw_decode
    for start in [found.start() for found in re.finditer(r"\{", text[:4000])][:8]:
        try:
            value, _ = decode(text, start)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and canonical(value) is not None and any(key in value for key in (*TEXTS, "log")):
            return True
    return False


def _text(head: bytes, name: str, *, member: bool) -> tuple[str, str]:
    if head.startswith(b"---") and b"\ninsertId:" in head:
        return "unknown", "YAML, the default output of gcloud: export it again with --format=json"
    if testreports.recognise(head, name):
        return "tests", ""
    if _TABLE.match(head):
        return "table", ""
    if not member or looks_like_log(head):
        return "lines", ""
    return "unknown", NO_RECORD
