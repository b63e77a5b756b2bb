"""A list of changes (JSON array, JSON lines, GitHub deployments, a commit list) becomes changes."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rca import when
from rca.ingest.changelist_item import change
from rca.model.change import Change
from rca.model.piece import Changes, Piece
from rca.model.source import Source

_TIMES = frozenset({"at", "timestamp", "committed_at", "created_at", "deployed_at", "date", "live_at"})
_NAMES = frozenset({"sha", "kind", "commit", "revision", "subject", "changed_files", "files", "title"})
_FOREIGN = frozenset(
    {
        *("logName", "log_name", "insertId", "insert_id", "textPayload", "jsonPayload", "protoPayload", "httpRequest"),
        *("severity", "message", "msg", "level", "results", "tests", "testcases", "outcome", "schema", "$report_type"),
        *("resourceLogs", "resource", "Action", "nodeid", "suites", "stats", "traceId", "trace"),
    }
)
"""Keys of log entries, test reports and our own report: an object with one of them is no change."""

_HEAD = re.compile(r"\s*(?:\[\s*)?(?=\{)")
_KEY = re.compile(r'"([\w$]{1,40})"\s*:')


def recognise(head: bytes, name: str = "") -> bool:
    """Whether a file that begins with `head` is a change list. `name` is not asked: content decides."""
    del name
    text = head.decode("utf-8-sig", errors="replace")
    start = _HEAD.match(text)
    if start is None:
        return False
    try:
        item, _ = json.JSONDecoder().raw_decode(text, start.end())
        keys = set(item)
    except (ValueError, RecursionError):  # the first object is longer than the head: its first keys decide
        keys = set(_KEY.findall(text[start.end() :]))
    if (keys - {"message"} if "sha" in keys else keys) & _FOREIGN:
        return False
    if {"sha", "commit", "parents"} <= keys:  # GitHub's list of commits has its times one level down
        return True
    return bool(keys & _TIMES) and (bool(keys & _NAMES) or ("service" in keys and bool(keys & {"at", "id"})))


def read(source: int, path: str, data: bytes) -> Iterator[Piece]:
    """Yield the changes, then the Source that accounts for every item: read == kept + duplicates + skipped."""
    del source
    kept: dict[str, Change] = {}
    skipped: dict[str, int] = {}
    notes: list[str] = []
    total = 0
    for item in _items(data.decode("utf-8-sig", errors="replace"), notes):
        total += 1
        made = change(item) if isinstance(item, Mapping) else "not an object" if item is not None else "not JSON"
        if isinstance(made, str):
            skipped[made] = skipped.get(made, 0) + 1
        elif kept.setdefault(made.id, made) != made:  # two events under one id: the time tells them apart
            apart = f"{made.id}@{made.at}"
            kept.setdefault(apart, made.model_copy(update={"id": apart}))
    found = tuple(sorted(kept.values(), key=lambda one: (one.at or "", one.id)))
    yield Changes(found)
    times = sorted((one.at for one in found if one.at), key=_order)
    yield Source(
        path=path,
        kind="changes",
        read=total,
        kept=len(found),
        duplicates=total - len(found) - sum(skipped.values()),
        skipped=sum(skipped.values()),
        skipped_reasons=dict(sorted(skipped.items())),
        first_at=times[0] if times else None,
        last_at=times[-1] if times else None,
        complete=not notes,
        notes=tuple(notes),
    )


def _order(at: str) -> int:
    return when.to_ns(at) or 0


def _items(text: str, notes: list[str]) -> Iterator[Any]:
    """Items of an array, of concatenated objects or of lines; None for what is not JSON."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _salvaged(text, notes)
        return
    if isinstance(whole, list):
        yield from whole
    else:
        yield whole


def _salvaged(text: str, notes: list[str]) -> Iterator[Any]:
    """JSON lines, or the complete items of an array that was cut off."""
    if not text.lstrip().startswith("["):
        for line in text.splitlines():
            if line.strip():
                yield _loads(line)
        return
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text) or text[at] == "]":
            break
        try:
            item, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            yield None
            break
        yield item
    if at >= len(text) or text[at] != "]":
        broken = text.count("\n", 0, at) + 1
        notes.append(f"the array is damaged or cut off at line {broken}; what comes before it was read")


def _loads(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
