"""Where in a TOML file something stands: a field path such as `tests[2].expect` → its line."""

import re
from collections.abc import Sequence

Part = str | int


def dotted(path: Sequence[Part]) -> str:
    """("tests", 2, "expect") → "tests[2].expect"."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def line_of(source: str, path: Sequence[Part]) -> int | None:
    """1-based line of the deepest part of the path that can be found; None when nothing of it stands there."""
    lines = source.splitlines()
    start, end, found = 0, len(lines), None
    for header, count in _headers(path):
        hits = [
            number for number in range(start, end) if lines[number].replace(" ", "").startswith((header, f"[{header}"))
        ]
        if len(hits) > count:
            found = start = hits[count]
            end = next((n for n in range(start + 1, end) if lines[n].startswith("[")), end)
    names = [part for part in path if isinstance(part, str)]
    key = re.compile(rf"\s*(?:{'|'.join(map(re.escape, names))})\s*=") if names else None
    if key:
        limit = end if found is not None else next((n for n in range(len(lines)) if lines[n].startswith("[")), end)
        found = next((n for n in range(start, limit) if key.match(lines[n])), found)
    return None if found is None else found + 1


def _headers(path: Sequence[Part]) -> list[tuple[str, int]]:
    """Table headers on the way, with how many of the same to skip."""
    found: list[tuple[str, int]] = []
    for depth, part in enumerate(path):
        if not isinstance(part, str):
            continue
        following = path[depth + 1] if depth + 1 < len(path) else None
        name = ".".join(str(each) for each in path[: depth + 1] if isinstance(each, str))
        found.append((f"[[{name}]]", following) if isinstance(following, int) else (f"[{name}]", 0))
    return found
