"""Draft: a test case while its report is being read, whatever the dialect; Reading: what else a reader noticed."""

from collections import Counter
from dataclasses import dataclass, field

from rca.model.case import Attempt, Outcome

HELD = 20_000
"""Cases of one report kept one by one, about 50 MB; of those beyond, failures are kept and passes and skips only counted."""

SEVERITY: dict[Outcome, int] = {"passed": 0, "skipped": 1, "failed": 2, "error": 3}
"""Where one case carries several results, the worst counts."""


class Span:
    """A suite with a start time: what its cases' inferred windows are stretched to (correlation notes, section 2)."""

    __slots__ = ("start_ns", "sum_s", "time_s")

    def __init__(self, start_ns: int, time_s: float | None) -> None:
        self.start_ns = start_ns
        self.time_s = time_s
        self.sum_s = 0.0


class Draft:
    """One test case as its report states it. Defaults are class attributes, so that a million cheap cases stay cheap."""

    suite: str = ""
    classname: str = ""
    name: str = ""
    outcome: Outcome = "passed"
    duration_s: float | None = None
    message: str = ""
    text: str = ""
    output: str = ""
    file: str | None = None
    line: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    properties: dict[str, str] | None = None
    attempts: tuple[Attempt, ...] = ()
    is_test: bool = True
    span: Span | None = None
    before_s: float = 0.0  # durations of the cases before it in its span


@dataclass(slots=True)
class Reading:
    """What a reader reports beside its cases: `source` index and `path`, and everything it had to correct or leave out."""

    path: str
    source: int
    declared: Counter[str] = field(default_factory=Counter)  # totals as the report states them
    skipped: Counter[str] = field(default_factory=Counter)  # unreadable records by reason
    seen: Counter[str] = field(default_factory=Counter)  # corrections by what was corrected, for the notes
    notes: list[str] = field(default_factory=list)
    complete: bool = True
    lines_before: int = 0  # lines of an XML file that its parser does not see
    started_ns: int | None = None
    ended_ns: int | None = None
    zone_known: bool = True
    by_identity: bool = False  # names are unique by definition (NUnit): repeats are always one test
    thin: bool = False  # HELD cases were read: from here on, passes need not be built
    failing: set[str] = field(default_factory=set)  # names of failures so far: retries may follow
    more: Counter[Outcome] = field(default_factory=Counter)  # cases counted, not kept

    def incomplete(self, note: str) -> None:
        """The report was cut or broken; `note` says where and what was kept."""
        self.complete = False
        self.notes.append(note)

    def began(self, ns: int | None) -> None:
        """Take a time seen in the report into its extent."""
        if ns is not None and plausible(ns):
            self.started_ns = ns if self.started_ns is None else min(self.started_ns, ns)
            self.ended_ns = ns if self.ended_ns is None else max(self.ended_ns, ns)


def plausible(ns: int) -> bool:
    """Whether a time lies within the years that can be printed, 1970 to 9999; others are units mistaken."""
    return 0 < ns < 253_402_300_800_000_000_000
