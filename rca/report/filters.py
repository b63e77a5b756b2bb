"""What templates may say: numbers as words, places, and the escapes of each target."""

import hashlib
import textwrap
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from rca import safe
from rca.model import Change, Count, Frame, Issue, Ratio, Report

NODES = 50
COLUMNS = 100
ROLES = ("root", "contributing", "symptom", "background")


def pct(p: float) -> str:
    """A probability or share in whole percent; what is not zero is never shown as zero."""
    return "< 1 %" if 0 < p < 0.005 else f"{100 * p:.0f} %"  # half a percent rounds to zero


def at(instant: str | None) -> str:
    """An instant to the second: tables are read, the JSON has the rest."""
    return instant[:19].replace("T", " ") if instant else "?"


def place(frame: Frame) -> str:
    """`file:line function`."""
    return " ".join(
        part for part in (f"{frame.file}:{frame.line}" if frame.line else frame.file, frame.function) if part
    )


def gap(seconds: float | None) -> str:
    """Seconds between the change and the first failure, with its sign."""
    from rca.when import span

    if seconds is None:
        return "?"
    return f"{span(seconds)} after" if seconds >= 0 else f"{span(-seconds)} before"


def count(value: Count) -> str:
    """`3 of 240 requests`."""
    return f"{value.count} of {value.exposure:g} {value.unit}"


def ratio(value: Ratio) -> str:
    """Estimate and interval, as far as they exist."""
    if value.estimate is None:
        return "at least " + f"{value.low:.2g}" if value.low is not None else "not computable"
    high = f"{value.high:.2g}" if value.high is not None else "∞"
    return f"{value.estimate:.2g} ({value.low or 0:.2g} to {high})"


def refs(found: Sequence[str]) -> str:
    """Refs as inline code, comma-separated."""
    return ", ".join(safe.code(ref) for ref in found)


def anchor(ref: str) -> str:
    """An element id for a ref: letters, digits and dashes, unique by a hash of the ref."""
    return f"e-{hashlib.blake2b(ref.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def by_id(found: Iterable[Any]) -> dict[str, Any]:
    """Issues or changes by id."""
    return {one.id: one for one in found}


def ranked(issues: Iterable[Issue]) -> list[Issue]:
    """Roots first, background last; within a role the most frequent first."""
    return sorted(issues, key=lambda one: (ROLES.index(one.role), -one.count, one.id))


def suspected(report: Report) -> list[str]:
    """Issues whose suspects are worth a table: the causes', else the failing ones', capped."""
    causes = [cause.issue for cause in report.causes if cause.issue]
    others = [one.id for one in ranked(report.issues) if one.role in {"root", "contributing"}]
    return list(dict.fromkeys([*causes, *others]))[:6]


def timeline(report: Report) -> list[dict[str, str]]:
    """Changes, first failures, test runs, in time order."""
    rows = [
        {"at": change.live_at or change.at or "", "what": change.title or change.id, "source": change.source}
        for change in report.changes
        if change.kind != "commit" and (change.live_at or change.at)
    ]
    rows += [
        {"at": one.first_at, "what": f"first occurrence: {one.title}", "source": one.exemplar or ""}
        for one in report.issues
        if one.first_at and one.role in {"root", "contributing", "symptom"}
    ]
    rows += [
        {
            "at": str(run["started_at"]),
            "what": f"test run: {run['total']} tests, {run['failed']} failed",
            "source": str(run["path"]),
        }
        for run in report.runs
        if run["started_at"]
    ]
    return sorted(rows, key=lambda row: (row["at"], row["what"]))[:80]


def cited(report: Report) -> list[str]:
    """Refs that the causes, whys and suspects cite, in order of citation, as far as they resolve."""
    found: list[str] = []
    for cause in report.causes:
        found += cause.evidence
        for why in cause.whys:
            found += why.evidence
    for suspect in report.suspects:
        for reason in (*suspect.for_, *suspect.against):
            found += reason.evidence
    found += [one.exemplar for one in ranked(report.issues) if one.exemplar and one.role != "background"]
    return [ref for ref in dict.fromkeys(found) if ref in report.evidence]


def nodes(report: Report) -> list[tuple[str, str]]:
    """Nodes of the kept graph with short names (n0, n1 …) and titles, capped: Mermaid is for a glance."""
    titles = {one.id: one.title for one in report.issues}
    kept = [name for edge in report.graph if edge.kept for name in (edge.cause, edge.effect)]
    return [(f"n{n}", titles.get(name, name)) for n, name in enumerate(list(dict.fromkeys(kept))[:NODES])]


def arrows(report: Report) -> list[tuple[str, str]]:
    """Kept edges between those nodes."""
    kept = [edge for edge in report.graph if edge.kept]
    names = [name for edge in kept for name in (edge.cause, edge.effect)]
    short = {name: f"n{n}" for n, name in enumerate(list(dict.fromkeys(names))[:NODES])}
    return [(short[edge.cause], short[edge.effect]) for edge in kept if edge.cause in short and edge.effect in short]


def change_title(change_id: str, changes: dict[str, Change]) -> str:
    """What a change is called, or its id."""
    change = changes.get(change_id)
    return change.title or change.id if change else change_id


def wrap(text: str, indent: int, first: int = 0) -> str:
    """`text` folded at 100 columns: the first line indented by `first`, the others by `indent`."""
    return textwrap.fill(
        " ".join(text.split()),
        COLUMNS,
        initial_indent=" " * first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def source_rows(report: Report) -> list[str]:
    """One line per input, columns aligned, notes below."""
    rows = [("read", "kept", "dup", "skipped", "input")]
    rows += [
        (str(one.read), str(one.kept), str(one.duplicates), str(one.skipped), f"{one.path} ({one.kind})")
        for one in report.coverage.sources
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    out = [lines[0]]
    for line, source in zip(lines[1:], report.coverage.sources, strict=True):
        out.append(line)
        out += [f"    skipped {n}: {reason}" for reason, n in source.skipped_reasons.items()]
        out += [f"    {note}" for note in source.notes]
    return out


FILTERS: dict[str, Callable[..., Any]] = {
    "pct": pct,
    "at": at,
    "place": place,
    "gap": gap,
    "count": count,
    "ratio": ratio,
    "refs": refs,
    "anchor": anchor,
    "change_title": change_title,
    "source_rows": source_rows,
    "wrap": wrap,
    "arrows": arrows,
    "nodes": nodes,
    "by_id": by_id,
    "ranked": ranked,
    "suspected": suspected,
    "timeline": timeline,
    "cited": cited,
    "md": safe.markdown,
    "cell": safe.cell,
    "code": safe.code,
    "fence": safe.fence,
    "short": safe.cut_short,
    "html": escape,
    "mermaid": safe.mermaid,
}
