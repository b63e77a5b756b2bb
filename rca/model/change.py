"""Change: something that was altered on purpose and may explain an onset."""

from typing import Any, Literal

from pydantic import Field

from rca.model.base import Noun

ChangeKind = Literal["deploy", "config", "traffic", "flag", "dependency", "migration", "commit"]


NEVER_READY = " (never became ready)"
"""End of the title of a deploy whose revision the platform never called ready: it took no traffic."""


class FilePatch(Noun):
    """What one commit did to one file; lines without their +/- sign, capped."""

    path: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    cut: bool = False


class Change(Noun):
    """A deploy, config or traffic change, flag, dependency, migration or commit.

    `at` is when it was made or requested, `live_at` when users met it (both RFC 3339 UTC). A commit has id "commit:<sha>".
    The fields marked exclude are evidence for the correlation, not part of the JSON report.
    """

    id: str
    kind: ChangeKind
    at: str | None = None
    live_at: str | None = None
    service: str | None = None
    revision: str | None = None
    commit: str | None = None
    title: str = ""
    source: str = ""  # audit | revisions | changelist | git | ci | report
    files: tuple[str, ...] = ()
    previous_revision: str | None = None
    previous_commit: str | None = None
    image: str | None = None
    rollback: bool = False
    part_of: str | None = None  # id of the deploy that this traffic switch completed: one event, not two
    date_only: bool = False  # no time of day is known: cannot carry blame
    actor: str | None = Field(default=None, exclude=True)  # a suspect is a change, never a person
    parents: tuple[str, ...] = Field(default=(), exclude=True)
    patches: tuple[FilePatch, ...] = Field(default=(), exclude=True)
    region: str | None = Field(default=None, exclude=True)
    operation: str | None = Field(default=None, exclude=True)
    extra: dict[str, Any] = Field(default_factory=dict, exclude=True)
    refs: tuple[str, ...] = Field(default=(), exclude=True)  # evidence: entries or lines it was read from

    @property
    def never_ready(self) -> bool:
        """Whether the platform refused to give it traffic."""
        return self.title.endswith(NEVER_READY)
