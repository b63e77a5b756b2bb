"""Which routes an issue happened on: a service may be busy while the one path that fails was never taken before."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.correlate.exposure import SECOND, Curve, Piece, curve
from rca.model import Occurrence, Occurring
from rca.model.frames import MINUTE_NS

NEAR_NS = SECOND  # an error and the failed answer of the same service within a second belong to one request
LOOKED = 60  # occurrences of an issue that decide its routes
PLACED = 0.8  # of them must have a route, else the whole service is what could have failed
BROKEN = 500  # a refusal (4xx) beside an error is mostly another request
FEWEST = 3  # requests on these routes in the whole window


@dataclass(frozen=True, slots=True)
class Routes:
    """Requests per service and route, and the failed answers by trace and by time."""

    counts: Mapping[tuple[str, str], tuple[Piece, ...]]
    by_trace: Mapping[tuple[str, str], str]
    by_time: Mapping[str, tuple[tuple[int, str], ...]]

    def of(self, issue: Occurring) -> frozenset[tuple[str, str]]:
        """(service, route) pairs on which it happened; empty when that cannot be told for most of its occurrences."""
        own = _answered(issue)
        looked = [one for one in issue.occurrences if one.service and one.test is None][:LOOKED]
        found = [(one.service or "", route) for one in looked if (route := own or self._route(one))]
        return frozenset(found) if looked and len(found) >= PLACED * len(looked) else frozenset()

    def _route(self, one: Occurrence) -> str | None:
        service = one.service or ""
        if one.trace and (route := self.by_trace.get((one.trace, service))):
            return route
        answers = self.by_time.get(service, ())
        if one.at is None or not answers:
            return None
        i = bisect_left(answers, (one.at, ""))
        near = min(answers[max(0, i - 1) : i + 1], key=lambda answer: abs(answer[0] - (one.at or 0)))
        return near[1] if abs(near[0] - one.at) <= NEAR_NS else None

    def exposed(self, pairs: frozenset[tuple[str, str]]) -> Curve | None:
        """Requests on these routes, or None when there are too few to speak of."""
        pieces = [piece for pair in sorted(pairs) for piece in self.counts.get(pair, ())]
        built = curve(pieces)
        return built if built.total >= FEWEST else None


def _answered(issue: Occurring) -> str | None:
    """The route of an issue that is itself a failed answer: its template is `HTTP <status> <method> <route>`."""
    return issue.issue.template.split(" ", 2)[2] if _status(issue) else None


def _status(issue: Occurring) -> int:
    parts = issue.issue.template.split(" ", 2)
    return int(parts[1]) if len(parts) == 3 and parts[0] == "HTTP" and parts[1].isdigit() else 0


def routes_of(frame: pl.DataFrame | None, issues: Sequence[Occurring]) -> Routes:
    """ROUTES frame and the failed answers among the issues."""
    counts: dict[tuple[str, str], list[Piece]] = defaultdict(list)
    if frame is not None:
        rows = frame.group_by("service", "route", "minute").agg(pl.col("count").sum())
        for service, route, minute, count in rows.drop_nulls().sort("service", "route", "minute").iter_rows():
            counts[service, route].append((minute, minute + MINUTE_NS, float(count)))
    by_trace: dict[tuple[str, str], str] = {}
    by_time: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for issue in issues if counts else ():
        route = _answered(issue) if _status(issue) >= BROKEN else None
        for one in issue.occurrences if route else ():
            if one.trace:
                key = (one.trace, one.service or "")
                by_trace[key] = min(route or "", by_trace.get(key, route or ""))  # whatever the order of the issues
            if one.at is not None:
                by_time[one.service or ""].append((one.at, route or ""))
    return Routes(
        {pair: tuple(pieces) for pair, pieces in counts.items()},
        by_trace,
        {service: tuple(sorted(answers)) for service, answers in by_time.items()},
    )


def named(pairs: frozenset[tuple[str, str]]) -> str:
    """At most two routes in words."""
    routes = sorted({route for _, route in pairs})
    return " and ".join(routes) if len(routes) <= 2 else f"{len(routes)} routes"
