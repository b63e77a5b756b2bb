"""The recorded incidents are well-formed: what was recorded, what is told about it and the answer agree."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

FIXTURES = Path(__file__).parent.parent / "fixtures"
SCENARIOS = [
    "circular-import",
    "fix-then-regress",
    "healthy",
    "innocent-deploy",
    "missing-module",
    "no-subprotocol",
    "nothing-in-logs",
    "policy-violation",
    "recursion-pending-auth",
    "secret-mismatch",
]
SIZE_LIMIT = 8_000_000
PAYLOADS = {"textPayload", "jsonPayload", "protoPayload", "httpRequest"}
VERDICTS = {"cause_found", "cause_not_in_evidence", "no_failure_found"}
INSTANCE_LOGS = re.compile(r"projects/acme-staging/logs/run\.googleapis\.com%2F(stdout|stderr|varlog%2Fsystem)")
LEFTOVERS = re.compile(r"127\.0\.0\.1|/tmp/|/root/|pyenv|eyJ[\w-]+\.")

Json = dict[str, Any]


def load(scenario: str, name: str) -> Json:
    """Read one of the files beside input/."""
    found: Json = json.loads((FIXTURES / scenario / name).read_text(encoding="utf-8"))
    return found


def log_files(scenario: str) -> list[Path]:
    """List the exports of a scenario, in the order of its runs."""
    return sorted((FIXTURES / scenario / "input").rglob("logs.json*"))


def entries(path: Path) -> list[Json]:
    """Parse an export, oldest first."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("["):
        newest_first: list[Json] = json.loads(text)
        return newest_first[::-1]
    return [json.loads(line) for line in text.splitlines()]


def all_entries(scenario: str) -> Iterator[Json]:
    """Yield every entry of a scenario."""
    for path in log_files(scenario):
        yield from entries(path)


def moment(stamp: str) -> datetime:
    """Read a time, cut to microseconds."""
    return datetime.fromisoformat(stamp[:26].rstrip("Z") + "Z")


def outcomes(report: Path) -> dict[str, int]:
    """Count the cases of a report."""
    cases = list(ET.fromstring(report.read_text(encoding="utf-8")).iter("testcase"))
    failed, errors, skipped = (
        sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")
    )
    return {"total": len(cases), "failed": failed, "errors": errors, "skipped": skipped}


def evidence_text(scenario: str) -> str:
    """Join what an analysis could quote: messages of the log and the reports."""
    said = [
        str(entry.get("textPayload") or entry.get("jsonPayload", {}).get("message", ""))
        for entry in all_entries(scenario)
    ]
    reports = (FIXTURES / scenario / "input").rglob("junit.xml")
    told = ["".join([*ET.parse(report).getroot().itertext()]) for report in sorted(reports)]
    return "\n".join(said + told)


def by_instance(found: list[Json]) -> Mapping[tuple[str, str], list[Json]]:
    """Group the lines and system entries by instance and log."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for entry in found:
        if INSTANCE_LOGS.fullmatch(entry["logName"]):
            groups.setdefault((entry["labels"]["instanceId"], entry["logName"]), []).append(entry)
    return groups


def test_there_is_a_recording_of_every_story() -> None:
    """Each scenario file has a recorded folder, and no folder is without a story."""
    stories = sorted(path.stem for path in (FIXTURES / "lab" / "scenarios").glob("*.toml"))
    recorded = sorted(path.parent.name for path in FIXTURES.glob("*/recording.json"))
    assert stories == recorded == SCENARIOS


def test_all_fixtures_together_are_small() -> None:
    """A clone does not suffer from the recordings."""
    assert sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.is_file()) < SIZE_LIMIT


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_entry_has_the_fields_of_cloud_run(scenario: str) -> None:
    """Entries parse, name their service, carry exactly one payload or a request, and are received after they are written."""
    for entry in all_entries(scenario):
        assert PAYLOADS & entry.keys()
        assert entry["logName"].startswith("projects/acme-staging/logs/")
        assert entry["resource"]["type"] == "cloud_run_revision"
        assert entry["resource"]["labels"]["service_name"] in {"chat-backend", "auth-service"}
        assert moment(entry["timestamp"]) <= moment(entry["receiveTimestamp"])
        if "httpRequest" in entry:
            assert {"requestMethod", "requestUrl", "status", "latency"} <= entry["httpRequest"].keys()
            assert entry["trace"].startswith("projects/acme-staging/traces/")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_insert_ids_are_unique(scenario: str) -> None:
    """No entry is told twice, within a run or across runs."""
    ids = [entry["insertId"] for entry in all_entries(scenario)]
    assert len(ids) == len(set(ids)) == load(scenario, "recording.json")["entries"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_order_within_an_instance_is_decidable(scenario: str) -> None:
    """Times of one log of one instance are distinct, and insert ids rise with them."""
    for path in log_files(scenario):
        for group in by_instance(entries(path)).values():
            stamps = [entry["timestamp"] for entry in group]
            ids = [entry["insertId"] for entry in group]
            assert stamps == sorted(set(stamps))
            assert ids == sorted(ids)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_stderr_is_split_and_only_heads_of_tracebacks_are_errors(scenario: str) -> None:
    """One entry a line; the head of a traceback is ERROR, its other lines have no severity."""
    for entry in all_entries(scenario):
        if entry["logName"].endswith("%2Fstderr"):
            assert "\n" not in entry["textPayload"]
            head = entry["textPayload"].endswith("Traceback (most recent call last):")
            assert entry.get("severity") == ("ERROR" if head else None)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_reports_count_as_the_answer_says(scenario: str) -> None:
    """The cases, failures and errors of every report are those of the answer."""
    answer = load(scenario, "answer.json")
    folder = FIXTURES / scenario / "input"
    counted = {report.parent.name: outcomes(report) for report in sorted(folder.rglob("junit.xml"))}
    told = answer["tests"]
    assert counted == ({"input": told} if "total" in told else told)
    broken = sum(of["failed"] + of["errors"] for of in counted.values())
    assert (broken == 0) == (answer["verdict"] == "no_failure_found")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_reports_and_logs_tell_one_story_time(scenario: str) -> None:
    """Each run of the suite begins within the export beside it, and its traces are found there."""
    for path in log_files(scenario):
        found = entries(path)
        suite = ET.fromstring((path.parent / "junit.xml").read_text(encoding="utf-8")).find("testsuite")
        assert suite is not None
        began = datetime.fromisoformat(suite.attrib["timestamp"])
        assert moment(found[0]["timestamp"]) < began < moment(found[-1]["timestamp"]) + timedelta(seconds=1)
        traces = {entry["trace"].rpartition("/")[2] for entry in found if "trace" in entry}
        assert {item.attrib["value"] for item in suite.iter("property")} <= traces


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_bundle_holds_the_guilty_commits(scenario: str, tmp_path: Path) -> None:
    """The history clones, and every commit the answer or a label names is in it."""
    bundle = FIXTURES / scenario / "input" / "history.bundle"
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--bare", "-b", "main", str(bundle), str(clone)], check=True)
    told = subprocess.run(
        ["git", "-C", str(clone), "log", "--format=%H %ae"], check=True, capture_output=True, text=True
    )
    commits = dict(line.split(" ") for line in told.stdout.splitlines())
    labels = {entry["labels"]["commit-sha"] for entry in all_entries(scenario) if "labels" in entry}
    assert {*load(scenario, "answer.json")["introduced_by"], *labels} <= commits.keys()
    assert {author.rpartition("@")[2] for author in commits.values()} == {"example.com"}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_answer_can_be_found_in_the_evidence(scenario: str) -> None:
    """What must be matched occurs in the inputs; where nothing can be found, nothing is asked for."""
    answer = load(scenario, "answer.json")
    assert answer["verdict"] in VERDICTS
    assert {"location", "introduced_by", "decoys", "notes", "change"} <= answer.keys()
    wanted = [answer["primary_regex"], answer.get("secondary_regex")]
    assert (wanted[0] is None) == (answer["verdict"] != "cause_found")
    text = evidence_text(scenario)
    for regex in filter(None, wanted):
        assert re.search(regex, text)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_time_map_is_monotone(scenario: str) -> None:
    """Story time never runs backwards, and each stretch is as long as its factor says."""
    stretches = load(scenario, "recording.json")["time_map"]
    starts = [moment(stretch["from"]) for stretch in stretches]
    assert starts == sorted(starts)
    for stretch, start, end in zip(stretches, starts, starts[1:], strict=False):
        assert stretch["factor"] >= 1
        assert (end - start).total_seconds() == pytest.approx(stretch["real_seconds"] * stretch["factor"], abs=0.02)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_of_the_recording_machine_is_left(scenario: str) -> None:
    """No loopback address, no folder of the machine, no token."""
    texts = sorted(path for path in (FIXTURES / scenario).rglob("*") if path.suffix in {".json", ".jsonl", ".xml"})
    for path in texts:
        assert not LEFTOVERS.search(path.read_text(encoding="utf-8")), path
