"""Paths of frames, modules and ignore files held against the paths a commit touched."""

import re
from fnmatch import fnmatchcase

IGNORE_FILES = frozenset({".dockerignore", ".gcloudignore", ".gitignore", ".helmignore", ".npmignore", ".vercelignore"})

_KINDS: dict[str, re.Pattern[str]] = {
    "image": re.compile(
        r"(?:^|/)(?:\.\w{1,10}ignore|dockerfile[\w.\-]{0,40}|requirements[\w.\-]{0,40}|pyproject\.toml|setup\.(?:py|cfg)|poetry\.lock|uv\.lock|pipfile(?:\.lock)?"
        r"|package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|go\.(?:mod|sum)|cloudbuild\.ya?ml|manifest\.in|__init__\.py|procfile)$",
        re.IGNORECASE),
    "schema": re.compile(r"model|migrat|schema|alembic|\.sql$|prisma", re.IGNORECASE),
    "config": re.compile(r"secret|auth|config|setting|credential|\.env|\.ya?ml$|\.tf(?:vars)?$|middleware|security|jwt|token", re.IGNORECASE),
    "environment": re.compile(r"config|setting|\.env|\.ya?ml$|\.tf(?:vars)?$|network|database|client", re.IGNORECASE),
    "slow": re.compile(r"pool|database|\bdb\b|cache|config|setting|\.ya?ml$|worker|session|queue", re.IGNORECASE),
}  # fmt: skip

_DOCUMENT = re.compile(
    r"(?:^|/)(?:docs?/|readme|changelog|license|contributing)|\.(?:md|rst|txt|adoc|png|svg|jpe?g|drawio)$",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"(?:^|/)(?:tests?|e2e|specs?|__tests__)/|(?:^|/)(?:test_|conftest)|(?:_test|_spec|\.test|\.spec)\.", re.IGNORECASE
)
_NEEDED = re.compile(r"requirements[\w.\-]{0,40}\.txt$|constraints\.txt$", re.IGNORECASE)
_SEVERAL = 2


def fits(kind: str, path: str) -> bool:
    """Whether this is a kind of file that can bring this class of failure."""
    pattern = _KINDS.get(kind)
    return bool(pattern and pattern.search(path))


def is_document(path: str) -> bool:
    """Nothing that runs: prose and pictures."""
    return bool(_DOCUMENT.search(path)) and not _NEEDED.search(path)


def is_test(path: str) -> bool:
    """By the usual names of test folders and files."""
    return bool(_TEST.search(path))


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in {"", "."}]


def same_file(frame: str, touched: str) -> bool:
    """Do a path on the running machine and one in the repository name one file? One must be a suffix of the other.

    A bare file name in the repository's top folder matches only a frame whose own path is as short, or whose parent
    is a root such as /app: otherwise every `__init__.py` and `main.py` would match.
    """
    a, b = _parts(frame), _parts(touched)
    if not a or not b or a[-1] != b[-1]:
        return False
    short = min(len(a), len(b))
    if a[-short:] != b[-short:]:
        return False
    return short >= _SEVERAL or max(len(a), len(b)) <= _SEVERAL


def holds(module: str, touched: str) -> bool:
    """Whether `a/b/c` names this file, or a folder that holds it, anywhere below the roots of the repository."""
    stem = "/".join(_parts(touched))
    stem = stem.rsplit(".", 1)[0] if "." in stem.rsplit("/", 1)[-1][1:] else stem
    return f"/{stem}/".find(f"/{module}/") >= 0


def ignores(pattern: str, path: str) -> bool:
    """Whether this line of an ignore file leaves out `path` (a/b/c: a file or a folder without extension)."""
    line = pattern.strip()
    if not line or line.startswith(("#", "!")):
        return False
    line = line.strip("/").removeprefix("**/").removesuffix("/**").removesuffix("/*").removesuffix(".py").lower()
    if not line or len(line) > 200 or set(line) <= {"*", "/", "."}:
        return False
    parts = _parts(path.lower())
    if "/" not in line:
        return any(fnmatchcase(part, line) for part in parts)
    depth = line.count("/") + 1
    return any(fnmatchcase("/".join(parts[i : i + depth]), line) for i in range(len(parts) - depth + 1))
