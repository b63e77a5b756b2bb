"""A repository on disk: resolve a ref, read one file of a commit, unpack a bundle."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rca.errors import InputUnusableError
from rca.git.process import run

_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_MAX_FILE = 4 * 2**20
_MAX_REFS = 2**20


def resolve(repo: Path, ref: str | None) -> str | None:
    """The commit that a ref names; HEAD by default, else the newest branch; None in a repository without commits."""
    if ref is not None:
        return _commit(repo, ref)
    try:
        return _commit(repo, "HEAD")
    except InputUnusableError:  # a bundle often has no HEAD, and a new repository has no commit
        run(["rev-parse", "--git-dir"], at=repo, cap=_MAX_REFS)  # but "not a repository" must be told
    newest = [
        "for-each-ref",
        "--sort=-committerdate",
        "--count=1",
        "--format=%(refname)",
        "refs/heads",
        "refs/tags",
        "refs/remotes",
    ]
    found = run(newest, at=repo, cap=_MAX_REFS)[0].decode("utf-8", errors="surrogateescape").strip()
    return _commit(repo, found) if found else None


def _commit(repo: Path, ref: str) -> str:
    if not ref or "\0" in ref or "\n" in ref:
        raise InputUnusableError("an empty or broken ref", where=str(repo), hint="pass a branch, tag or commit")
    asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"]
    try:
        out, _ = run(asked, at=repo, cap=1000)
    except InputUnusableError as why:
        if "no reason given" not in why.what:
            raise
        raise InputUnusableError(
            f"no commit is named {ref!r}", where=str(repo), hint="pass a branch, tag or commit"
        ) from None
    sha = out.decode("ascii", errors="replace").strip()
    if not _SHA.fullmatch(sha):
        raise InputUnusableError(f"{ref!r} does not name one commit", where=str(repo))
    return sha


def is_shallow(repo: Path) -> bool:
    """Whether older history was left out when the repository was cloned (actions/checkout does so by default)."""
    return run(["rev-parse", "--is-shallow-repository"], at=repo, cap=100)[0].strip() == b"true"


def show_file(repo: Path, sha: str, path: str) -> str | None:
    """A text file as it was at a commit (a sha or ref), at most 4 MiB; None when it was not there or is binary."""
    commit = resolve(repo, sha)
    try:
        out, _ = run(["cat-file", "blob", f"{commit}:{path}"], at=repo, cap=_MAX_FILE)
    except InputUnusableError:  # no such file at that commit; the repository itself was usable a line ago
        return None
    return None if b"\0" in out[:8000] else out.decode("utf-8", errors="replace")


@contextmanager
def unbundled(path: Path) -> Iterator[Path]:
    """The repository inside a git bundle, unpacked into a temporary folder for the length of the context.

    A bare mirror without hooks: no file of it is ever checked out. Raises InputUnusableError for what is no bundle.
    """
    if not path.is_file():
        raise InputUnusableError("no such file", where=str(path), hint="pass a file made by git bundle create")
    with tempfile.TemporaryDirectory(prefix="rca-bundle-") as folder:
        repo = Path(folder) / "repository.git"
        given = ["clone", "--mirror", "--quiet", "--template=", "--no-hardlinks", "--end-of-options"]
        try:
            run([*given, str(path.absolute()), str(repo)], at=None, cap=100_000, timeout_s=300.0)
        except InputUnusableError as why:
            raise InputUnusableError(
                why.what, where=str(path), hint=why.hint or "a bundle must hold its whole history"
            ) from None
        if resolve(repo, None) is None:  # a broken header makes git see an empty bundle, and call that success
            raise InputUnusableError(
                "git: the bundle holds no commit", where=str(path), hint="make it with git bundle create"
            )
        yield repo
