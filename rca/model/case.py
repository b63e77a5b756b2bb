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
    is_test: bool = True  # False: something around the tests failed (a Go package): a failure, but not in the total


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

    def counts(self) -> dict[str, int]:
        """`total`, `passed`, `failed`, `errors`, `skipped`: of the cases and of `more`; as declared when there is no case.

        What is no test counts as failed (and as an error, when the compiler or the like caused it), but not in the total.
        """
        if not self.cases and not self.more:
            stated = {"total": self.declared.get("tests", 0), **{key: self.declared.get(key, 0) for key in _FAULTS}}
            return {**stated, "passed": stated["total"] - sum(stated[key] for key in _FAULTS)}
        found = {key: self.more.get(outcome, 0) for key, outcome in _COUNTED.items()}
        found["total"] = sum(found.values())
        for case in self.cases:
            found["total"] += case.is_test
            for key, outcome in _COUNTED.items():
                found[key] += case.outcome == outcome
            found["failed"] += case.outcome == "error" and not case.is_test
        return found


_FAULTS = ("failed", "errors", "skipped")
_COUNTED: dict[str, Outcome] = {"passed": "passed", "failed": "failed", "errors": "error", "skipped": "skipped"}
