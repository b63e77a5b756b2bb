"""One run of tests told in two formats (a record and JUnit XML, a console log beside a report) is counted once."""

from collections.abc import Sequence
from pathlib import PurePath

from rca.model.case import TestCase, TestRun
from rca.model.source import Source

_FAILING = ("failed", "error")
_RANK = {"reportlog": 0, "junit": 1, "test-json": 2, "console": 3}
"""Who tells most of a test: a record has real times and captured logs, a console log names the failed ones at least."""

_SLACK_NS = 60 * 10**9
"""Suites state their start to the second, and reports are dated when they are written."""

_Told = tuple[TestRun, Source]


def once(runs: Sequence[TestRun], sources: Sequence[Source]) -> tuple[list[TestRun], list[Source]]:
    """`runs` without those that another format tells, too, and `sources` where theirs count as duplicates.

    Same run means: formats differ, counts and failures are equal, passed tests that both name are the same, and times do
    not contradict it. The fuller report stays and takes from the other what it lacks.
    """
    by_path = {source.path: source for source in sources if source.kind in _RANK}
    told = [(run, by_path[run.path]) for run in runs if run.path in by_path]
    told.sort(key=lambda one: (_RANK[one[1].kind], one[0].source))
    kept: list[_Told] = []
    formats: dict[int, set[str]] = {}  # of each kept run, by its place: two files of one format are two runs
    twice: dict[str, str] = {}
    for run, source in told:
        fits = [at for at, one in enumerate(kept) if source.kind not in formats[at] and _same(one[0], run)]
        at = min(
            fits, key=lambda at: (PurePath(kept[at][0].path).parent != PurePath(run.path).parent, at), default=None
        )
        if at is None:
            formats[len(kept)] = {source.kind}
            kept.append((run, source))
            continue
        formats[at].add(source.kind)
        kept[at] = (_completed(kept[at][0], run), kept[at][1])
        twice[source.path] = kept[at][1].path
    whole = {run.path: run for run, _ in kept}
    left = [whole.get(run.path, run) for run in runs if run.path not in twice]
    return left, [_counted(source, twice.get(source.path)) for source in sources]


def _counted(source: Source, other: str | None) -> Source:
    if other is None or source.kind not in _RANK:
        return source
    note = f"the same run as {other}: counted once"
    update = {"kept": 0, "duplicates": source.duplicates + source.kept, "notes": (*source.notes, note)}
    return source.model_copy(update=update)


def _same(one: TestRun, other: TestRun) -> bool:
    if one.counts() != other.counts() or not _near(one, other):
        return False
    mine, theirs = _outcomes(one), _outcomes(other)
    failing = {key for key, outcome in mine.items() if outcome in _FAILING}
    if failing != {key for key, outcome in theirs.items() if outcome in _FAILING}:
        return False
    both = mine.keys() & theirs.keys()
    if not all(mine[key] == theirs[key] for key in both):
        return False
    # a console log may name none of the passed tests, but those it names must be ours
    return bool(failing or both) and (len(both) == len(theirs) or len(both) == len(mine))


def _outcomes(run: TestRun) -> dict[str, str]:
    """By class and name: suites are named differently by different formats."""
    return {f"{case.classname}::{case.name}": case.outcome for case in run.cases}


def _near(one: TestRun, other: TestRun) -> bool:
    """Whether they may have run at the same time; a time without a zone contradicts nothing."""
    if one.started_ns is None or other.started_ns is None or not (one.zone_known and other.zone_known):
        return True
    first, last = sorted((one, other), key=lambda run: run.started_ns or 0)
    return (last.started_ns or 0) <= (first.ended_ns or first.started_ns or 0) + _SLACK_NS


def _completed(run: TestRun, other: TestRun) -> TestRun:
    """`run` with what only `other` knows of its tests."""
    theirs = {(case.classname, case.name): case for case in other.cases}
    cases = tuple(_filled(case, theirs.get((case.classname, case.name))) for case in run.cases)
    started, ended = run.started_ns or other.started_ns, run.ended_ns or other.ended_ns
    return run.model_copy(update={"cases": cases, "started_ns": started, "ended_ns": ended})


def _filled(case: TestCase, other: TestCase | None) -> TestCase:
    if other is None:
        return case
    lacking: dict[str, object] = {
        name: getattr(other, name)
        for name in ("message", "text", "output", "file", "line", "properties", "attempts", "urls", "traces", "ids")
        if not getattr(case, name) and getattr(other, name)
    }
    if case.start_ns is None and other.start_ns is not None:
        lacking |= {"start_ns": other.start_ns, "end_ns": other.end_ns, "timed": other.timed}
    return case.model_copy(update=lacking) if lacking else case
