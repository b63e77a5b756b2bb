"""Deploys read off the entries: majority per minute, canaries, rollbacks, and when users met a deploy."""

import polars as pl
import pytest

from rca.ingest.revisions import infer, live_times
from rca.model import Change
from rca.model.frames import MINUTE_NS, TRAFFIC
from rca.when import rfc3339

T0 = 1_772_600_760_000_000_000  # 2026-03-04T05:06:00Z
OLD, NEW = "api-00011-abc", "api-00012-xyz"


def minute(n: int, second: float = 0) -> int:
    return T0 + n * MINUTE_NS + int(second * 1e9)


def row(
    n: int,
    revision: str | None,
    requests: int,
    *,
    service: str = "api",
    version: str | None = None,
    at: tuple[float, float] = (1, 59),
) -> dict[str, object]:
    """One TRAFFIC row: `at` are the first and last second within the minute."""
    return {
        "service": service,
        "revision": revision,
        "version": version,
        "minute": minute(n),
        "entries": max(requests, 1),
        "requests": requests,
        "failed": 0,
        "first_at": minute(n, at[0]),
        "last_at": minute(n, at[1]),
    }


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=TRAFFIC)


def rolled(switch: int, length: int) -> list[dict[str, object]]:
    return [row(n, OLD if n < switch else NEW, 20) for n in range(length)]


def test_a_change_of_majority_is_a_deploy_dated_by_the_first_entry_on_the_new_revision() -> None:
    (deploy,) = infer(frame(*rolled(5, 10)), [])
    assert (deploy.kind, deploy.source, deploy.id) == ("deploy", "revisions", f"deploy:api:{NEW}")
    assert (deploy.at, deploy.live_at) == (rfc3339(minute(5, 1)), rfc3339(minute(5, 1)))
    assert deploy.previous_revision == OLD
    assert deploy.extra["not_before_ns"] == minute(4, 59)
    assert deploy.title == f"deploy of api revision {NEW} (seen in its log entries)"


def test_one_revision_all_along_is_no_deploy() -> None:
    assert infer(frame(*[row(n, OLD, 20) for n in range(10)]), []) == ()


def test_nothing_is_inferred_from_nothing() -> None:
    assert infer(frame(), []) == ()


def test_a_rollout_that_flaps_around_one_half_is_one_deploy() -> None:
    shares = [0, 0, 3, 11, 8, 12, 9, 13, 20, 20]  # of 20 requests a minute
    rows = [
        row(n, revision, count)
        for n, share in enumerate(shares)
        for revision, count in ((OLD, 20 - share), (NEW, share))
        if count
    ]
    assert [change.rollback for change in infer(frame(*rows), [])] == [False]


def test_a_return_to_the_earlier_revision_is_a_rollback() -> None:
    rows = [row(n, NEW if 4 <= n < 9 else OLD, 20) for n in range(14)]
    deploy, back = infer(frame(*rows), [])
    assert (deploy.rollback, deploy.revision) == (False, NEW)
    assert (back.rollback, back.revision, back.live_at) == (True, OLD, rfc3339(minute(9, 1)))
    assert "rollback" in back.title


def test_a_lasting_minority_is_a_canary_with_its_share() -> None:
    rows = [row(n, OLD, 18) for n in range(10)] + [row(n, NEW, 2) for n in range(4, 10)]
    (canary,) = infer(frame(*rows), [])
    assert canary.title.startswith(f"canary of api revision {NEW}, 10% of its traffic")


def test_an_old_revision_that_shuts_down_is_no_canary() -> None:
    rows = [row(n, NEW, 20) for n in range(10)] + [row(n, OLD, 1) for n in range(4, 8)]
    assert infer(frame(*rows), []) == ()


def test_a_revision_that_only_logs_and_never_serves_is_a_deploy_that_did_not_come_up() -> None:
    silent = [{**row(n, NEW, 0), "entries": 4} for n in range(5, 8)]
    (deploy,) = infer(frame(*[row(n, OLD, 20) for n in range(10)], *silent), [])
    assert deploy.title == f"deploy of api revision {NEW}, which served no request (seen in its log entries)"
    assert (deploy.at, deploy.live_at, deploy.previous_revision) == (rfc3339(minute(5, 1)), None, OLD)


def test_versions_stand_in_where_entries_have_no_revision() -> None:
    rows = [row(n, None, 20, version="a" * 40 if n < 5 else "b" * 40) for n in range(10)]
    (deploy,) = infer(frame(*rows), [])
    assert (deploy.revision, deploy.commit, deploy.previous_commit) == (None, "b" * 40, "a" * 40)


@pytest.mark.parametrize(
    "known",
    [
        Change(id="x", kind="deploy", service="api", revision=NEW, at=rfc3339(minute(1))),
        Change(id="x", kind="config", service="api", revision=NEW, at=rfc3339(minute(4))),
        Change(id="x", kind="deploy", service="api", at=rfc3339(minute(4))),
    ],
    ids=["the same revision", "a config change that made the revision", "no revision, but minutes before"],
)
def test_what_another_source_tells_is_not_told_twice(known: Change) -> None:
    assert infer(frame(*rolled(5, 10)), [known]) == ()


def test_a_deploy_of_another_service_says_nothing() -> None:
    other = Change(id="x", kind="deploy", service="auth", revision=NEW, at=rfc3339(minute(5)))
    assert len(infer(frame(*rolled(5, 10)), [other])) == 1


@pytest.mark.parametrize(
    ("reported", "live", "expected"),
    [
        (minute(5, 40), True, minute(5, 1)),
        (minute(3, 0), True, minute(4, 59)),
        (minute(4, 59.5), True, minute(4, 59.5)),
        (minute(3, 0), False, minute(5, 1)),
        (minute(300, 0), True, minute(300, 0)),
    ],
    ids=[
        "entries on the new revision came before the report",
        "the old revision still answered after the report",
        "a report between both stands",
        "only the request is known: the first entry dates it",
        "entries hours away say nothing",
    ],
)
def test_the_reported_time_is_held_between_last_old_and_first_new(reported: int, live: bool, expected: int) -> None:
    at = rfc3339(reported)
    change = Change(id="d", kind="deploy", service="api", revision=NEW, at=at, live_at=at if live else None)
    (moved,) = live_times([change], frame(*rolled(5, 10)))
    assert moved.live_at == rfc3339(expected)
    assert ("live_at_note" in moved.extra) == (expected != reported)


def test_a_revision_that_served_long_before_is_not_redated() -> None:
    rows = (
        [row(n, NEW, 20) for n in range(5)]
        + [row(n, OLD, 20) for n in range(5, 40)]
        + [row(n, NEW, 20) for n in range(40, 45)]
    )
    change = Change(
        id="d", kind="deploy", service="api", revision=NEW, at=rfc3339(minute(42)), live_at=rfc3339(minute(42))
    )
    assert live_times([change], frame(*rows)) == (change,)
