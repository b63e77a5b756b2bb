"""The answers "no recorded change explains this", each with its words and what to look at next."""

from collections.abc import Mapping
from typing import Literal

from rca.correlate.exposure import Exposure
from rca.correlate.posterior import Belief
from rca.correlate.timeline import Timeline
from rca.model import NoChange, Occurring
from rca.when import rfc3339, span

Kind = Literal["constant", "unknown_onset", "periodic"]
KINDS: tuple[Kind, ...] = ("constant", "unknown_onset", "periodic")


def no_change(
    issue: Occurring,
    line: Timeline,
    belief: Belief,
    weights: Mapping[str, float],
    exposure: Exposure,
) -> tuple[NoChange, ...]:
    """One row per kind, highest p first."""
    rows = [
        NoChange(issue=issue.issue.id, p=max(0.0, weights[kind]), kind=kind, text=_text(kind, line, belief, exposure))
        for kind in KINDS
    ]
    return tuple(sorted(rows, key=lambda row: (-row.p, KINDS.index(row.kind))))


def _text(kind: Kind, line: Timeline, belief: Belief, exposure: Exposure) -> str:
    if kind == "constant":
        return "older than the evidence, or chronic: read earlier logs"
    if kind == "periodic":
        schedule = belief.period
        if schedule is None:
            return "no period found"
        return f"every {span(schedule.seconds)}, {span(schedule.phase)} into the cycle (UTC): check the scheduler"
    began = line.times[0]
    if exposure.share(began) <= 0:
        return "already there when the evidence begins; no recorded change explains it"
    return f"began at {rfc3339(began)}; check flags, certificates, dependencies, traffic"
