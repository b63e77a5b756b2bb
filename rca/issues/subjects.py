"""Subjects: everything that may become an issue, with its text: distinct shapes of the logs, and failing test cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Digest, TestCase, TestRun
from rca.model.frames import SEVERITIES

BACKGROUND_KEPT = 150  # shapes at WARNING that look harmless: enough to list, too many to read
FAILING = ("failed", "error")


@dataclass(frozen=True, slots=True)
class Subject:
    """One distinct text. `key` is the shape id, or the ref of a test case."""

    key: str
    text: str
    origin: str  # log | test
    failing: bool
    severity: int
    logger: str | None = None
    log: str | None = None
    resource: str | None = None
    status: int | None = None
    outcome: str | None = None
    case: TestCase | None = None


def subjects(digest: Digest, runs: Sequence[TestRun]) -> tuple[Subject, ...]:
    """Failing or warning shapes of `digest` and the failing cases of `runs`, in a fixed order."""
    return (*_from_logs(digest), *_from_tests(runs))


def _from_logs(digest: Digest) -> Iterable[Subject]:
    seen = digest.events.group_by("shape").agg(
        pl.col("logger").min(), pl.col("log").min(), pl.col("resource").min(), pl.col("status").max()
    )
    warning, error = SEVERITIES["WARNING"], SEVERITIES["ERROR"]
    rows = (
        digest.shapes.join(seen, on="shape", how="inner")
        .with_columns(failing=pl.col("notable") | (pl.col("severity") >= error))
        .filter(pl.col("failing") | (pl.col("severity") >= warning) | pl.col("status").is_not_null())
        .sort("failing", "severity", "count", "shape", descending=[True, True, True, False])
    )
    harmless = rows.filter(~pl.col("failing")).head(BACKGROUND_KEPT)
    for row in pl.concat([rows.filter(pl.col("failing")), harmless]).iter_rows(named=True):
        yield Subject(
            key=row["shape"],
            text=row["sample"],
            origin="log",
            failing=row["failing"],
            severity=row["severity"],
            logger=row["logger"],
            log=row["log"],
            resource=row["resource"],
            status=row["status"],
        )


def _from_tests(runs: Sequence[TestRun]) -> Iterable[Subject]:
    for run in runs:
        for case in run.cases:
            if case.outcome in FAILING:
                yield Subject(
                    key=case.ref,
                    text=case_text(case),
                    origin="test",
                    failing=True,
                    severity=SEVERITIES["ERROR"],
                    outcome=case.outcome,
                    case=case,
                )


def case_text(case: TestCase) -> str:
    """Message and failure text of a case, without repeating the message when the text already holds it."""
    if not case.text:
        return case.message or f"{case.outcome} without a message"
    return case.text if not case.message or case.message in case.text else f"{case.message}\n{case.text}"
