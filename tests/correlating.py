"""Builders for the tests of the correlation: a window of minutes, traffic, issues, changes; times in seconds."""

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from rca.correlate import correlate
from rca.model import (
    Change,
    Correlation,
    Frame,
    Issue,
    Occurrence,
    Occurring,
    Past,
    RuleSet,
    Signature,
    Source,
    Suspect,
    TestRun,
    Window,
)
from rca.model.frames import MINUTE_NS, TRAFFIC
from rca.when import rfc3339

SECOND = 1_000_000_000
START = 1_750_000_000 * SECOND // MINUTE_NS * MINUTE_NS
CELLS = pl.Schema(
    {
        "issue": pl.String,
        "service": pl.String,
        "revision": pl.String,
        "minute": pl.Int64,
        "count": pl.UInt64,
        "first_at": pl.Int64,
        "last_at": pl.Int64,
    }
)


def at(seconds: float) -> int:
    """Seconds after the start of the window, in ns."""
    return START + int(seconds * SECOND)


def stamp(seconds: float) -> str:
    """As `at`, in RFC 3339."""
    return rfc3339(at(seconds))


def flow(
    service: str, revision: str, minutes: Iterable[int], requests: int = 30, version: str | None = None
) -> list[tuple[object, ...]]:
    """Rows of TRAFFIC: `requests` in each of these minutes, none of them failed."""
    return [
        (service, revision, version, at(60 * m), requests * 2, requests, 0, at(60 * m + 1), at(60 * m + 59))
        for m in minutes
    ]


def issue(
    times: Iterable[float],
    *,
    name: str = "issue",
    service: str | None = "api",
    revision: str | None = None,
    exception: str = "KeyError",
    message: str = "'total'",
    frames: Sequence[str] = (),
    tests: Sequence[str] = (),
    failing: bool = True,
) -> Occurring:
    """An issue that happened at these seconds."""
    ordered = sorted(times)
    occurrences = tuple(
        Occurrence(
            ref=f"test:0:{tests[i % len(tests)]}" if tests else f"log:0:{i + 1}",
            at=at(when),
            service=service,
            revision=revision,
            test=tests[i % len(tests)] if tests else None,
            text=f"{exception}: {message}",
        )
        for i, when in enumerate(ordered)
    )
    stack = tuple(Frame(file=file, line=12, function="handle") for file in frames)
    return Occurring(
        issue=Issue(
            id=name,
            title=f"{exception}: {message}",
            template=message,
            exception_type=exception,
            count=len(ordered),
            tests=tuple(tests),
        ),
        signature=Signature(
            id=f"v1:{name}", template=message, exception_type=exception, exception_message=message, frames=stack
        ),
        finding=None,
        occurrences=occurrences,
        failing=failing,
    )


def deploy(name: str, seconds: float, *, service: str = "api", **more: object) -> Change:
    """A deploy (or, with `kind`, another change) that went live at this second."""
    return Change.model_validate({"id": name, "kind": "deploy", "at": stamp(seconds), "service": service, **more})


def ask(
    issues: Sequence[Occurring],
    changes: Sequence[Change] = (),
    *,
    traffic: Sequence[tuple[object, ...]] = (),
    commits: Sequence[Change] = (),
    cells: pl.DataFrame | None = None,
    runs: Sequence[TestRun] = (),
    earlier: Sequence[TestRun] = (),
    sources: Sequence[Source] = (),
    topology: Mapping[str, tuple[str, ...]] | None = None,
    past: Mapping[str, Past] | None = None,
    baseline: frozenset[str] | None = None,
    prior_change: float = 0.25,
    routes: pl.DataFrame | None = None,
) -> Correlation:
    """correlate() with everything that is not given left empty."""
    return correlate(
        issues,
        changes=changes,
        commits=commits,
        traffic=pl.DataFrame(traffic, schema=TRAFFIC, orient="row"),
        cells=pl.DataFrame(schema=CELLS) if cells is None else cells,
        runs=runs,
        earlier=earlier,
        window=Window(since=None, until=None, anchor="inputs"),
        sources=sources,
        topology=topology,
        rules=RuleSet(),
        prior_change=prior_change,
        past=past,
        baseline=baseline,
        routes=routes,
    )


def p_of(found: Correlation, change: str) -> float:
    """P of a change, with the commits it brought."""
    return next((one.p for one in found.rolled(found.no_change[0].issue) if one.change == change), 0.0)


def row_of(found: Correlation, change: str) -> Suspect:
    """The row of a change."""
    return next(one for one in found.suspects if one.change == change)


def best_no_change(found: Correlation) -> str:
    """The most probable answer that blames nothing."""
    return max(found.no_change, key=lambda one: one.p).kind
