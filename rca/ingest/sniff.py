"""What a file is, from its first bytes; its name is never asked."""

import json
import re
from typing import Any

import msgspec

from rca.ingest import changelist, otlp, testreports, topology
from rca.ingest.dialects import canonical, is_entry
from rca.ingest.fields import TEXTS
from rca.ingest.lines import looks_like_log

HEAD = 64 << 10
_LINES = 50

_BINARY = (
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd data: unpack it first"),
    (b"BZh", "bzip2 data: unpack it first"),
    (b"\xfd7zXZ", "xz data: unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"%PDF", "a PDF document"),
)
_MAGIC = ((b"PAR1", "digest"), (b"# v2 git bundle", "bundle"), (b"# v3 git bundle", "bundle"))
_ENTRY_KEY = re.compile(
    rb'"(?:insert_?[iI]d|log_?[nN]ame|(?:text|json|proto)(?:P|_p)ayload|receive_?[tT]imestamp|resourceLogs|resource_logs)"\s*:'
)
_TABLE = re.compile(
    rb'(?i)^"?(?:[\w.@/ -]+"?,"?)*(?:timestamp|insertid|insert_id|logname|log_name|textpayload|severity)"?(?:,|\r?\n)'
)


def kind(head: bytes, name: str, *, member: bool) -> tuple[str, str]:
    """(key of READERS, "") or ("unknown", why). `member`: of a folder, where text that is no log is left alone."""
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found, ""
    for magic, what in _BINARY:
        if head.startswith(magic):
            return "unknown", what
    if not head.strip():
        return "empty", ""
    if _binary(head):
        return "unknown", "a binary file"
    text = head.lstrip()
    if text.startswith(b"<"):
        return ("tests", "") if testreports.recognise(head, name) else _text(head, name, member=member)
    if text[:1] in {b"{", b"["}:
        return _json(text, name, member=member)
    return _text(head, name, member=member)


def _binary(head: bytes) -> bool:
    """NUL bytes, or more than a tenth of control characters that no terminal program writes."""
    if head.count(0) > len(head) // 100:
        return True
    odd = sum(head.count(byte) for byte in (*range(1, 8), *range(14, 27), *range(28, 32)))
    return odd * 10 > len(head)


def _json(head: bytes, name: str, *, member: bool) -> tuple[str, str]:
    if b'"rca.report/' in head[:400]:
        return "report", ""
    if not _ENTRY_KEY.search(head):
        if testreports.recognise(head, name):
            return "tests", ""
        if changelist.recognise(head, name):
            return "changes", ""
        if topology.recognise(head, name):
            return "topology", ""
    lines = [line for line in head[:HEAD].split(b"\n")[:_LINES] if line.strip()]
    decoded = [_decoded(line) for line in (lines[:-1] if len(lines) > 1 else lines)]
    objects = [one for one in decoded if isinstance(one, dict)]
    if objects and 2 * len(objects) >= len(decoded):
        if any(is_entry(one) or canonical(one) is not None for one in objects):
            return "entries", ""
        if any(otlp.KEYS & one.keys() for one in objects):
            return "document", ""
    if _ENTRY_KEY.search(head) or _inside(head):
        return "document", ""
    return (
        _text(head, name, member=True) if not objects else ("unknown", "JSON, but neither logs nor tests nor changes")
    )


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
    return "unknown", "no line in it looks like a log record"
