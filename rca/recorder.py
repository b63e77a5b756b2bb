"""A pytest plugin: `pytest --rca-record FILE` writes when each test really ran, how it ended, and what it said.

One JSON object a line, flushed at once, so that a crashed run keeps what it had: first `{"rca_record": 1, …}`, then for
every test `{"when": "start"}` and one line for each phase (setup, call, teardown), for collection errors `{"when": "collect"}`,
last `{"when": "end"}`. Only the standard library is imported, and nothing is registered unless an option is given.

`pytest --rca` records too, and prints the verdict of `rca analyze` below a run that failed; `--rca-with PATH` adds logs.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    import pytest

FORMAT = 1
KEPT = 200_000
"""Characters of one text in the record; the head and the tail of a longer one are kept."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option."""
    group = parser.getgroup("rca")
    group.addoption("--rca", action="store_true", help="say below a failed run what broke and why (offline)")
    group.addoption(
        "--rca-with",
        metavar="PATH",
        action="append",
        default=[],
        help="logs, changes, … that --rca reads beside the run",
    )
    group.addoption(
        "--rca-record",
        metavar="FILE",
        default=None,
        help="write start, stop, outcome, traceback and captured output of each test to FILE (JSON lines), for rca",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder when it is asked for; workers of xdist report to the controller, which writes."""
    target = config.getoption("--rca-record")
    if not target and config.getoption("--rca"):
        target = Path(tempfile.mkdtemp(prefix="rca-")) / "record.jsonl"
    if target and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(Path(target)), "rca-recorder")


class Recorder:
    """Writes a line for each event of a run."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.file: TextIO | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Open the file and say what runs."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.file = self.target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n", buffering=1)
        self._write({"rca_record": FORMAT, "start": time.time(), "rootdir": str(session.config.rootpath)})

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        """A test is about to run: should the process die in it, this line tells which."""
        self._write({"when": "start", "nodeid": nodeid, "start": time.time(), **_place(location)})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A phase of a test is over."""
        self._write({
            "when": report.when,
            "nodeid": report.nodeid,
            "outcome": report.outcome,
            "start": getattr(report, "start", None),
            "stop": getattr(report, "stop", None),
            "duration": report.duration,
            **_place(report.location),
            **_told(report),
            "xfail": getattr(report, "wasxfail", None),
            "properties": [[str(key), cut(str(value))] for key, value in report.user_properties],
        })  # fmt: skip

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file could not be collected: an import error, a circular import."""
        if report.outcome != "passed":
            at = time.time()
            self._write({
                "when": "collect",
                "nodeid": report.nodeid,
                "outcome": report.outcome,
                "start": at,
                "stop": at,
                "file": str(report.fspath),
                **_told(report),
            })  # fmt: skip

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """The run is over."""
        self._write({"when": "end", "stop": time.time(), "exitstatus": int(exitstatus)})
        if self.file is not None:
            self.file.close()
            self.file = None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """With --rca: the verdict, when something failed. The analysis is imported only then."""
        failed = any(terminalreporter.stats.get(key) for key in ("failed", "error"))
        if not config.getoption("--rca") or not failed:
            return
        from rca.cli.after_tests import verdict

        terminalreporter.section("rca")
        terminalreporter.write_line(verdict([str(self.target), *config.getoption("--rca-with")]))

    def _write(self, line: dict[str, Any]) -> None:
        if self.file is not None:
            whole = {key: value for key, value in line.items() if value not in (None, "", [])}
            self.file.write(json.dumps(whole, ensure_ascii=False) + "\n")


def cut(text: str) -> str:
    """`text`, or its head and tail when it is longer than KEPT."""
    half = KEPT // 2
    return text if len(text) <= KEPT else f"{text[:half]}\n… {len(text) - KEPT} characters left out …\n{text[-half:]}"


def _place(location: tuple[str, int | None, str]) -> dict[str, Any]:
    """File and 1-based line; pytest counts lines from 0."""
    return {"file": location[0], "line": location[1] + 1 if location[1] is not None else None}


def _told(report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any]:
    """Message and full text of a failure or skip, and what was captured."""
    longrepr = report.longrepr
    crash = getattr(longrepr, "reprcrash", None)
    message = getattr(crash, "message", "")
    if isinstance(longrepr, tuple) and len(longrepr) == 3:  # a skip: path, line, reason
        message = str(longrepr[2])
    return {
        "message": cut(message),
        "longrepr": cut(report.longreprtext) if longrepr else "",
        "sections": [[name, cut(content)] for name, content in report.sections],
    }
