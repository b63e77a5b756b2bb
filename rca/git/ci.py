"""The commit that the surrounding CI run builds, from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from rca import when
from rca.model.change import Change


@dataclass(frozen=True, slots=True)
class System:
    """How one CI system names things; `mark` is the variable whose presence tells that we are inside it."""

    name: str
    mark: str
    commit: tuple[str, ...]
    previous: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    ref: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    run: tuple[str, ...] = ()


SYSTEMS = (
    System(
        "GitHub Actions",
        "GITHUB_ACTIONS",
        ("GITHUB_SHA",),
        ref=("GITHUB_REF_NAME", "GITHUB_REF"),
        run=("GITHUB_RUN_ID",),
    ),
    System(
        "GitLab CI",
        "GITLAB_CI",
        ("CI_COMMIT_SHA",),
        previous=("CI_COMMIT_BEFORE_SHA",),
        at=("CI_PIPELINE_CREATED_AT", "CI_COMMIT_TIMESTAMP"),
        ref=("CI_COMMIT_REF_NAME",),
        title=("CI_COMMIT_TITLE",),
        run=("CI_PIPELINE_ID",),
    ),
    System(
        "Buildkite",
        "BUILDKITE",
        ("BUILDKITE_COMMIT",),
        ref=("BUILDKITE_BRANCH",),
        title=("BUILDKITE_MESSAGE",),
        run=("BUILDKITE_BUILD_NUMBER",),
    ),
    System(
        "Jenkins",
        "JENKINS_URL",
        ("GIT_COMMIT",),
        previous=("GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"),
        ref=("GIT_BRANCH",),
        run=("BUILD_NUMBER",),
    ),
    System("Cloud Build", "BUILD_ID", ("COMMIT_SHA",), ref=("BRANCH_NAME", "TAG_NAME"), run=("BUILD_ID",)),
)
"""Asked in this order: Jenkins also sets BUILD_ID, so the general mark comes last."""

_HEX = frozenset("0123456789abcdef")


def ci_change(environ: Mapping[str, str]) -> Change | None:
    """The commit under test as a change of source "ci", or None outside of CI and where the commit is not a hash."""
    system = next((one for one in SYSTEMS if environ.get(one.mark)), None)
    if system is None:
        return None
    sha = _hash(_first(environ, system.commit))
    if sha is None:
        return None
    at = when.to_ns(_first(environ, system.at))
    ref, run = _first(environ, system.ref), _first(environ, system.run)
    title = _first(environ, system.title).partition("\n")[0].strip()
    return Change(
        id=f"commit:{sha}",
        kind="commit",
        at=when.rfc3339(at) if at is not None else None,
        commit=sha,
        title=title or f"commit {sha[:7]}{f' of {ref}' if ref else ''}, built by {system.name}",
        source="ci",
        previous_commit=_hash(_first(environ, system.previous)),
        extra={key: value for key, value in (("ci", system.name), ("ref", ref), ("run", run)) if value},
    )


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := environ.get(name, ""))), "")


def _hash(value: str) -> str | None:
    """A lower-case commit hash; None for "HEAD" (Buildkite), for the all-zero one (GitLab: no predecessor) and for nothing."""
    low = value.strip().lower()
    return low if 7 <= len(low) <= 64 and set(low) <= _HEX and set(low) != {"0"} else None
