"""Join failing tests to log occurrences: ids first, then URL within the run, then like text, then time.

Tiers and thresholds: correlation notes, section 2 (658 failing cases: ids precision 1.00, URL in run .94, window .75).
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from rca.model import Link, Links, Occurrence, Occurring, TestCase, TestRun

SECOND = 1_000_000_000
EARLY_S = 2.0  # log clocks may run ahead
LATE_S = 35.0  # a server may time out after its client did
ALIKE = 75.0  # partial_ratio: recall .70 with .006 false
ALIKE_LETTERS = 12
LINKS_PER_CASE = 200
FAILING = ("failed", "error")


@dataclass(frozen=True, slots=True)
class _Span:
    case: TestCase
    start: int
    end: int


def link(runs: Sequence[TestRun], issues: Sequence[Occurring]) -> Links:
    """All joins, best tier first within a case; skew estimated from the cases joined by id."""
    logs = [(one.issue.id, seen) for one in issues for seen in one.occurrences if seen.test is None]
    logs.sort(key=lambda pair: (pair[1].at is None, pair[1].at or 0, pair[1].ref))
    spans = [span for run in runs for span in _spans(run)]
    exact = {span.case.ref: list(_exact(span, logs)) for span in spans}
    skew = _skew(spans, exact, dict(_times(logs)))
    found: list[Link] = []
    joined = 0
    for span in spans:
        near = list(_window(span, logs, skew or 0.0))
        links = _merge(
            exact[span.case.ref], _by_url(span, near), _by_text(span, near), _by_time(span, near, skew or 0.0)
        )
        joined += any(one.by != "window" for one in links)
        found += links[:LINKS_PER_CASE]
    return Links(tuple(found), skew, joined / len(spans) if spans and logs else None)


def _spans(run: TestRun) -> Iterator[_Span]:
    for case in run.cases:
        if case.outcome in FAILING:
            start = case.start_ns or run.started_ns or 0
            end = case.end_ns or (run.ended_ns if run.ended_ns and not case.start_ns else None)
            yield _Span(case, start, end or start + round((case.duration_s or 0.0) * SECOND))


def _times(logs: Sequence[tuple[str, Occurrence]]) -> Iterator[tuple[str, int]]:
    return ((seen.ref, seen.at) for _, seen in logs if seen.at is not None)


def _exact(span: _Span, logs: Sequence[tuple[str, Occurrence]]) -> Iterator[Link]:
    traces, ids = set(span.case.traces), tuple(one for one in span.case.ids if len(one) >= 8)
    if not traces and not ids:
        return
    for issue, seen in logs:
        if seen.trace and seen.trace in traces:
            yield _made(span, issue, seen, "trace")
        elif any(one in seen.text for one in ids):
            yield _made(span, issue, seen, "id")


def _made(span: _Span, issue: str, seen: Occurrence, by: str) -> Link:
    return Link(span.case.id, span.case.ref, issue, seen.ref, by)


def _skew(spans: Sequence[_Span], exact: dict[str, list[Link]], times: dict[str, int]) -> float | None:
    """Median of log time minus the middle of the case, over cases joined by id and with a known span."""
    apart = [
        (times[one.occurrence] - (span.start + span.end) / 2) / SECOND
        for span in spans
        if span.start
        for one in exact[span.case.ref]
        if one.occurrence in times
    ]
    return round(statistics.median(apart), 3) if len(apart) >= 3 else None


def _window(span: _Span, logs: Sequence[tuple[str, Occurrence]], skew: float) -> Iterator[tuple[str, Occurrence]]:
    if not span.start:
        return
    low = span.start + (skew - EARLY_S) * SECOND
    high = span.end + (skew + LATE_S) * SECOND
    for issue, seen in logs:
        if seen.at is not None and low <= seen.at <= high:
            yield issue, seen


def _by_url(span: _Span, near: Sequence[tuple[str, Occurrence]]) -> Iterator[Link]:
    paths = {_path(url) for url in span.case.urls} - {"", "/"}
    for issue, seen in near:
        if seen.url and _path(seen.url) in paths:
            yield _made(span, issue, seen, "url")


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.rstrip("/")
    except ValueError:
        return ""


def _by_text(span: _Span, near: Sequence[tuple[str, Occurrence]]) -> Iterator[Link]:
    text = f"{span.case.message}\n{span.case.text}".lower()[:4000]
    if not text.strip():
        return
    best: dict[str, tuple[float, Occurrence]] = {}
    for issue, seen in near:
        last = seen.text.strip().rsplit("\n", 1)[-1].lower()[:400]
        if sum(letter.isalpha() for letter in last) < ALIKE_LETTERS:
            continue
        ratio = fuzz.partial_ratio(last, text)
        if ratio >= ALIKE and ratio > best.get(issue, (0.0, seen))[0]:
            best[issue] = (ratio, seen)
    for issue in sorted(best):
        yield _made(span, issue, best[issue][1], "text")


def _by_time(span: _Span, near: Sequence[tuple[str, Occurrence]], skew: float) -> Iterator[Link]:
    high = span.end + (skew + EARLY_S) * SECOND
    for issue, seen in near:
        if seen.at is not None and seen.at <= high:
            yield _made(span, issue, seen, "window")


def _merge(*tiers: Iterator[Link] | list[Link]) -> list[Link]:
    """Each occurrence once, under the strongest tier that found it."""
    found: dict[str, Link] = {}
    for tier in tiers:
        for one in tier:
            found.setdefault(one.occurrence, one)
    return list(found.values())
