"""Tally: the running conservation count of one source while it is read."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from rca.model import Source, SourceKind
from rca.when import rfc3339

POSITIONS_SHOWN = 3  # places named per reason; the count says how many there are in all


@dataclass
class Tally:
    """What one source held so far; becomes its `Source` when everything is read.

    `read` counts records, `skipped` those not kept, by reason. `falls` and `rises` count neighbours that go back or
    forward in time: they tell a newest-first export.
    """

    index: int
    path: str
    kind: SourceKind
    read: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    first: int | None = None
    last: int | None = None
    falls: int = 0
    rises: int = 0
    severities: Counter[int] = field(default_factory=Counter)
    array: bool = False  # one JSON document, as `gcloud logging read --format=json` and consoles write
    extent: int = 0  # lines of a text file, blank ones included
    ahead: int = 0  # dated after their receipt
    lead: int = 0  # by how much at most, ns
    absent: frozenset[str] = frozenset()  # payloads that no entry of the last chunk had
    untimed: int = 0  # a time was given, and it was none

    def skip(self, reason: str, place: str = "", count: int = 1) -> None:
        """Count records that were read but not kept."""
        self.skipped[reason] += count
        shown = self.places.setdefault(reason, [])
        if place and len(shown) < POSITIONS_SHOWN:
            shown.append(place)

    def note(self, text: str) -> None:
        """Remember a fact about the source, once."""
        if text not in self.notes:
            self.notes.append(text)

    def cut(self, text: str) -> None:
        """Something is missing: the source is not complete, and a note says why."""
        self.complete = False
        self.note(text)

    def saw(self, frame: pl.DataFrame) -> None:
        """Take times, order and severities of a batch in input order into account."""
        at = frame["at"]
        low, high = at.min(), at.max()
        if isinstance(low, int) and isinstance(high, int):
            self.first = low if self.first is None else min(self.first, low)
            self.last = high if self.last is None else max(self.last, high)
        steps = at.diff()
        self.falls += int((steps < 0).sum())
        self.rises += int((steps > 0).sum())
        for severity, count in frame["severity"].value_counts().iter_rows():
            self.severities[severity] += count

    @property
    def newest_first(self) -> bool:
        """Time runs backwards through the file; a few late entries do not change that."""
        return self.falls > 4 * self.rises

    @property
    def shuffled(self) -> bool:
        """Time runs neither way, so a position in the file says nothing about order."""
        return not self.newest_first and self.rises <= 4 * self.falls and self.falls > 1

    def source(self, duplicates: int) -> Source:
        """The closed account. `duplicates` were found across all inputs and are taken out of `kept`."""
        lost = sum(self.skipped.values())
        where = [f"{reason}: {', '.join(places)}" for reason, places in sorted(self.places.items()) if places]
        return Source(
            path=self.path,
            kind=self.kind,
            read=self.read,
            kept=self.read - lost - duplicates,
            duplicates=duplicates,
            skipped=lost,
            skipped_reasons=dict(sorted(self.skipped.items())),
            first_at=None if self.first is None else rfc3339(self.first),
            last_at=None if self.last is None else rfc3339(self.last),
            complete=self.complete,
            notes=(*self.notes, *where),
        )
