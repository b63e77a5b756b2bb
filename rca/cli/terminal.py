"""The text report on a terminal: the same words, painted, with a strip that shows when it failed. Plain when piped."""

import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rca.model import Report

STYLES = (  # first match paints the line
    (re.compile(r"CAUSE FOUND"), "bold red"),
    (re.compile(r"CAUSE NOT IN EVIDENCE"), "bold yellow"),
    (re.compile(r"No failure found"), "bold green"),
    (re.compile(r"\d+\. (PRIMARY|SECONDARY|TERTIARY) CAUSE|\d+\. OPEN"), "bold"),
    (re.compile(r"(WHICH CHANGE|WHAT TO DO|ALSO SEEN|ACROSS EVENTS|RUNS|IMPACT AND TARGETS|COVERAGE)"), "bold cyan"),
    (re.compile(r"   (Why|Why was it not noticed earlier)$"), "bold"),
    (re.compile(r"   Trigger: "), "magenta"),
    (re.compile(r"By class: "), "bold"),
    (re.compile(r"\s+Check: "), "yellow"),
    (re.compile(r"\s+\+ "), "green"),
    (re.compile(r"\s+- "), "red"),
    (re.compile(r"  root "), "bold red"),
    (re.compile(r"  P0 "), "bold"),
    (re.compile(r"   (?:Analytic b|B)asis|  symptom |  missing: |  background "), "dim"),
)
TAG = re.compile(r"\[(?:observed|rule|timing|open)[^\]]{0,300}\]?")
BLOCKS = " ▁▂▃▄▅▆▇█"
COLUMNS = 48
ROWS = 6


def styled(*, no_color: bool, environ: Mapping[str, str] | None = None) -> bool:
    """Whether standard output takes colours: a terminal that is not dumb, or FORCE_COLOR; NO_COLOR wins."""
    known = os.environ if environ is None else environ
    if no_color or known.get("NO_COLOR"):
        return False
    if known.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and known.get("TERM") != "dumb" and not known.get("CI")


def show(report: "Report", text: str) -> None:
    """Print `text`, the rendered report, painted, and the strip below the causes."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, force_terminal=True, color_system="standard", width=100, highlight=False)
    sections = text.split("\n\nWHICH CHANGE", 1)
    for number, section in enumerate(sections):
        body = f"WHICH CHANGE{section}" if number else section
        for line in body.split("\n"):
            painted = Text(line, style=next((style for pattern, style in STYLES if pattern.match(line)), ""))
            painted.highlight_regex(TAG, "dim")
            console.print(painted, soft_wrap=True)
        if not number:
            strip = timeline(report)
            if strip is not None:
                console.print()
                console.print(strip)
            if len(sections) > 1:
                console.print()


def timeline(report: "Report") -> object | None:
    """A table: one row of blocks for each issue that matters, by minute; None when nothing has a time."""
    from rich.table import Table
    from rich.text import Text

    from rca.safe import command

    rows = [one for one in report.issues if one.role in {"root", "contributing", "symptom"} and one.minutes]
    rows.sort(key=lambda one: (("root", "contributing", "symptom").index(one.role), -one.count, one.id))
    minutes = sorted({minute for one in rows for minute, _ in one.minutes} | _traffic(report))
    if not rows or len(minutes) < 2:
        return None
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim")
    table.add_column("when it failed", width=42, no_wrap=True)
    table.add_column(f"{minutes[0][11:16]} to {minutes[-1][11:16]} UTC", no_wrap=True)
    for one in rows[:ROWS]:
        style = "red" if one.role == "root" else "magenta"
        table.add_row(
            Text(command(one.title), overflow="ellipsis"), Text(blocks(dict(one.minutes), minutes), style=style)
        )
    return table


def blocks(counts: Mapping[str, int], minutes: list[str]) -> str:
    """One block per bin of minutes, at most COLUMNS; anything that happened is at least the lowest block."""
    step = -(-len(minutes) // COLUMNS)
    bins = [sum(counts.get(minute, 0) for minute in minutes[at : at + step]) for at in range(0, len(minutes), step)]
    top = max(bins, default=0)
    return "".join(BLOCKS[max(1, round(8 * n / top)) if n else 0] for n in bins)


def _traffic(report: "Report") -> set[str]:
    return {minute for series in report.traffic for minute, *_ in series.minutes}
