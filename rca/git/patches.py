"""Added and removed lines of each commit, read from one `git log --patch`, capped per line, file, commit and in total."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from rca.git.process import run
from rca.model.change import FilePatch

_LINE = 400
_LINES_OF_FILE = 400
_LINES_OF_COMMIT = 4000
"""A commit over the cap is a bulk import: its lines say nothing about a single failure."""

PLAIN = (
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-diff-merges", "--no-renames"),
    *("--no-relative", "--submodule=short", "--root", "--encoding=UTF-8"),
)
"""The repository's configuration may ask for all of these; the two listings must agree file by file."""

_COMMIT = re.compile(rb"commit ([0-9a-f]{40,64})")


def patches_of(
    repo: Path, head: str, limit: int, files: Mapping[str, tuple[str, ...]], cap: int
) -> tuple[dict[str, tuple[FilePatch, ...]], bool]:
    """Patches per commit (hash → one FilePatch for each text file), and whether all were read within `cap` bytes.

    `files` are the names from the NUL-separated listing. git prints patches in the same order, so the n-th patch of a
    commit is the n-th file: names in patch headers, which a hostile repository can shape, are never parsed.
    """
    asked = ["log", "--patch", "--unified=0", *PLAIN, "--format=commit %H", f"--max-count={limit}", head, "--"]
    out, cut = run(asked, at=repo, cap=cap)
    found: dict[str, tuple[FilePatch, ...]] = {}
    for sha, lines in _commits(out):
        names = files.get(sha, ())
        sections = list(_sections(lines))
        if len(sections) == len(names):
            found[sha] = _capped(names, sections)
    if cut and found:
        found.popitem()  # the last one is torn
    return found, not cut


def _commits(out: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Inside a patch every line begins with a sign or a header word, so "commit <hash>" can only open a commit."""
    sha, lines = "", list[bytes]()
    for line in out.split(b"\n"):
        if (found := _COMMIT.fullmatch(line)) is not None:
            if sha:
                yield sha, lines
            sha, lines = found[1].decode(), []
        else:
            lines.append(line)
    if sha:
        yield sha, lines


def _sections(lines: list[bytes]) -> Iterator[list[bytes]]:
    """The lines of one file's patch, headers included."""
    section: list[bytes] | None = None
    for line in lines:
        if line.startswith(b"diff --git "):
            if section is not None:
                yield section
            section = []
        elif section is not None:
            section.append(line)
    if section is not None:
        yield section


def _capped(names: tuple[str, ...], sections: list[list[bytes]]) -> tuple[FilePatch, ...]:
    left, found = _LINES_OF_COMMIT, []
    for name, section in zip(names, sections, strict=True):
        allowed = min(left, _LINES_OF_FILE)
        made = _patch(name, section, allowed)
        if made is not None:
            found.append(made)
            left -= len(made.added) + len(made.removed)
    return tuple(found)


def _patch(name: str, section: list[bytes], allowed: int) -> FilePatch | None:
    """None for a binary file or a mere change of mode; only lines after the first @@ are content."""
    start = next((i for i, line in enumerate(section) if line.startswith(b"@@ ")), None)
    if start is None:
        return None
    body = [line for line in section[start:] if line[:1] in {b"+", b"-"}]
    kept = body[:allowed]
    return FilePatch(
        path=name,
        added=tuple(_text(line[1:]) for line in kept if line[:1] == b"+"),
        removed=tuple(_text(line[1:]) for line in kept if line[:1] == b"-"),
        cut=len(body) > allowed or any(len(line) > _LINE for line in kept),
    )


def _text(line: bytes) -> str:
    return line[: 4 * _LINE].decode("utf-8", errors="replace").rstrip("\r")[:_LINE]
