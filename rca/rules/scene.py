"""Scene: everything a rule over several events may look at, as one frame of events and the frames of counts."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Change, Match, Rule, TestRun
from rca.rules.classify import TEXT_CAP, matching

FAILING = ("failed", "error")

ROWS = pl.Schema(
    {
        "at": pl.Int64,
        "text": pl.String,
        "service": pl.String,
        "revision": pl.String,
        "instance": pl.String,
        "trace": pl.String,
        "test": pl.String,
        "logger": pl.String,
        "log": pl.String,
        "resource": pl.String,
        "status": pl.Int64,
        "outcome": pl.String,
        "source": pl.String,  # log | test
        "rule": pl.String,
        "ref": pl.String,
    }
)
"""One row per log entry kept whole and per test case, in time order."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The frames of a digest that hold counts (schemas in `model.frames`)."""

    shapes: pl.DataFrame
    cells: pl.DataFrame
    traffic: pl.DataFrame
    routes: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Scene:
    """Rows (ROWS and `row`, `types`, `frames`), the counts they were kept from, test runs and changes."""

    rows: pl.DataFrame
    counted: Counted
    runs: Sequence[TestRun]
    changes: Sequence[Change]

    def found(self, match: Match) -> pl.DataFrame:
        """The rows that match, in time order, with a column `captures` of the named groups."""
        hits = matching(self.rows, match)
        captures = pl.DataFrame(
            {"row": [row for row, _ in hits], "captures": [_packed(captured) for _, captured in hits]},
            schema={"row": pl.UInt32, "captures": pl.List(pl.String)},
        )
        return self.rows.join(captures, on="row", how="inner", maintain_order="left")

    def unkept(self, match: Match) -> pl.DataFrame:
        """Cells (with `first_at`, `last_at`, `service`, `revision`) of entries that match, kept whole or not."""
        texts = pl.col("sample")
        wanted = pl.any_horizontal([texts.str.contains(pattern) for pattern in match.message] or [pl.lit(value=False)])
        shapes = self.counted.shapes.filter(wanted)
        for pattern in match.unless:
            shapes = shapes.filter(~texts.str.contains(pattern))
        return self.counted.cells.filter(pl.col("shape").is_in(shapes["shape"].to_list()))


def scene(events: pl.DataFrame, counted: Counted, runs: Sequence[TestRun], changes: Sequence[Change]) -> Scene:
    """Log events and test cases as one frame of rows, ordered by time, then ref."""
    rows = pl.concat([_logs(events), _cases(runs)]).sort("at", "ref", nulls_last=True, maintain_order=True)
    rows = rows.with_row_index("row").with_columns(
        pl.lit([], dtype=pl.List(pl.String)).alias("types"), pl.lit("").alias("frames")
    )
    return Scene(rows, counted, runs, changes)


def unpacked(captures: Sequence[str | None]) -> dict[str, str | None]:
    """The named groups of a row, from ["name", value, "name", value …]."""
    return {str(name): value for name, value in zip(captures[::2], captures[1::2], strict=True)}


def _packed(captured: dict[str, str | None]) -> list[str | None]:
    return [part for name in sorted(captured) for part in (name, captured[name])]


def _logs(events: pl.DataFrame) -> pl.DataFrame:
    rule = pl.col("rule") if "rule" in events.columns else pl.lit(None, dtype=pl.String)
    ref = pl.format("log:{}:{}", pl.col("source"), pl.col("line"))
    logs = events.with_columns(
        pl.col("message").fill_null("").str.head(TEXT_CAP).alias("text"),
        ref.alias("ref"),
        rule.alias("rule"),
        pl.lit(None, dtype=pl.String).alias("test"),
        pl.lit(None, dtype=pl.String).alias("outcome"),
    )
    return logs.with_columns(pl.lit("log").alias("source")).select(
        pl.col(name).cast(kind) for name, kind in ROWS.items()
    )


def _cases(runs: Sequence[TestRun]) -> pl.DataFrame:
    rows = [
        {
            "at": case.end_ns or case.start_ns or run.ended_ns or run.started_ns,
            "text": "\n".join(part for part in (case.message, case.text, case.output) if part)[:TEXT_CAP],
            "trace": next(iter(case.traces), None),
            "test": case.id,
            "outcome": case.outcome,
            "source": "test",
            "ref": case.ref,
        }
        for run in runs
        for case in run.cases
    ]
    return pl.DataFrame(rows, schema=ROWS)


def uses_tests(rule: Rule) -> bool:
    """Whether a rule looks at tests, so that it says something about them and not about a service."""
    cross = rule.cross
    return bool(cross and (cross.scope == "test" or cross.during))
