"""Labelled incidents: folders with an answer.json, and what it says is true."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from rca.errors import InputUnusableError
from rca.model import Change
from rca.when import to_ns

ANSWER = "answer.json"
INPUT = "input"
NEAR_NS = 180_000_000_000  # a label may tell when a rollout was asked for, the report when users met it
STATUSES = frozenset({"cause_found", "cause_not_in_evidence", "no_failure_found"})


@dataclass(frozen=True, slots=True)
class Guilty:
    """A change named by its id, or by any of kind, service, revision, commit and time; all that is given must agree."""

    id: str | None = None
    kind: str | None = None
    service: str | None = None
    revision: str | None = None
    commit: str | None = None
    at: str | None = None

    def names(self, change: Change) -> bool:
        """Whether this is the change that the label means."""
        same = all(
            wanted is None or wanted == given
            for wanted, given in (
                (self.id, change.id),
                (self.kind, change.kind),
                (self.service, change.service),
                (self.revision, change.revision),
                (self.commit, change.commit),
            )
        )
        wanted = to_ns(self.at) if self.at else None
        times = [to_ns(stamp) for stamp in (change.live_at, change.at) if stamp]
        return same and (wanted is None or any(at is not None and abs(at - wanted) <= NEAR_NS for at in times))


@dataclass(frozen=True, slots=True)
class Root:
    """A true root cause: the text it is known by, and its guilty changes; () is "no recorded change", None unlabelled."""

    regex: re.Pattern[str] | None
    guilty: tuple[Guilty, ...] | None


@dataclass(frozen=True, slots=True)
class Incident:
    """One labelled incident. `status` is None where the label does not settle the verdict."""

    name: str
    folder: Path
    family: str
    status: str | None
    roots: tuple[Root, ...]
    background: tuple[re.Pattern[str], ...]
    introduced_by: tuple[str, ...] = ()  # shas of the commits that brought the fault

    @property
    def input(self) -> Path:
        """What to analyse: the folder `input` if there is one, else the incident's folder itself."""
        inner = self.folder / INPUT
        return inner if inner.is_dir() else self.folder

    @property
    def labelled(self) -> bool:
        """Whether it is known for every root which change, if any, is guilty."""
        return all(root.guilty is not None for root in self.roots)

    @property
    def null(self) -> bool:
        """Whether it is known that no recorded change is guilty."""
        return self.labelled and not any(root.guilty for root in self.roots)


def incidents(folder: Path) -> Iterator[Incident]:
    """Every folder below `folder` that holds an answer.json, by name. Raises InputUnusableError for an answer it cannot read."""
    found = sorted(folder.rglob(ANSWER)) if folder.is_dir() else []
    if not found:
        raise InputUnusableError(
            "no labelled incident here", where=str(folder), hint=f"each needs a folder with {ANSWER} beside {INPUT}/"
        )
    for path in found:
        yield _incident(path, folder)


def _incident(path: Path, top: Path) -> Incident:
    try:
        answer = msgspec.json.decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise InputUnusableError(f"cannot be read: {error}", where=str(path), hint="give a JSON object") from error
    if not isinstance(answer, dict):
        raise InputUnusableError("is not a JSON object", where=str(path), hint="see README, `rca eval`")
    status = answer.get("verdict")
    return Incident(
        name=str(path.parent.relative_to(top)) if path.parent != top else path.parent.name,
        folder=path.parent,
        family=str(answer.get("family") or "unnamed"),
        status=status if status in STATUSES else None,
        roots=_roots(answer, path),
        background=tuple(_pattern(text, path) for text in answer.get("background_regex") or ()),
        introduced_by=tuple(str(sha) for sha in answer.get("introduced_by") or ()),
    )


def _roots(answer: dict[str, Any], path: Path) -> tuple[Root, ...]:
    """`roots`, else one root of `primary_regex` with `guilty`, else with the commits of a non-empty `introduced_by`."""
    if answer.get("roots"):
        return tuple(
            Root(_pattern(root.get("regex"), path), _guilty(root.get("guilty"), path)) for root in answer["roots"]
        )
    if answer.get("primary_regex") is None:
        return ()
    named: Any = answer.get("guilty")
    if named is None and answer.get("introduced_by"):
        named = [{"kind": "commit", "commit": sha} for sha in answer["introduced_by"]]
    return (Root(_pattern(answer["primary_regex"], path), _guilty(named, path)),)


def _guilty(given: Any, path: Path) -> tuple[Guilty, ...] | None:
    if given is None:
        return None
    try:
        return tuple(Guilty(id=one) if isinstance(one, str) else Guilty(**one) for one in given)
    except TypeError as error:
        raise InputUnusableError(
            f"a guilty change cannot be understood: {error}",
            where=str(path),
            hint="give ids, or id, kind, service, revision, commit, at",
        ) from error


def _pattern(text: Any, path: Path) -> re.Pattern[str]:
    try:
        return re.compile(str(text), re.IGNORECASE)
    except re.error as error:
        raise InputUnusableError(
            f"{text!r} is not a regular expression: {error}", where=str(path), hint="mend the label"
        ) from error
