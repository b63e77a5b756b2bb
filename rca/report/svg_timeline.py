"""The timeline as static SVG: what happened per minute under the changes that went live and the test runs."""

from collections.abc import Sequence

from markupsafe import Markup

from rca.model import Issue, Report
from rca.report.choose import ranked
from rca.report.course import timeline
from rca.report.words import change_short
from rca.safe import cut_short
from rca.when import rfc3339, to_ns

WIDTH, LEFT, RIGHT = 960, 250, 16
ROW, GAP, TOP = 34, 10, 58
MINUTE = 60_000_000_000
BINS = 240  # at most: a page of text wide
ISSUES_SHOWN = 8
RUNS_SHOWN = 20


def timeline_svg(report: Report) -> Markup:
    """One row of bars for each issue that matters and for the traffic; changes as vertical rules; test runs as bands.

    Empty when nothing has a time. Coordinates are rounded, so that the bytes are the same on every machine.
    """
    rows = [one for one in ranked(report.issues) if one.role != "background" and one.minutes][:ISSUES_SHOWN]
    times = [ns for one in rows for minute, _ in one.minutes if (ns := to_ns(minute)) is not None]
    times += [ns for run in report.runs if (ns := to_ns(str(run["started_at"]))) is not None]
    times += [ns for one in report.traffic for minute, *_ in one.minutes if (ns := to_ns(minute)) is not None]
    if not times:
        return Markup("")
    low, high = min(times), max(times) + MINUTE
    scale = _Scale(low, high)
    height = TOP + (len(rows) + len(report.traffic[:4])) * (ROW + GAP) + 40
    parts = [
        Markup('<svg class="timeline" viewBox="0 0 {} {}" role="img" aria-labelledby="tl-t tl-d">').format(
            WIDTH, height
        ),
        Markup('<title id="tl-t">Failures per minute, with changes and test runs</title>'),
        Markup('<desc id="tl-d">{}</desc>').format(_described(report, rows)),
    ]
    y = TOP
    parts.append(_runs(report, scale, height - 40))
    for series in report.traffic[:4]:
        bars = [(minute, n) for minute, n, _ in series.minutes]
        parts.append(_row(f"{series.service}: {series.unit}", bars, scale, y, "traffic"))
        y += ROW + GAP
    for one in rows:
        parts.append(_row(one.title, one.minutes, scale, y, f"role-{one.role}"))
        y += ROW + GAP
    parts += [_axis(scale, y), _changes(report, scale, y), Markup("</svg>")]
    return Markup("\n").join(parts)


class _Scale:
    """Time to x."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.bin = max(MINUTE, -(-(high - low) // BINS // MINUTE) * MINUTE)

    def x(self, ns: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (ns - self.low) / max(self.high - self.low, 1), 1)


def _row(label: str, minutes: Sequence[tuple[str, int]], scale: _Scale, y: int, css: str) -> Markup:
    bins: dict[int, int] = {}
    for minute, n in minutes:
        ns = to_ns(minute)
        if ns is not None:
            start = scale.low + (ns - scale.low) // scale.bin * scale.bin
            bins[start] = bins.get(start, 0) + n
    top = max(bins.values(), default=1)
    width = max(1.0, round(scale.x(scale.low + scale.bin) - scale.x(scale.low) - 0.6, 1))
    bars = [
        Markup('<rect x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>').format(
            scale.x(start),
            round(y + ROW * (1 - n / top), 1),
            width,
            max(1.5, round(ROW * n / top, 1)),
            rfc3339(start)[:16].replace("T", " "),
            n,
        )
        for start, n in sorted(bins.items())
    ]
    text = Markup(
        '<text class="name" x="0" y="{}">{}</text><text class="sub" x="0" y="{}">{} in all, {} at most in one bar</text>'
    ).format(y + 14, cut_short(label, 34), y + 29, sum(bins.values()), top)
    line = Markup('<line class="base" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(LEFT, WIDTH - RIGHT, y + ROW, y + ROW)
    return Markup('<g class="{}">').format(css) + text + line + Markup("").join(bars) + Markup("</g>")


def _axis(scale: _Scale, y: int) -> Markup:
    ticks = [scale.low + (scale.high - scale.low) * step // 6 for step in range(7)]
    texts = [
        Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            scale.x(ns), y + 14, "start" if n == 0 else "end" if n == len(ticks) - 1 else "middle", rfc3339(ns)[11:19]
        )
        for n, ns in enumerate(ticks)
    ]
    return Markup("").join(texts)


def _changes(report: Report, scale: _Scale, y: int) -> Markup:
    parts: list[Markup] = []
    level = 0
    for change in report.changes:
        ns = to_ns(change.live_at or change.at or "")
        if change.kind == "commit" or ns is None or not scale.low <= ns <= scale.high:
            continue
        x = scale.x(ns)
        words = f"{change.service}: {change_short(change)}" if change.service else change_short(change)
        anchor = "end" if x > WIDTH * 0.7 else "start"
        parts.append(
            Markup(
                '<g class="change"><line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>'
                '<text x="{tx}" y="{ty}" text-anchor="{anchor}">{words}</text><title>{words} {at}</title></g>'
            ).format(
                x=x,
                top=10 + 14 * level,
                bottom=y,
                tx=x + (4 if anchor == "start" else -4),
                ty=14 + 14 * level,
                anchor=anchor,
                words=cut_short(words, 60),
                at=change.live_at or change.at,
            )
        )
        level = (level + 1) % 3
    return Markup("").join(parts)


def _runs(report: Report, scale: _Scale, bottom: int) -> Markup:
    """A pale band of one bar's width where each test run began."""
    parts: list[Markup] = []
    width = max(2.0, round(scale.x(scale.low + scale.bin) - scale.x(scale.low), 1))
    for run in report.runs[:RUNS_SHOWN]:
        ns = to_ns(str(run["started_at"]))
        if ns is None:
            continue
        x = scale.x(ns)
        words = f"{run['failed']} of {run['total']} tests failed"
        anchor = "end" if x > WIDTH * 0.7 else "start"
        parts.append(
            Markup(
                '<g class="run"><rect x="{}" y="{}" width="{}" height="{}"/><text x="{}" y="{}" text-anchor="{}">{}</text>'
                "<title>test run {} {}</title></g>"
            ).format(
                x,
                TOP - 4,
                min(width, WIDTH - RIGHT - x),
                bottom - TOP + 4,
                x,
                bottom + 28,
                anchor,
                words,
                run["started_at"],
                words,
            )
        )
    return Markup("").join(parts)


def _described(report: Report, rows: Sequence[Issue]) -> str:
    said = [f"{row.at} {row.what}" for row in timeline(report)[:12]]
    return f"{len(rows)} issues over time. " + "; ".join(said)
