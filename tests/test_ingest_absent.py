"""What is absent is said: gaps in an export, services without an entry, logs of another time than the tests."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from rca.gather import Request, gather
from rca.model import Facts


def entries(minutes: Iterable[int], service: str = "api", day: str = "2026-03-04") -> str:
    """One entry a minute."""
    return "".join(
        json.dumps(
            {
                "insertId": f"{service}-{minute}",
                "timestamp": f"{day}T{5 + minute // 60:02d}:{minute % 60:02d}:30Z",
                "severity": "INFO",
                "textPayload": "tick",
                "resource": {"type": "cloud_run_revision", "labels": {"service_name": service}},
                "logName": "projects/p/logs/run.googleapis.com%2Fstdout",
            }
        )
        + "\n"
        for minute in minutes
    )


def junit(stamp: str, said: str = "") -> str:
    """One failing test."""
    return f'<testsuite name="s" timestamp="{stamp}" time="2"><testcase classname="a" name="one" time="2"><failure message="x">{said}</failure></testcase></testsuite>'


def facts(folder: Path, **files: str) -> Facts:
    """What is gathered from these files."""
    for name, text in files.items():
        (folder / name).write_text(text)
    return gather(Request(paths=[str(folder)]))


def test_a_gap_amid_steady_entries_is_told_with_its_bounds(tmp_path: Path) -> None:
    (told,) = facts(tmp_path, log=entries([*range(20), *range(50, 70)])).missing
    assert told.startswith("log entries from 2026-03-04T05:20:00Z to 2026-03-04T05:50:00Z: none for 30 min")


@pytest.mark.parametrize(
    ("why", "minutes"),
    [
        ("four minutes are no gap", [*range(20), *range(24, 44)]),
        ("an hourly job has pauses, not gaps", [*range(3), *range(60, 63), *range(120, 123)]),
        ("a log that ends has no gap", [*range(20)]),
        ("sparse entries", [*range(0, 200, 7)]),
    ],
)
def test_what_is_no_gap(why: str, minutes: list[int], tmp_path: Path) -> None:
    assert not facts(tmp_path, log=entries(minutes)).missing, why


def test_the_time_between_two_exports_is_no_gap_of_either(tmp_path: Path) -> None:
    assert not facts(tmp_path, a=entries(range(20)), b=entries(range(50, 70))).missing


def test_another_export_that_covers_the_gap_fills_it(tmp_path: Path) -> None:
    found = facts(tmp_path, a=entries([*range(20), *range(50, 70)]), b=entries(range(15, 55), "auth"))
    assert not found.missing


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://billing-a1b2c3d4e5-uc.a.run.app/pay", "logs of billing: tests called it"),
        ("wss://billing-100000000001.europe-west1.run.app/ws", "logs of billing: tests called it"),
        ("https://api-a1b2c3d4e5-uc.a.run.app/items", None),
        ("https://example.com/pay", None),
    ],
)
def test_a_service_that_tests_call_and_no_log_knows(address: str, told: str | None, tmp_path: Path) -> None:
    found = facts(tmp_path, log=entries(range(20)), tests=junit("2026-03-04T05:10:00Z", f"GET {address} 503")).missing
    assert [one[: len(told or "")] for one in found] == ([told] if told else [])


def test_a_topology_says_which_of_its_services_are_silent(tmp_path: Path) -> None:
    found = facts(tmp_path, log=entries(range(20)), map=json.dumps({"api": ["auth", "store"]}))
    assert [source.notes for source in found.sources] == [(), ("no log entry of auth, store",)]


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("2026-03-04T05:10:00Z", None),
        ("2026-03-04T09:10:00Z", "the logs cover 2026-03-04T05:00:30Z to 2026-03-04T05:19:30Z"),
        ("2026-03-04T07:10:00", "its times name no zone and were read as UTC"),
    ],
)
def test_logs_of_another_time_than_the_tests(stamp: str, told: str | None, tmp_path: Path) -> None:
    found = facts(tmp_path, log=entries(range(20)), tests=junit(stamp)).missing
    assert [told in one for one in found if told] == ([True] if told else [])
    assert bool(found) == bool(told)
