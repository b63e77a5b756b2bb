"""One item of a change list becomes a Change: keys by their usual names, unknown ones kept."""

import re
from collections.abc import Mapping
from typing import Any

from rca import when
from rca.model.change import Change, ChangeKind

_AT = ("at", "timestamp", "committed_at", "deployed_at", "created_at", "date")
_FILES = ("files", "changed_files")
_KINDS: dict[str, ChangeKind] = {
    **dict.fromkeys(("deploy", "deployment", "release", "rollout", "rollback"), "deploy"),
    **dict.fromkeys(("config", "configuration", "secret", "env", "infrastructure", "infra"), "config"),
    **dict.fromkeys(("flag", "feature_flag", "feature-flag", "toggle"), "flag"),
    **dict.fromkeys(("migration", "schema", "database"), "migration"),
    **dict.fromkeys(("dependency", "upgrade"), "dependency"),
    "traffic": "traffic",
    "commit": "commit",
}
"""Words people use for the seven kinds of the contract."""

_TEXT_MAX = 4000
"""No id, title or path of an honest change is longer."""

_SHA = re.compile(r"[0-9a-fA-F]{7,64}")
_ESCAPE = re.compile(r'\\([abtnvfr"\\]|[0-7]{3})')
_LETTERS = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


def change(item: Mapping[str, Any]) -> Change | str:
    """The change that an item tells of, or in a few words why it tells of none."""
    item = _github(item)
    kind = _kind(item)
    if kind is None:
        return "unknown kind of change"
    written = _first(item, *_AT)
    at = _ns(written)
    if at is None:
        return "no time that can be read"
    if "statuses_url" in item and str(item.get("state", "success")) in {"failure", "error", "inactive"}:
        return "a deployment that failed"
    sha = _text(item, "sha", "commit")
    service, revision = _text(item, "service"), _text(item, "revision")
    stamp = when.rfc3339(at)
    title = _text(item, "title", "subject", "message", "description").partition("\n")[0].strip()
    live = _ns(item.get("live_at"))
    used = {
        "kind",
        "sha",
        "commit",
        "id",
        "service",
        "revision",
        "previous_revision",
        "title",
        "subject",
        *_AT,
        *_FILES,
    }
    return Change(
        id=_id(item, kind, sha, f"{service or _text(item, 'environment') or 'unknown'}:{revision or sha or stamp}"),
        kind=kind,
        at=stamp,
        live_at=when.rfc3339(live) if live is not None else None,
        service=service or None,
        revision=revision or None,
        commit=sha or None,
        title=title or _title(kind, service, revision, sha),
        source="changelist",
        files=_files(item),
        previous_revision=_text(item, "previous_revision") or None,
        previous_commit=_text(item, "previous_commit") or None,
        image=_text(item, "image") or None,
        rollback=item.get("rollback") is True or str(item.get("kind")).lower() == "rollback",
        date_only=isinstance(written, str) and when.date_only(written),
        actor=_text(item, "actor", "author") or _text(_mapping(item, "creator"), "login") or None,
        parents=tuple(_sound(one) for one in _list(item, "parents") if isinstance(one, str)),
        extra={str(key): value for key, value in item.items() if key not in used},
    )


def _github(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """GitHub's commit object holds message and dates one level down; everything else is returned as it is."""
    inner = _mapping(item, "commit")
    if not inner or "sha" not in item:
        return item
    rest = {key: value for key, value in item.items() if key not in {"commit", "author", "committer", "parents"}}
    date = _text(_mapping(inner, "committer"), "date") or _text(_mapping(inner, "author"), "date")
    parents = [_text(one, "sha") for one in _list(item, "parents") if isinstance(one, Mapping)]
    return {**rest, "kind": "commit", "committed_at": date, "subject": _text(inner, "message"), "parents": parents}


def _kind(item: Mapping[str, Any]) -> ChangeKind | None:
    """The kind told, else by what is told: a revision, service or environment means a deploy, a bare sha a commit."""
    if isinstance(told := item.get("kind"), str) and told:
        return _KINDS.get(told.strip().lower())
    if "statuses_url" in item or item.get("revision") or item.get("environment") or item.get("deployed_at"):
        return "deploy"
    if item.get("sha") or item.get("committed_at"):
        return "commit"
    return "deploy" if item.get("service") else None


def _id(item: Mapping[str, Any], kind: ChangeKind, sha: str, otherwise: str) -> str:
    """The id told, "commit:<sha>" for commits, else made of what is known."""
    if kind == "commit":
        told = _text(item, "id")
        return f"commit:{sha.lower()}" if sha else told if told.startswith("commit:") else f"commit:{told or otherwise}"
    told_id = item.get("id")
    if isinstance(told_id, int) and not isinstance(told_id, bool):
        return f"{kind}:{told_id}"
    return _text(item, "id") or f"{kind}:{otherwise}"


def _title(kind: ChangeKind, service: str, revision: str, sha: str) -> str:
    words = [kind, f"of {service}" if service else "", f"revision {revision}" if revision else ""]
    head = " ".join(word for word in words if word)
    short = sha[:7] if _SHA.fullmatch(sha) else sha
    return f"{head}, commit {short}" if sha else head


def _ns(value: Any) -> int | None:
    if isinstance(value, str):
        return when.to_ns(value)
    return when.from_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _files(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Paths as strings or as objects with `filename` or `path` (GitHub), git's quoting undone."""
    found = []
    for key in _FILES:
        for one in _list(item, key):
            path = _text(one, "filename", "path", "name") if isinstance(one, Mapping) else one
            if isinstance(path, str) and path:
                found.append(unquoted(_sound(path)))
    return tuple(dict.fromkeys(found))


def unquoted(path: str) -> str:
    r"""Undo git's C-style quoting of unusual names: `"\351\233\206.md"` is a UTF-8 name in octal bytes."""
    if len(path) < 2 or path[0] != '"' or path[-1] != '"':
        return path
    inner = path[1:-1]
    raw = bytearray()
    end = 0
    for found in _ESCAPE.finditer(inner):
        raw += inner[end : found.start()].encode("utf-8", errors="surrogateescape")
        code = found[1]
        raw.append(_LETTERS[code] if code in _LETTERS else int(code, 8) & 0xFF)
        end = found.end()
    raw += inner[end:].encode("utf-8", errors="replace")
    return raw.decode("utf-8", errors="replace")


def _first(item: Mapping[str, Any], *keys: str) -> Any:
    return next((item[key] for key in keys if item.get(key) not in (None, "")), None)


def _text(item: Mapping[str, Any], *keys: str) -> str:
    found = next((found for key in keys if isinstance(found := item.get(key), str) and found), "")
    return _sound(found)


def _sound(text: str) -> str:
    """Capped, and without the halves of broken surrogates, which JSON may hold and UTF-8 may not."""
    text = text[:_TEXT_MAX]
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode()


def _mapping(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = item.get(key)
    return found if isinstance(found, Mapping) else {}


def _list(item: Mapping[str, Any], key: str) -> list[Any]:
    found = item.get(key)
    return found if isinstance(found, list) else []
