"""The timeline as static SVG: what happened per minute under the changes that went live and the test runs."""

from collections.abc import Sequence

from markupsafe import Markup

from rca.model import Change, Issue, Report
from rca.report.choose import ranked
from rca.report.course import timeline
from rca.report.svg_scale import Scale, axis, bins
from rca.report.words import change_short, plural
from rca.safe import cut_short
from rca.when import rfc3339, span, to_ns

ROW, BAR, TEXT = 46, 20, 17  # pixels: one row, its bars, the line of text above them
LANE = 16
ISSUES_SHOWN, TRAFFIC_SHOWN, CHANGES_SHOWN, RUNS_SHOWN = 7, 3, 8, 20
NAME = 50  # characters that fit the width of a phone beside a count
WORDS = 30  # characters that fit half of it
SAID = 34.0  # percent of a phone's width that the words of a run take
NARROW = 0.5  # percent: the least width of a bar
# Colours for hosts that strip styles, as Jenkins does; where the style sheet holds, its colours replace them
PLAIN = {"traffic": "#9db7d5", "role-root": "#b4231b", "role-contributing": "#955100", "role-symptom": "#6639ba"}


def timeline_svg(report: Report) -> Markup:
    """One row of bars for each issue that matters and for the traffic; changes as vertical rules; test runs as bands.

    Empty when nothing has a time. Places are percents of the width, so that it is as readable on a phone as on paper.
    """
    rows = [one for one in ranked(report.issues) if one.role != "background" and one.minutes][:ISSUES_SHOWN]
    scale = Scale.over(_times(report, rows))
    if scale is None:
        return Markup("")
    changes, until = _changes_on(report, scale), to_ns(report.window.until or "")
    lanes = len(changes) * LANE + 4
    words, deep = _run_words(report, scale, lanes)
    top = lanes + deep * LANE
    rows_drawn: list[tuple[Markup, Markup]] = []
    y = top + 6
    for series in report.traffic[:TRAFFIC_SHOWN]:
        counts = [(minute, n) for minute, n, _ in series.minutes]
        rows_drawn.append(_row(f"{series.service}: {series.unit}", counts, scale, y, "traffic", (None, until)))
        y += ROW
    for one in rows:
        ends = (to_ns(one.first_at or ""), to_ns(one.last_at or ""))
        rows_drawn.append(_row(one.title, one.minutes, scale, y, f"role-{one.role}", ends))
        y += ROW
    return Markup("\n").join(
        [
            Markup(
                '<svg class="timeline" width="100%" height="{}" role="img" aria-labelledby="tl-t tl-d">'
                '<title id="tl-t">Failures per minute, with changes and test runs</title><desc id="tl-d">{}</desc>'
            ).format(y + 38, _described(report, rows)),
            axis(scale, top, y),
            _bands(report, scale, lanes, y),
            *(drawn for drawn, _ in rows_drawn),
            *(_change(one, scale, number, y, report) for number, one in enumerate(changes)),
            *(head for _, head in rows_drawn),
            words,
            Markup('<text class="sub" x="0" y="{}">{}</text></svg>').format(
                y + 32, f"UTC, {rfc3339(scale.low)[:10]}; one bar is {span(scale.step / 1e9)}; each row has its scale"
            ),
        ]
    )


def _times(report: Report, rows: Sequence[Issue]) -> list[int]:
    known = [minute for one in rows for minute, _ in one.minutes]
    known += [str(run["started_at"]) for run in report.runs]
    known += [minute for one in report.traffic for minute, *_ in one.minutes]
    return [ns for text in known if (ns := to_ns(text)) is not None]


def _row(
    name: str, minutes: Sequence[tuple[str, int]], scale: Scale, y: int, css: str, ends: tuple[int | None, int | None]
) -> tuple[Markup, Markup]:
    """Bars; name and total, which stand above the rules of the changes. A bar begins no earlier than the first occurrence and ends no later than the last."""
    counts = bins(minutes, scale)
    most = max(counts.values(), default=1)
    first, last = ends
    bars: list[Markup] = []
    for start, n in counts.items():
        left, right = max(start, first or start), min(start + scale.step, last or scale.high)
        low = min(scale.at(left), 100 - NARROW)
        height = max(1.5, round(BAR * n / most, 1))
        bars.append(
            Markup('<rect x="{}%" y="{}" width="{}%" height="{}"><title>{}: {}</title></rect>').format(
                low,
                round(y + TEXT + BAR - height, 1),
                round(max(NARROW, scale.at(right) - low - 0.1), 2),
                height,
                rfc3339(start)[:16].replace("T", " "),
                n,
            )
        )
    head = Markup(
        '<text class="name" x="0" y="{y}">{name}<title>{whole}</title></text>'
        '<text class="sub total" x="100%" y="{y}" text-anchor="end">{total}×</text>'
        '<line class="base" stroke="#ccc" x1="0" x2="100%" y1="{base}" y2="{base}"/>'
    ).format(y=y + 12, name=cut_short(name, NAME), whole=name, total=sum(counts.values()), base=y + TEXT + BAR)
    return Markup('<g class="{}" fill="{}">').format(css, PLAIN.get(css, "#777")) + Markup("").join(bars) + Markup(
        "</g>"
    ), head


def _changes_on(report: Report, scale: Scale) -> list[Change]:
    """Changes on the drawing in time order, as far as there is room, triggers first; a deploy's own switch of traffic is part of it."""
    triggers = {cause.trigger for cause in report.causes}
    found = [
        one
        for one in report.changes
        if one.kind != "commit" and not one.part_of and scale.holds(to_ns(_live(one)) or -1)
    ]
    kept = sorted(found, key=lambda one: (one.id not in triggers, _live(one), one.id))[:CHANGES_SHOWN]
    return sorted(kept, key=lambda one: (_live(one), one.id))


def _tail(words: str) -> str:
    """`deploy …staging-00705-znb`: what tells one revision from the next stands at its end."""
    kind, _, name = words.partition(" ")
    room = WORDS - len(kind) - 2
    return words if len(words) <= WORDS else f"{cut_short(kind, WORDS)} …{name[-room:]}" if room > 0 else kind


def _live(change: Change) -> str:
    return change.live_at or change.at or ""


def _change(change: Change, scale: Scale, lane: int, bottom: int, report: Report) -> Markup:
    """A rule from its own line of text down through all rows; that of a trigger is solid."""
    x = scale.at(to_ns(_live(change)) or 0)
    right = x > 50
    words = _tail(change_short(change))
    whole = f"{change.service}: {change_short(change)}" if change.service else change_short(change)
    trigger = any(cause.trigger == change.id for cause in report.causes)
    return Markup(
        '<g class="change{css}"><line stroke="#369" x1="{x}%" x2="{x}%" y1="{top}" y2="{bottom}"/>'
        '<text x="{x}%" dx="{dx}" y="{ty}" text-anchor="{anchor}">{words}</text><title>{whole}, {at}</title></g>'
    ).format(
        css=" trigger" if trigger else "",
        x=x,
        top=lane * LANE + 4,
        bottom=bottom,
        dx=-5 if right else 5,
        ty=lane * LANE + 14,
        anchor="end" if right else "start",
        words=words,
        whole=whole,
        at=_live(change),
    )


def _spans(report: Report, scale: Scale) -> list[tuple[float, float, str, bool]]:
    """(begin, end, words, whether a test failed) of the runs on the drawing."""
    found: list[tuple[float, float, str, bool]] = []
    for run in report.runs[:RUNS_SHOWN]:
        start = to_ns(str(run["started_at"]))
        if start is None or not scale.holds(start):
            continue
        end = to_ns(str(run.get("ended_at", ""))) or start
        failed, total = int(run["failed"]), int(run["total"])
        words = f"{failed} of {plural(total, 'test')} failed" if failed else f"{plural(total, 'test')}, none failed"
        left = min(scale.at(start), 100 - NARROW)
        found.append((left, max(scale.at(end), left + NARROW), words, failed > 0))
    return found


def _bands(report: Report, scale: Scale, top: int, bottom: int) -> Markup:
    """A pale band through all rows for as long as each run took."""
    bands = [
        Markup(
            '<rect class="run" fill="#888" fill-opacity=".2" x="{}%" y="{}" width="{}%" height="{}"><title>test run: {}</title></rect>'
        ).format(left, top, round(right - left, 2), bottom - top, words)
        for left, right, words, _ in _spans(report, scale)
    ]
    return Markup("").join(bands)


def _run_words(report: Report, scale: Scale, top: int) -> tuple[Markup, int]:
    """What came of each run, in as many lines as keep the words apart, at most three; and the number of lines."""
    lines: list[float] = []  # where the last words of each line end, in percent
    parts: list[Markup] = []
    for left, right, words, failed in _spans(report, scale):
        ends = left > 50
        begin, end = (right - SAID, right) if ends else (left, left + SAID)
        line = next((n for n, taken in enumerate(lines) if taken <= begin), len(lines))
        if line == 3:
            continue
        lines[line:] = [end, *lines[line + 1 :]]
        parts.append(
            Markup('<text class="{}" x="{}%" y="{}" text-anchor="{}">{}</text>').format(
                "ran bad" if failed else "ran good",
                round(right if ends else left, 2),
                top + line * LANE + 12,
                "end" if ends else "start",
                words,
            )
        )
    return Markup("").join(parts), len(lines)


def _described(report: Report, rows: Sequence[Issue]) -> str:
    said = [f"{row.at} {row.what}" for row in timeline(report)[:12]]
    return f"{len(rows)} issues over time. " + "; ".join(said)
