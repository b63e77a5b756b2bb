"""Reading live logs over gRPC: whatever the service does, the same entries, each once; and an honest account when cut short."""

import functools
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from test_cloud_server import DEPLOY_AT, SECOND, T0, Fake, Logs, logs, serve

from rca.errors import NoAccessError, UsageError
from rca.ingest.cloud import Live, Outcome, read
from rca.ingest.cloud_pace import Clock
from rca.ingest.cloud_query import Query, asked
from rca.ingest.cloud_reader import Budget
from rca.model import Change, Source
from rca.model.piece import Changes, Occurrences

END = T0 + 2 * 3600 * SECOND
ALL = Query(projects=("p1",), since_ns=T0, until_ns=END, since_text="x")
SMALL = logs(6000, every_ns=SECOND)  # a hundred minutes


@functools.cache
def big() -> Logs:
    """Two hours at 28 entries a second."""
    return logs(200_000, every_ns=36 * 10**6)


FAULTS = [
    "RESOURCE_EXHAUSTED",
    "UNAVAILABLE",
    "INTERNAL",
    "DEADLINE_EXCEEDED",
    "ABORTED",
    "empty",
    "repeat",
    "expired",
    "cut",
]


@dataclass
class Still:
    """A clock that never waits: sleeping moves it."""

    t: float = 0.0
    slept: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.t += seconds

    @property
    def clock(self) -> Clock:
        """As the reader wants it."""
        return Clock(now=lambda: self.t, sleep=self.sleep)


@dataclass
class Got:
    """A reading taken apart."""

    ids: list[str]
    changes: list[Change]
    source: Source
    outcome: Outcome


def reading(
    fake: Fake,
    query: Query = ALL,
    *,
    clock: Clock | None = None,
    store: Path | None = None,
    resume: bool = False,
    budget: Budget | None = None,
    progress: Callable[[str], None] | None = None,
) -> Got:
    live = Live(store, resume, budget or Budget(), clock or Still().clock, progress)
    outcome = Outcome()
    got = Got([], [], Source(path="", kind="unknown"), outcome)
    with serve(fake) as address:
        for piece in read(query, live, {"RCA_LOGGING_ENDPOINT": address}, outcome=outcome):
            match piece:
                case Occurrences() as found:
                    got.ids += found.frame["insert_id"].to_list()
                case Changes(changes):
                    got.changes += changes
                case Source():
                    got.source = piece
    return got


def whole(got: Got, wanted: Logs) -> bool:
    """Every entry once, and the account adds up (the Source refuses to exist otherwise)."""
    return sorted(got.ids) == sorted(wanted.ids) and got.source.kept == len(wanted.ids)


def test_a_reading_without_faults_is_complete_and_each_entry_comes_once() -> None:
    got = reading(Fake(SMALL))
    assert whole(got, SMALL)
    assert got.source.complete
    assert [(one.kind, one.revision) for one in got.changes] == [("deploy", "api-00012-def")]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("at", [[0], [2, 3, 4]], ids=["first request", "three in a row"])
def test_the_same_entries_come_whatever_the_service_does(fault: str, at: list[int]) -> None:
    got = reading(Fake(SMALL, dict.fromkeys(at, fault)))
    assert whole(got, SMALL)
    assert got.source.complete


def test_two_hundred_thousand_entries_come_through_every_fault_at_once() -> None:
    wanted = big()
    plan = {10 + 17 * i: fault for i, fault in enumerate(FAULTS)} | {180: "repeat", 181: "expired", 182: "cut"}
    fake = Fake(wanted, plan)
    got = reading(fake)
    assert whole(got, wanted)
    assert got.source.complete
    assert max(request.page_size for request in fake.requests) == 1000


def test_requests_stay_below_sixty_a_minute_and_small_pages_are_accepted() -> None:
    still = Still()
    asked: list[float] = []
    got = reading(Fake(SMALL, page_cap=50, at_request=lambda _: asked.append(still.t)), clock=still.clock)
    assert whole(got, SMALL)
    assert len(asked) > 120
    assert max(sum(a <= b < a + 60 for b in asked) for a in asked) < 60


def test_every_request_has_explicit_time_bounds_and_an_order() -> None:
    fake = Fake(SMALL)
    reading(
        fake, Query(projects=("p1",), since_ns=T0, until_ns=END, service="api", filter='severity>="ERROR" OR trace:"x"')
    )
    assert all("timestamp>=" in one.filter and "timestamp<" in one.filter and one.order_by for one in fake.requests)
    entries = [one for one in fake.requests if "cloudaudit" not in one.filter]
    assert all(
        'resource.labels.service_name="api"' in one.filter and '(severity>="ERROR" OR trace:"x")' in one.filter
        for one in entries
    )


def test_a_budget_of_twenty_pages_has_the_minutes_around_the_deploy_and_says_what_it_lacks() -> None:
    wanted = big()
    got = reading(Fake(wanted), Query(projects=("p1",), until_ns=END), budget=Budget(pages=20))
    near = [
        i
        for one, i in zip(wanted.times, wanted.ids, strict=True)
        if DEPLOY_AT - 60 * SECOND <= one < DEPLOY_AT + 180 * SECOND
    ]
    assert set(near) <= set(got.ids)
    assert not got.source.complete
    assert any(
        "budget of 20 pages" in note and "2026-03-04T05:57:00Z to 2026-03-04T06:05:00Z" in note and "--resume" in note
        for note in got.source.notes
    )


def test_a_budget_of_seconds_ends_the_reading() -> None:
    got = reading(Fake(SMALL, page_cap=50), budget=Budget(seconds=30.0))
    assert not got.source.complete
    assert got.ids
    assert "budget of 30 s" in got.outcome.stopped


def resumed(fake: Fake, store: Path) -> Got:
    fake.faults, fake.at_request = {}, lambda _: None
    return reading(fake, store=store, resume=True)


def test_a_reading_that_ran_out_of_budget_is_resumed_to_the_same_set(tmp_path: Path) -> None:
    straight, fake = Fake(SMALL), Fake(SMALL)
    reading(straight)
    first = reading(fake, store=tmp_path, budget=Budget(pages=4))
    assert 0 < len(first.ids) < len(SMALL.ids)
    assert whole(resumed(fake, tmp_path), SMALL)
    assert len(fake.requests) == len(straight.requests)  # no page is read twice


def test_a_finished_reading_is_resumed_without_a_request(tmp_path: Path) -> None:
    fake = Fake(SMALL)
    reading(fake, store=tmp_path)
    count = len(fake.requests)
    assert whole(resumed(fake, tmp_path), SMALL)
    assert len(fake.requests) == count


def test_without_resume_an_earlier_reading_is_forgotten(tmp_path: Path) -> None:
    reading(Fake(SMALL), store=tmp_path, budget=Budget(pages=4))
    assert whole(reading(Fake(SMALL), store=tmp_path), SMALL)


@pytest.mark.parametrize("moment", ["during a call", "after a page"])
def test_sigint_keeps_what_was_read_and_the_rest_can_be_resumed(tmp_path: Path, moment: str) -> None:
    fake = Fake(SMALL)
    pages = iter(range(100))
    if moment == "during a call":
        fake.at_request = lambda n: os.kill(os.getpid(), signal.SIGINT) if n == 5 else None
    stop = (
        (lambda _: signal.raise_signal(signal.SIGINT) if next(pages) == 4 else None)
        if moment == "after a page"
        else None
    )
    got = reading(fake, store=tmp_path, progress=stop)
    assert got.outcome.interrupted
    assert not got.source.complete
    assert 0 < len(got.ids) < len(SMALL.ids)
    assert whole(resumed(fake, tmp_path), SMALL)


def test_a_service_that_never_answers_leaves_what_was_read() -> None:
    still = Still()
    got = reading(Fake(SMALL, dict.fromkeys(range(4, 200), "UNAVAILABLE")), clock=still.clock)
    assert not got.source.complete
    assert got.ids
    assert any("did not answer" in note for note in got.source.notes)
    assert sum(still.slept) > 120  # longer than the minute after which the quota is whole again


def test_a_service_that_only_repeats_its_token_is_given_up() -> None:
    got = reading(Fake(SMALL, dict.fromkeys(range(3, 400), "empty")))
    assert not got.source.complete
    assert any("repeated a page token" in note for note in got.source.notes)


def test_no_access_names_the_role_to_ask_for() -> None:
    with pytest.raises(NoAccessError, match=r"roles/logging\.viewer") as caught:
        reading(Fake(SMALL, denied=frozenset({"projects/p1"})))
    assert caught.value.code == 3


def test_no_login_says_how_to_log_in() -> None:
    with pytest.raises(NoAccessError, match="gcloud auth application-default login"):
        reading(Fake(SMALL, {0: "UNAUTHENTICATED"}))


def test_no_access_in_the_middle_ends_the_reading_too(tmp_path: Path) -> None:
    fake = Fake(SMALL, {5: "PERMISSION_DENIED"})
    with pytest.raises(NoAccessError):
        reading(fake, store=tmp_path)
    assert whole(resumed(fake, tmp_path), SMALL)


def test_one_project_without_access_does_not_hide_the_others() -> None:
    query = Query(projects=("p1", "p2"), since_ns=T0, until_ns=END)
    got = reading(Fake(SMALL, denied=frozenset({"projects/p2"})), query)
    assert whole(got, SMALL)
    assert any("p2 may not be read" in note for note in got.source.notes)
    assert not got.source.complete


def test_a_filter_that_the_service_refuses_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="refuses the query"):
        reading(Fake(SMALL, {1: "INVALID_ARGUMENT"}))


def test_since_deploy_begins_an_hour_before_the_deploy() -> None:
    later = logs(6000, every_ns=3 * SECOND)
    fake = Fake(later)
    got = reading(fake, Query(projects=("p1",), until_ns=T0 + 5 * 3600 * SECOND))
    assert any(note.startswith("asked for 2026-03-04T05:00:00Z to 2026-03-04T10:00:00Z") for note in got.source.notes)


def test_options_become_a_query() -> None:
    assert asked(["p1"], now_ns=END) == Query(projects=("p1",), until_ns=END)
    assert asked(["p1"], now_ns=END, since="deploy[-2]").deploy == -2
    hour = asked(["p1"], now_ns=END, since="1h", until="30m", service="api")
    assert (hour.since_ns, hour.until_ns, hour.service) == (END - 3600 * SECOND, END - 1800 * SECOND, "api")
    with pytest.raises(UsageError, match="--until cannot be a deploy"):
        asked(["p1"], now_ns=END, until="deploy")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Query(projects=("P 1",), until_ns=END),
        lambda: Query(projects=(), until_ns=END),
        lambda: Query(projects=("p1",), until_ns=END, service='x" OR "'),
        lambda: Query(projects=("p1",), since_ns=END, until_ns=END),
    ],
)
def test_what_cannot_be_asked_is_refused(make: Callable[[], Query]) -> None:
    with pytest.raises(UsageError):
        make()
