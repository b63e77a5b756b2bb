"""Joins: failing tests and the log issues they were joined to, and what was logged while a test ran itself."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from rca.cause.kinds import Sign
from rca.cause.scene import Scene
from rca.cause.timing import times

_BY: dict[str, str] = {"trace": "joined", "id": "joined", "url": "url", "window": "test", "text": "quotes"}
_SLACK_NS = 50_000_000  # clocks within one machine; whole tests of a fast suite are as short as this


def joins(scene: Scene) -> Iterator[tuple[str, str, Sign]]:
    """Share of the failing cases of an issue that were joined to a log issue, by the kind of join."""
    for effect in scene.issues:
        refs = scene.tests_of(effect)
        if not refs:
            continue
        found: dict[tuple[str, str], dict[str, str]] = {}  # (cause, kind) -> case ref -> occurrence ref
        for ref in refs:
            for link in scene.linked.get(ref, ()):
                found.setdefault((link.issue, _BY.get(link.by, "test")), {}).setdefault(ref, link.occurrence)
        for (cause, kind), cases in sorted(found.items()):
            if cause != effect:
                case, occurrence = min(cases.items())
                share = len(cases) / len(refs)
                if kind == "test":
                    share *= 0.5 + 0.5 * during(scene, cause, tuple(cases))
                yield cause, effect, Sign(kind, share, (occurrence, case))


def during(scene: Scene, cause: str, cases: tuple[str, ...]) -> float:
    """Share of the cases that saw an event of the cause while they ran themselves, not only near them; 1 if unknown."""
    known = [ref for ref in cases if _timed(scene, ref)]
    return len(met(scene, cause, known)) / len(known) if known else 1.0


def met(scene: Scene, cause: str, cases: Iterable[str]) -> list[str]:
    """Those of the cases during which an event of the cause was logged; cases without times are left out."""
    clock = times(scene.issues[cause])
    found = []
    for ref in cases:
        start, end = scene.failing[ref].start_ns, scene.failing[ref].end_ns
        if start is None or end is None:
            continue
        if bisect_left(clock, start - _SLACK_NS) < bisect_right(clock, end + _SLACK_NS):
            found.append(ref)
    return found


def _timed(scene: Scene, ref: str) -> bool:
    return scene.failing[ref].start_ns is not None and scene.failing[ref].end_ns is not None
