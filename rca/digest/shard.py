"""Shards: which part of the inputs one of N tasks takes, so that N machines need nothing in common but the list."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rca.errors import UsageError

T = TypeVar("T")

_FORM = re.compile(r"(\d{1,6})/(\d{1,6})")
HINT = "write I/N, for example 0/4 … 3/4"

TASKS = (
    ("CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"),
    ("JOB_COMPLETION_INDEX", "JOB_COMPLETION_COUNT"),
    ("JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"),
)
"""Variables of Cloud Run jobs, and of Kubernetes indexed jobs, where the count must be set by the user: Kubernetes does not tell it."""


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` (from 0) of `count`."""

    index: int = 0
    count: int = 1

    @property
    def name(self) -> str:
        """A file name for this part: the parts of all tasks go to one folder, and a task that is tried again replaces its own."""
        return f"part-{self.index:05}-of-{self.count:05}.digest"

    def take(self, items: Sequence[T]) -> list[tuple[int, T]]:
        """This shard's items with their place in the whole list; every item belongs to exactly one shard."""
        return [(place, item) for place, item in enumerate(items) if place % self.count == self.index]


def shard_of(text: str | None, environ: Mapping[str, str]) -> Shard:
    """The shard of `--shard I/N`, else of the job's environment, else the whole.

    I counts from 0 or from 1: N/N is the same part as 0/N, so either way every part is taken once.
    """
    if text is None:
        for index, count in TASKS:
            if environ.get(index) and environ.get(count):
                return _shard(f"{environ[index]}/{environ[count]}", where=f"{index}, {count}")
        if environ.get("JOB_COMPLETION_INDEX"):  # index 0, too: it would take the parts of all the others as well
            raise UsageError(
                "the number of tasks is not known",
                where="JOB_COMPLETION_INDEX",
                hint="set JOB_COMPLETIONS, or give --shard I/N",
            )
        return Shard()
    return _shard(text, where="--shard")


def _shard(text: str, *, where: str) -> Shard:
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text[:40]!r} is not a shard", where=where, hint=HINT)
    index, count = int(found[1]), int(found[2])
    if count == 0 or index > count:
        raise UsageError(f"there is no part {index} of {count}", where=where, hint=HINT)
    return Shard(index % count, count)
