"""Served: how the requests on record were answered while a test ran; a sign where all of what it speaks to failed."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import polars as pl

from rca.model import Digest, TestCase, TestRun
from rca.model.frames import MINUTE_NS

ENOUGH = 5  # requests; fewer may all be one client's retries
ALL = 0.95  # "for everyone", with room for a minute in which it began
SERVER_ERROR = 500
COMMON = frozenset({"api", "app", "backend", "dev", "frontend", "prod", "server", "service", "staging", "svc", "web"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[a-z][a-z0-9]*")


class Served:
    """Requests and 5xx among them, by service, route and minute."""

    def __init__(self, digest: Digest | None = None) -> None:
        self._services: dict[str, list[tuple[int, int, int]]] = {}
        self._routes: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        if digest is None:
            return
        traffic = digest.traffic.drop_nulls(["service", "minute"]).select("service", "minute", "requests", "failed")
        for service, minute, count, failed in traffic.iter_rows():
            self._services.setdefault(service, []).append((minute, count, failed))
        failed_here = pl.when(pl.col("status") >= SERVER_ERROR).then("count").otherwise(0)
        routes = digest.routes.drop_nulls(["service", "route", "minute"])
        for service, route, minute, count, failed in routes.select(
            "service", "route", "minute", "count", failed_here.alias("failed")
        ).iter_rows():
            self._routes.setdefault((service, route), []).append((minute, count, failed))

    def refused(self, run: TestRun, case: TestCase) -> str | None:
        """The sign, in words: all requests to what the test speaks to failed while it ran, and it passed."""
        start, end = case.start_ns or run.started_ns, case.end_ns or run.ended_ns
        if start is None or case.outcome != "passed":
            return None
        low, high = start // MINUTE_NS * MINUTE_NS, end or start
        for name, rows in self._spoken_to(case):
            inside = [(count, failed) for minute, count, failed in rows if low <= minute <= high]
            total, failed = sum(count for count, _ in inside), sum(bad for _, bad in inside)
            if total >= ENOUGH and failed >= ALL * total:
                return f"{failed} of the {total} requests to {name} on record in its minutes failed with 5xx, and it passed"
        return None

    def _spoken_to(self, case: TestCase) -> Iterator[tuple[str, list[tuple[int, int, int]]]]:
        """The routes of the addresses it called; without any, the services that its own name names."""
        if case.urls:
            for url in case.urls:
                for (service, route), rows in sorted(self._routes.items()):
                    if _fits(url, route):
                        yield f"{route} of {service}", rows
            return
        words = set(_WORD.findall(_CAMEL.sub("_", " ".join((case.name, case.classname, case.file or ""))).lower()))
        for service, rows in sorted(self._services.items()):
            named = set(_WORD.findall(service.lower())) - COMMON
            if named and named <= words:
                yield service, rows


def _fits(url: str, route: str) -> bool:
    """Whether the path of an address is that of a route, whose masked segments fit anything."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return False
    own, wanted = path.strip("/").split("/"), route.partition(" ")[2].strip("/").split("/")
    return len(own) == len(wanted) and all("<*>" in b or a == b for a, b in zip(own, wanted, strict=True))
