"""Each known issue before and after a change: fixed, not fixed, improved, no recurrence yet, or inconclusive. Pure.

Words never exceed the evidence: without an exercised path nothing is fixed, and neither is a place that now fails otherwise.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Change, Count, FixVerdict, Known, Link, Occurrence, Occurring, TestRun
from rca.verify.exposure import Exposed, Record, Tested, served, tested
from rca.verify.odds import Odds, Side, thin
from rca.verify.odds import served as served_odds
from rca.verify.odds import tested as tested_odds
from rca.when import to_ns

DRAIN_NS = 90_000_000_000  # the old revision may fail so long after the switch (correlation notes, 1.2)
SHARED = 0.5  # of the tests: two issues with so many in common are one place failing in two ways


@dataclass(frozen=True, slots=True)
class _Case:
    """One issue under judgement: what these inputs show of it, and what the memory knows."""

    one: Occurring | None
    known: Known | None
    tests: frozenset[str]  # its own, or those that failed with it
    early: tuple[Occurrence, ...]
    late: tuple[Occurrence, ...]

    @property
    def id(self) -> str:
        return self.one.issue.id if self.one else self.known.fingerprint if self.known else ""

    @property
    def title(self) -> str:
        return self.one.issue.title if self.one else self.known.title if self.known else ""

    @property
    def from_tests(self) -> bool:
        """Seen in test reports only: its executions are what could have failed."""
        return not self.one.issue.services if self.one else bool(self.known and not self.known.services)


def judge(
    issues: Sequence[Occurring],
    *,
    fix: Change,
    traffic: pl.DataFrame,
    routes: pl.DataFrame,
    runs: Sequence[TestRun],
    first_ns: int,
    last_ns: int,
    known: Mapping[str, Known] | None = None,
    background: Collection[str] = (),
    links: Sequence[Link] = (),
) -> tuple[FixVerdict, ...]:
    """A verdict for every issue that failed before `fix` went live, in these inputs or in the memory, by issue id.

    `background`: issues that explain no failure; warnings of every boot and refusals that a test provokes are not judged.
    `links`: tests that failed with an entry of the logs; unless one of them ran again, nothing exercised its path.
    """
    at = to_ns(fix.live_at or fix.at or "")
    if at is None:
        return ()
    record = Record(at, first_ns, last_ns, traffic, routes, tuple(runs))
    joined: dict[str, set[str]] = {}
    for each in links:
        joined.setdefault(each.issue, set()).add(each.test)
    kept = [one for one in issues if one.failing and one.issue.id not in background]
    memory = {**(known or {})}
    cases = [_case(one, _remembered(one, memory), fix, at, joined) for one in kept]
    met = {case.known.fingerprint for case in cases if case.known} | {one.issue.id for one in issues}
    cases += [
        _Case(None, each, frozenset(each.tests), (), ())
        for name, each in memory.items()
        if name not in met and _related(each, record)
    ]
    judged = [case for case in cases if case.early or case.known]
    return tuple(_verdict(case, cases, fix, record) for case in sorted(judged, key=lambda case: case.id))


def _remembered(one: Occurring, memory: Mapping[str, Known]) -> Known | None:
    return next((memory[name] for name in (one.issue.id, one.signature.id, *one.members) if name in memory), None)


def _related(known: Known, record: Record) -> bool:
    """Whether these inputs are of the same system: one memory serves many projects."""
    served_here = set(record.traffic["service"].drop_nulls()) & set(known.services)
    return bool(served_here) or any(case.id in known.tests for run in record.runs for case in run.cases)


def _case(one: Occurring, known: Known | None, fix: Change, at: int, joined: Mapping[str, set[str]]) -> _Case:
    early = tuple(seen for seen in one.occurrences if seen.at is not None and _before(seen, fix, at))
    late = tuple(seen for seen in one.occurrences if seen.at is not None and not _before(seen, fix, at))
    tests = frozenset(one.issue.tests) or frozenset(joined.get(one.issue.id, ()))
    return _Case(one, known, tests | frozenset(known.tests if known and not tests else ()), early, late)


def _before(seen: Occurrence, fix: Change, at: int) -> bool:
    """Before the change, or on the revision it replaced while that drained."""
    assert seen.at is not None
    old = fix.revision and seen.revision and seen.revision != fix.revision and seen.service == fix.service
    return seen.at < at or bool(old and seen.at < at + DRAIN_NS)


def _verdict(case: _Case, every: Sequence[_Case], fix: Change, record: Record) -> FixVerdict:
    refs = frozenset(seen.ref for seen in (*case.early, *case.late)) if case.from_tests else None
    ran = tested(record, case.tests, refs)
    amounts = served(case.one, case.known, record)
    odds, exposed = _by_tests(case, ran) if case.from_tests else _by_service(case, ran, amounts, record)
    other = _otherwise(case, every)
    if other is not None and not case.late and odds.verdict != "not_fixed":
        odds = Odds(
            "not_fixed", None, "another repair", (*odds.reasons, f"the same place fails in another way since: {other}")
        )
    remembered = case.known.failures if case.known else 0
    return FixVerdict(
        issue=case.id,
        title=case.title,
        verdict=odds.verdict,
        p=odds.p,
        needs=odds.needs,
        before=Count(count=len(case.early) + remembered, exposure=round(exposed.before, 1), unit=exposed.unit),
        after=Count(count=len(case.late), exposure=round(exposed.after, 1), unit=exposed.unit),
        anchor=fix.id,
        reasons=(
            *odds.reasons,
            *((f"with what earlier runs saw: {remembered} of the failures before",) if remembered else ()),
        ),
    )


def _by_tests(case: _Case, ran: tuple[Tested, Tested]) -> tuple[Odds, Exposed]:
    known = case.known
    red, runs = (known.red, known.exposure.get("runs", 0.0)) if known else (0, 0.0)
    executed = known.exposure.get("tests", 0.0) if known else 0.0
    before, after = ran
    exposed = Exposed(before.executed + executed, float(after.executed), "tests", "tests")
    if not after.runs:
        return _not_exercised(case), exposed
    sides = (
        Side(before.failed + red, max(before.red + red, 1), max(before.runs + runs, before.red + red, 1)),
        Side(after.failed, after.red, float(after.runs)),
    )
    return tested_odds(*sides), exposed


def _by_service(case: _Case, ran: tuple[Tested, Tested], amounts: Exposed, record: Record) -> tuple[Odds, Exposed]:
    early, late = len(case.early), len(case.late)
    if not late and (amounts.after <= 0 or (case.tests and not ran[1].runs)):
        return _not_exercised(case), amounts
    if amounts.before <= 0 or amounts.after <= 0:
        return Odds(
            "inconclusive",
            None,
            f"a record of {amounts.what} from both sides of the change",
            ("nothing to compare with",),
        ), amounts
    told = case.known.failures if case.known else 0
    before = Side(early + told, max(thin(_times(case.early)) + told, 1), amounts.before)
    after = Side(late, thin(_times(case.late)), amounts.after, (record.last - record.at) / 1e9)
    return served_odds(before, after, amounts.unit, amounts.what), amounts


def _not_exercised(case: _Case) -> Odds:
    names = sorted(case.tests)
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    needs = f"run {names[0]}{more} again" if names else "requests on its path"
    return Odds(
        "inconclusive",
        None,
        f"{needs}: nothing exercised its path after the change",
        ("not exercised after the change",),
    )


def _times(seen: Sequence[Occurrence]) -> list[int]:
    return [one.at for one in seen if one.at is not None]


def _otherwise(case: _Case, every: Sequence[_Case]) -> str | None:
    """Title of an issue that came up after the change where this one was: the same own frame, or most of its tests."""
    if case.one is None:
        return None
    place = case.one.issue.location
    for other in every:
        if other.one is None or other.id == case.id or other.early or other.known or not other.late:
            continue
        there = other.one.issue.location
        if place and there and place.own and (place.file, place.function) == (there.file, there.function):
            return other.title
        both = case.tests | other.tests
        if both and len(case.tests & other.tests) >= SHARED * len(both):
            return other.title
    return None
