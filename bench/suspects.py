"""python bench/suspects.py: processor time of correlate() per issue, and for 500 issues x 50 changes (targets 5 ms, 3 s)."""

import sys
import time
from pathlib import Path
from random import Random

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rca.correlate import correlate
from rca.model import Change, Issue, Occurrence, Occurring, RuleSet, Signature, Window
from rca.model.frames import MINUTE_NS, TRAFFIC
from rca.when import rfc3339

START = 1_772_000_000_000_000_000 // MINUTE_NS * MINUTE_NS
LENGTH = 180 * MINUTE_NS
SIZES = (1, 3, 10, 30, 300)  # occurrences of an issue
CELLS = {
    "issue": pl.String,
    "service": pl.String,
    "revision": pl.String,
    "minute": pl.Int64,
    "count": pl.UInt64,
    "first_at": pl.Int64,
    "last_at": pl.Int64,
}


def issue(rng: Random, name: str) -> Occurring:
    """Occurrences at any time: nothing can be ruled out early, the dearest case."""
    times = sorted(START + int(rng.random() * LENGTH) for _ in range(rng.choice(SIZES)))
    occurrences = tuple(Occurrence(ref=f"log:0:{i}", at=at, service="api") for i, at in enumerate(times))
    return Occurring(
        Issue(id=name, title="KeyError: 'x'", exception_type="KeyError", count=len(times)),
        Signature(id=name, template="'x'"),
        None,
        occurrences,
    )


def seconds(issues: list[Occurring], changes: list[Change]) -> float:
    rows = [
        (
            service,
            "r",
            None,
            START + m * MINUTE_NS,
            60,
            30,
            0,
            START + m * MINUTE_NS,
            START + m * MINUTE_NS + 59 * 10**9,
        )
        for m in range(180)
        for service in ("api", "web")
    ]
    traffic = pl.DataFrame(rows, schema=TRAFFIC, orient="row")
    begun = time.process_time()
    correlate(
        issues,
        changes=changes,
        commits=(),
        traffic=traffic,
        cells=pl.DataFrame(schema=CELLS),
        runs=(),
        earlier=(),
        window=Window(since=None, until=None, anchor="inputs"),
        sources=(),
        topology=None,
        rules=RuleSet(),
    )
    return time.process_time() - begun


def main() -> None:
    rng = Random(0)
    issues = [issue(rng, f"i{n}") for n in range(500)]
    changes = [
        Change(id=f"d{i}", kind="deploy", at=rfc3339(START + int(rng.random() * LENGTH)), service=("api", "web")[i % 2])
        for i in range(50)
    ]
    few, many = seconds(issues, changes[:5]), seconds(issues, changes)
    print(f"500 issues x 5 changes: {few:.2f} s, {few * 1000 / 500:.1f} ms per issue (target 5)")
    print(f"500 issues x 50 changes: {many:.2f} s (target 3)")


if __name__ == "__main__":
    main()
