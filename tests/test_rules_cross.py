"""Rules over several events: each kind, where it holds and where it nearly does."""

from typing import Any

import pytest

from rca import rules, signatures
from rca.errors import RuleUnusableError
from rca.model import CrossFinding, Rule, RuleSet
from rca.rules.table import table

START = {"at": 10, "message": "failed once"}
Event = dict[str, Any]


def found(cross: Event, *events: Event, by: tuple[str, ...] = ("rule",)) -> tuple[CrossFinding, ...]:
    made = Rule.model_validate(
        {"id": "a.b", "title": "{service} {count} {span}", "cross": cross, "group": {"by": by}, "role": "symptom"}
    )
    sample = table(events, "test")
    digest = signatures.tally(sample.entries)
    return rules.cross(
        digest.events,
        digest.traffic,
        digest.routes,
        sample.runs,
        sample.changes,
        RuleSet(rules=(made,)),
        shapes=digest.shapes,
        cells=digest.cells,
    )


def many(times: int, every: float, message: str = "ERROR: lease lost", **more: Any) -> Event:
    return {"at": 0, "message": message, "times": times, "every": every, **more}


COUNT = {"kind": "count", "scope": "revision", "at_least": 3, "within_s": 60, "event": {"message": ["lease lost"]}}
SEQUENCE = {
    "kind": "sequence",
    "scope": "instance",
    "within_s": 30,
    "first": {"message": ["lease lost"]},
    "then": {"message": ["queue failed"]},
}
ABSENCE = {
    "kind": "absence",
    "scope": "service",
    "within_s": 30,
    "first": {"message": ["job failed, retry"]},
    "then": {"message": ["job done"]},
}
RATIO = {"kind": "ratio", "scope": "service", "share": 0.5, "at_least": 4, "event": {"status": [500, 503]}, "of": {}}
AFTER = {"kind": "first_after_change", "within_s": 300, "event": {"message": ["lease lost"]}, "change": ["deploy"]}
SILENCE = {"kind": "absence", "during": "tests", "event": {"log": ["requests"]}}
QUEUE = {"message": "ERROR: queue failed", "instance": "i1"}
LEASE = {"at": 0, "message": "ERROR: lease lost", "instance": "i1"}
RETRY = {"at": 0, "message": "job failed, retry"}
LATER = {"at": 100, "message": "something else failed"}
DEPLOY = {"change": "deploy", "at": 600, "title": "version 7"}


def requests(status: int, times: int, at: float = 0, every: float = 1) -> Event:
    return {
        "at": at,
        "method": "GET",
        "url": "https://a.example/x",
        "status": status,
        "times": times,
        "every": every,
        "log": "requests",
    }


TABLE: list[tuple[str, Event, list[Event], int]] = [
    ("count: three within a minute", COUNT, [many(3, 20)], 1),
    ("count: two", COUNT, [many(2, 20)], 0),
    ("count: three within an hour", COUNT, [many(3, 1200)], 0),
    ("count: three, one on each revision", COUNT, [many(1, 1, revision=f"r{n}") for n in range(3)], 0),
    ("count: three on each of two revisions is one group", COUNT, [many(3, 1, revision=f"r{n}") for n in range(2)], 1),
    ("sequence: then follows", SEQUENCE, [LEASE, {**QUEUE, "at": 20}], 1),
    ("sequence: then came before", SEQUENCE, [{**LEASE, "at": 50}, {**QUEUE, "at": 20}], 0),
    ("sequence: then came too late", SEQUENCE, [LEASE, {**QUEUE, "at": 40}], 0),
    ("sequence: then on another instance", SEQUENCE, [LEASE, {**QUEUE, "at": 20, "instance": "i2"}], 0),
    ("absence: nothing followed", ABSENCE, [RETRY, LATER], 1),
    ("absence: it followed", ABSENCE, [RETRY, {"at": 20, "message": "job done, 0 failed"}, LATER], 0),
    (
        "absence: it followed at INFO, which is counted but not kept",
        ABSENCE,
        [RETRY, {"at": 20, "message": "job done"}, LATER],
        0,
    ),
    ("absence: the log ends before it could follow", ABSENCE, [RETRY], 0),
    ("ratio: half and more", RATIO, [requests(503, 4), requests(200, 4)], 1),
    ("ratio: less than half", RATIO, [requests(503, 4), requests(200, 5)], 0),
    ("ratio: too few to say", RATIO, [requests(500, 3)], 0),
    ("after a change: first seen then", AFTER, [requests(200, 5), DEPLOY, {**LEASE, "at": 660}], 1),
    ("after a change: seen before", AFTER, [requests(200, 5), LEASE, DEPLOY, {**LEASE, "at": 660}], 0),
    ("after a change: nothing shows that the service ran before", AFTER, [DEPLOY, {**LEASE, "at": 660}], 0),
    ("after a change: too long after", AFTER, [requests(200, 5), DEPLOY, {**LEASE, "at": 1600}], 0),
    (
        "after a change: of another service",
        AFTER,
        [requests(200, 5), {**DEPLOY, "service": "web"}, {**LEASE, "at": 660}],
        0,
    ),
    (
        "after a change: of another kind",
        AFTER,
        [requests(200, 5), {**DEPLOY, "change": "config"}, {**LEASE, "at": 660}],
        0,
    ),
    (
        "silence: none while the tests ran",
        SILENCE,
        [requests(200, 3), requests(200, 3, 3600), {"case": "t", "at": 900, "end": 960}],
        1,
    ),
    ("silence: some while the tests ran", SILENCE, [requests(200, 60, 0, 60), {"case": "t", "at": 900, "end": 960}], 0),
    ("silence: the log ended before", SILENCE, [requests(200, 3), {"case": "t", "at": 900, "end": 960}], 0),
    ("silence: the tests tell no time", SILENCE, [requests(200, 3), requests(200, 3, 3600), {"case": "t"}], 0),
]


@pytest.mark.parametrize(("cross", "events", "wanted"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_kind_holds_where_it_should(cross: Event, events: list[Event], wanted: int) -> None:
    assert len(found(cross, *events)) == wanted
    assert len(found(cross, *reversed(events))) == wanted


def test_a_burst_says_how_many_how_long_and_where() -> None:
    (one,) = found(COUNT, many(5, 10), by=("rule", "service", "revision"))
    assert (one.title, one.count, one.service, one.revision) == ("api 5 40 s", 5, "api", "api-00002")
    assert one.group == ("a.b", "api", "api-00002")
    assert one.refs == tuple(f"log:0:{line}" for line in range(1, 6))


def test_one_test_said_the_first_and_never_the_second() -> None:
    cross = {
        "kind": "absence",
        "scope": "test",
        "first": {"message": ["job_started"]},
        "then": {"message": ["job_done"]},
    }
    cases = [{"case": "t1", "text": "got job_started"}, {"case": "t2", "text": "got job_started, job_done"}]
    (one,) = found(cross, *cases)
    assert one.refs == ("test:0:0:t1",)


def test_a_rule_may_build_on_what_another_rule_recognised() -> None:
    sample = table([LEASE], "test")
    digest = signatures.tally(sample.entries)
    made = Rule.model_validate(
        {"id": "a.b", "title": "x", "cross": {**COUNT, "at_least": 1, "event": {"rule": ["net.lease"]}}}
    )
    for name, wanted in (("net.lease", 1), ("net.other", 0)):
        events = digest.events.with_columns(rule=None).cast({"rule": str}).fill_null(name)
        crossed = rules.cross(events, digest.traffic, digest.routes, (), (), RuleSet(rules=(made,)))
        assert len(crossed) == wanted


def test_a_sample_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(RuleUnusableError, match=r"events\[0\]: no such field 'msg'; a log row takes at, "):
        table([{"at": 0, "msg": "x"}], "rules/a.toml: x")
