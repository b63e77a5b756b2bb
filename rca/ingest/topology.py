"""A topology: a JSON object that maps each service to the services it calls."""

import json
import re
from collections.abc import Iterator
from typing import Any

from rca.errors import InputUnusableError
from rca.model.piece import Piece, Topology
from rca.model.source import Source

_NAME = re.compile(r"[\w][\w./:-]{0,127}")
_MAX_BYTES = 16 * 2**20


def recognise(head: bytes, name: str = "") -> bool:
    """Whether a file that begins with `head` maps names to lists of names and nothing else. `name` is not asked."""
    del name
    text = head.decode("utf-8-sig", errors="replace").strip()
    if not text.startswith("{"):
        return False
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # longer than the head: close it after the last complete list
        found = _closed(text)
    return _calls(found) is not None


def _closed(text: str) -> Any:
    try:
        return json.loads(text[: text.rindex("]") + 1] + "}")
    except (ValueError, RecursionError):
        return None


def read(source: int, path: str, data: bytes) -> Iterator[Piece]:
    """Yield the Topology and its Source, which counts services. Raises InputUnusableError for anything else."""
    del source
    if len(data) > _MAX_BYTES:
        raise InputUnusableError("a topology larger than 16 MiB", where=path, hint="list each service once")
    try:
        found = _calls(json.loads(data.decode("utf-8-sig", errors="replace")))
    except (ValueError, RecursionError) as why:
        line = f":{why.lineno}" if isinstance(why, json.JSONDecodeError) else ""
        raise InputUnusableError("not JSON", where=f"{path}{line}", hint=_WANTED) from None
    if found is None:
        raise InputUnusableError("not a topology", where=path, hint=_WANTED)
    yield Topology(found)
    yield Source(path=path, kind="topology", read=len(found), kept=len(found))


_WANTED = 'write {"service": ["services it calls", …], …}'


def _calls(value: Any) -> dict[str, tuple[str, ...]] | None:
    """Services in order of name, each with the services it calls in order of name; None when it is no topology."""
    if not isinstance(value, dict) or not value:
        return None
    calls: dict[str, tuple[str, ...]] = {}
    for service, called in sorted(value.items()):
        if not isinstance(called, list) or not all(isinstance(one, str) and _NAME.fullmatch(one) for one in called):
            return None
        if not _NAME.fullmatch(service):
            return None
        calls[service] = tuple(sorted(set(called)))
    return calls
