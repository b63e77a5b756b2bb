"""TestCase: one case of a test report, and TestRun: the report it came from."""

from typing import Literal

from pydantic import Field

from rca.model.base import Noun

Outcome = Literal["passed", "failed", "error", "skipped"]


class Attempt(Noun):
    """One execution of a case that was run more than once."""

    outcome: Outcome
    duration_s: float | None = None
    message: str = ""
    text: str = ""


class TestCase(Noun):
    """One test with its last outcome; earlier attempts are kept as evidence of flakiness.

    `start_ns`/`end_ns` are integer nanoseconds since the epoch, UTC; None when the report does not tell.
    `ref` is the evidence ref of the case ("test:<run>:<id>").
    """

    __test__ = False  # pytest must not collect it

    id: str  # "suite::class::name" as stable as the dialect allows
    ref: str
    suite: str
    classname: str
    name: str
    outcome: Outcome
    duration_s: float | None = None
    message: str = ""
    text: str = ""  # traceback or failure text, head and tail if long
    output: str = ""  # captured stdout, stderr, log
    file: str | None = None
    line: int | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    timed: Literal["reported", "inferred", "none"] = "none"
    properties: dict[str, str] = Field(default_factory=dict)
    attempts: tuple[Attempt, ...] = ()
    urls: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()  # request and user ids found in it


class Suite(Noun):
    """Counts of one suite as the cases give them."""

    name: str
    total: int
    passed: int
    failed: int
    errors: int
    skipped: int
    duration_s: float = 0.0


class TestRun(Noun):
    """All cases of one report; `key` orders runs in time ("earlier" runs come first)."""

    __test__ = False

    path: str
    source: int  # index into the sources
    started_ns: int | None = None
    ended_ns: int | None = None
    zone_known: bool = True
    cases: tuple[TestCase, ...] = ()
    declared: dict[str, int] = Field(default_factory=dict)  # totals the report states where they differ
    more: dict[Outcome, int] = Field(default_factory=dict)  # cases of a huge report that are counted but not in `cases`
