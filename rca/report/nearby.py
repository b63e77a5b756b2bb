"""Log entries beside a cited one, as far as the report holds them: the line context of a piece of evidence."""

from dataclasses import dataclass

from rca.model import Evidence, Report

NEAR = 20  # lines of one input
EACH = 2  # entries on either side


def gist(one: Evidence) -> str:
    """The line that says most of a record: of a traceback the last, else the first; without the id that stands beside it."""
    lines = one.text.strip().splitlines() or [""]
    if one.kind == "log":
        return lines[-1 if "Traceback (most recent call last)" in one.text else 0].strip()
    return lines[0].partition(": ")[2] or lines[0]


@dataclass(frozen=True, slots=True)
class Beside:
    """One entry before or after the cited one."""

    label: str
    text: str
    before: bool


def around(report: Report, ref: str, known: dict[str, str]) -> list[Beside]:
    """Up to EACH entries before and after, of the same input and at most NEAR lines away."""
    here = report.evidence[ref]
    if here.line is None:
        return []
    line = here.line
    same = sorted(
        (one.line, name)
        for name, one in report.evidence.items()
        if one.kind == "log" and one.source == here.source and one.line is not None and 0 < abs(one.line - line) <= NEAR
    )
    chosen = [pair for pair in same if pair[0] < line][-EACH:] + [pair for pair in same if pair[0] > line][:EACH]
    return [Beside(known[name], " ".join(report.evidence[name].text.split()), at < line) for at, name in chosen]
