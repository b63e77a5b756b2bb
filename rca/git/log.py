"""The commits of a repository as changes, with their files and the lines they touched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rca import when
from rca.git.patches import PLAIN, patches_of
from rca.git.process import run
from rca.git.repository import is_shallow, resolve, unbundled
from rca.model.change import Change

_LOG_CAP = 64 * 2**20
_PATCH_CAP = 48 * 2**20
_HEX = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FORMAT = "%x00%x00%H%x00%P%x00%ct%x00%aN%x00%s%x00"


@dataclass(frozen=True, slots=True)
class GitLog:
    """Commits newest first (kind commit, id "commit:<sha>"). `shallow`: older history was not cloned; notes say more."""

    commits: tuple[Change, ...] = ()
    shallow: bool = False
    notes: tuple[str, ...] = ()
    head: str | None = None


def commits(repo: Path, *, ref: str | None = None, limit: int = 300) -> GitLog:
    """The last `limit` commits reachable from `ref` (default HEAD, else the newest branch), newest first.

    Files of a merge are those it brought in by itself (usually none). Patches hold changed lines only, capped; binary
    files have none. Raises InputUnusableError for what is no repository or no ref.
    """
    head = resolve(repo, ref)
    if head is None:
        return GitLog(notes=("the repository has no commits",))
    shallow = is_shallow(repo)
    found, cut = _log(repo, head, limit)
    notes = []
    if shallow:
        oldest = found[-1].id.removeprefix("commit:")[:7] if found else head[:7]
        notes.append(
            f"shallow clone: history before {oldest} was not fetched; clone with full depth to see older commits"
        )
    elif len(found) >= limit:
        notes.append(f"only the last {limit} commits were read")
    if cut:
        notes.append("the list of commits was longer than 64 MiB and was cut")
    patches, whole = patches_of(
        repo, head, limit, {one.id.removeprefix("commit:"): one.files for one in found}, _PATCH_CAP
    )
    if not whole:
        notes.append("the patches were longer than 48 MiB; older commits have only their file names")
    full = tuple(one.model_copy(update={"patches": patches.get(one.id.removeprefix("commit:"), ())}) for one in found)
    return GitLog(commits=full, shallow=shallow, notes=tuple(notes), head=head)


def from_bundle(path: Path, *, ref: str | None = None, limit: int = 300) -> GitLog:
    """The commits inside a git bundle, as `commits` gives them."""
    with unbundled(path) as repo:
        return commits(repo, ref=ref, limit=limit)


def _log(repo: Path, head: str, limit: int) -> tuple[list[Change], bool]:
    asked = ["log", "-z", "--name-only", *PLAIN, f"--max-count={limit}", f"--format={_FORMAT}", head, "--"]
    out, cut = run(asked, at=repo, cap=_LOG_CAP)
    return [_change(fields, names) for fields, names in _records(out)], cut


def _records(out: bytes) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Five fields and the file names of each commit, read by position: two NULs, fields, a NUL, newline, names, a NUL.

    Names are never empty, so an empty part ends them; nothing a commit holds can shift the positions.
    """
    parts, at = out.split(b"\0"), 0
    while at < len(parts):
        if not parts[at]:
            at += 1
            continue
        fields, at = parts[at : at + 5], at + 6
        names: list[bytes] = []
        if at < len(parts) and parts[at].startswith(b"\n"):
            end = next((i for i in range(at, len(parts)) if not parts[i]), len(parts))
            names, at = [parts[at][1:], *parts[at + 1 : end]], end
        if len(fields) == 5 and _HEX.fullmatch(fields[0]):
            yield fields, names


def _change(fields: list[bytes], names: list[bytes]) -> Change:
    sha, parents, stamp, author, subject = (_text(one) for one in fields)
    seconds = int(stamp) if stamp.isdigit() and len(stamp) < 11 else None
    return Change(
        id=f"commit:{sha}",
        kind="commit",
        at=when.rfc3339(seconds * when.SECOND_NS) if seconds is not None else None,
        commit=sha,
        title=subject[:500],
        source="git",
        files=tuple(_text(one) for one in names),
        actor=author or None,
        parents=tuple(parents.split()),
    )


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
