"""Live reading through the command line: exit statuses, the role to ask for, what an interrupted reading still says."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cloud_server import SECOND, Fake, logs, serve

from rca.cli import run

LOGS = logs(6000, every_ns=3 * SECOND)
NOW = "2026-03-04T10:00:00Z"

Rca = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def rca(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Rca:
    """Runs `rca analyze --project p1` against a server; exit status, the report as data, what stderr says."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    def call(fake: Fake | str, *more: str) -> tuple[int, dict[str, Any], str]:
        argv = ["analyze", "--project", "p1", "--now", NOW, "--no-history", "--format", "json", *more]
        capfdbinary.readouterr()
        if isinstance(fake, str):
            monkeypatch.setenv("RCA_LOGGING_ENDPOINT", fake)
            status = run(argv)
        else:
            with serve(fake) as address:
                monkeypatch.setenv("RCA_LOGGING_ENDPOINT", address)
                status = run(argv)
        out, told = capfdbinary.readouterr()
        ours = "\n".join(line for line in told.decode().splitlines() if line.startswith("rca: "))
        return status, json.loads(out) if out else {}, ours

    return call


def source(report: dict[str, Any]) -> dict[str, Any]:
    """The one source of a report."""
    (found,) = report["coverage"]["sources"]
    assert found["read"] == found["kept"] + found["duplicates"] + found["skipped"]
    return dict(found)


def test_a_live_window_is_read_and_reported(rca: Rca) -> None:
    status, report, told = rca(Fake(LOGS), "--since", "2026-03-04T05:00:00Z")
    assert (status, told) == (0, "")
    assert source(report)["complete"]
    assert source(report)["kept"] == len(LOGS.ids)
    assert [change["revision"] for change in report["changes"]] == ["api-00012-def"]


def test_no_permission_is_status_3_with_the_role_to_ask_for(rca: Rca) -> None:
    status, report, told = rca(Fake(LOGS, denied=frozenset({"projects/p1"})))
    assert (status, report) == (3, {})
    assert "roles/logging.viewer" in told
    assert "\n" not in told


def test_an_endpoint_that_does_not_answer_is_status_3(rca: Rca) -> None:
    status, report, told = rca("127.0.0.1:9", "--budget", "2s")
    assert (status, report) == (3, {})
    assert told.startswith("rca: Cloud Logging: ")
    assert "\n" not in told


def test_an_interrupted_reading_is_analysed_status_130_and_resumed(rca: Rca) -> None:
    fake = Fake(LOGS, at_request=lambda n: os.kill(os.getpid(), signal.SIGINT) if n == 5 else None)
    asked = ("--since", "2026-03-04T05:00:00Z")
    status, report, _ = rca(fake, *asked)
    assert status == 130
    assert 0 < source(report)["kept"] < len(LOGS.ids)
    assert not source(report)["complete"]
    assert any("--resume" in note for note in source(report)["notes"])
    fake.at_request = lambda _: None
    status, report, _ = rca(fake, *asked, "--resume")
    assert status == 0
    assert (source(report)["kept"], source(report)["complete"]) == (len(LOGS.ids), True)


def test_a_partial_reading_is_said_and_strict_makes_it_status_4(rca: Rca) -> None:
    slow = Fake(LOGS, dict.fromkeys(range(4, 400), "UNAVAILABLE"))
    status, report, told = rca(slow, "--since", "2026-03-04T05:00:00Z", "--budget", "3s", "--strict")
    assert status == 4
    assert "complete for " in " ".join(source(report)["notes"])
    assert "incomplete" in told
