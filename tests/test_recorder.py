"""The pytest plugin: what it records, and that it costs nothing when off."""

import json
import os
import subprocess
import sys
from pathlib import Path

from reporting import Read, report

SUITE = """
import logging, time
import pytest

@pytest.fixture
def broken():
    raise RuntimeError("no set-up")

@pytest.fixture
def leaves():
    yield
    raise OSError("no teardown")

def test_passes(record_property):
    record_property("key", "value")
    time.sleep(0.02)

def test_fails():
    print("GET https://api.example.com/v1/x")
    logging.getLogger("app").error("user_id=u-42")
    assert 1 == 2, "numbers differ"

def test_set_up(broken): pass
def test_both(leaves): assert False
@pytest.mark.skip(reason="no database")
def test_skipped(): pass
@pytest.mark.parametrize("x", ["a/b::c"])
def test_parameter(x): pass
"""


def run(folder: Path, *options: str, suite: str = SUITE) -> subprocess.CompletedProcess[str]:
    """One pytest run in a process of its own, with no other plugin than those named."""
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "test_it.py").write_text(suite)
    command = [sys.executable, "-m", "pytest", "-p", "rca.recorder", "-p", "no:cacheprovider", *options, "tests"]
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=alone)


def recorded(folder: Path, *options: str, suite: str = SUITE) -> Read:
    """What rca reads of a recorded run."""
    run(folder, "--rca-record", "out/run.jsonl", *options, suite=suite)
    return report((folder / "out" / "run.jsonl").read_bytes())


def test_a_recorded_run_tells_real_times_outcomes_texts_and_output(tmp_path: Path) -> None:
    read = recorded(tmp_path, "--continue-on-collection-errors")
    assert (read.kind, read.counts, read.source.complete) == ("reportlog", (6, 1, 2, 1), True)
    passed, failed = read.case("test_passes"), read.case("test_fails")
    assert (passed.properties, passed.timed) == ({"key": "value"}, "reported")
    assert (passed.end_ns or 0) - (passed.start_ns or 0) >= 20_000_000
    assert (failed.file, failed.line, failed.id) == ("tests/test_it.py", 18, "pytest::tests.test_it::test_fails")
    assert failed.message.startswith("AssertionError: numbers differ")
    assert "assert 1 == 2" in failed.text
    assert (failed.urls, failed.ids) == (("https://api.example.com/v1/x",), ("u-42",))
    assert read.case("test_both").outcome == "error"
    assert {"assert False", "OSError: no teardown"} <= set(read.case("test_both").message.splitlines())
    assert read.case("test_skipped").message == "Skipped: no database"
    assert read.case("test_parameter[a/b::c]").classname == "tests.test_it"


def test_a_collection_error_is_recorded_with_its_traceback(tmp_path: Path) -> None:
    read = recorded(tmp_path, suite="from tests.nowhere import x\n")
    assert read.counts == (1, 0, 1, 0)
    assert "No module named 'tests.nowhere'" in read.case("tests.test_it").message


def test_a_run_that_dies_keeps_what_it_had_and_names_the_test_it_died_in(tmp_path: Path) -> None:
    read = recorded(tmp_path, suite="import os\ndef test_ok(): pass\ndef test_dies(): os._exit(3)\n")
    assert read.case("test_ok").outcome == "passed"
    assert read.case("test_dies").outcome == "error"
    assert "the run ended while" in read.case("test_dies").message
    assert not read.source.complete


def test_workers_of_xdist_write_one_record(tmp_path: Path) -> None:
    assert recorded(tmp_path, "-p", "xdist", "-n", "2").counts == (6, 1, 2, 1)


def test_the_record_and_the_junit_xml_of_one_run_name_and_count_the_tests_alike(tmp_path: Path) -> None:
    read = recorded(tmp_path, "--junitxml=out/junit.xml")
    other = report((tmp_path / "out" / "junit.xml").read_bytes())
    assert {(case.id, case.outcome) for case in read.run.cases} == {(case.id, case.outcome) for case in other.run.cases}


def test_every_line_is_a_json_object_as_soon_as_it_is_written(tmp_path: Path) -> None:
    run(tmp_path, "--rca-record", "r.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert lines[0]["rca_record"] == 1
    assert lines[-1]["when"] == "end"
    assert [line["when"] for line in lines if line.get("nodeid", "").endswith("test_passes")] == [
        "start",
        "setup",
        "call",
        "teardown",
    ]


def test_switched_off_it_writes_nothing_and_imports_only_the_standard_library(tmp_path: Path) -> None:
    assert "2 failed, 2 passed, 1 skipped, 2 errors" in run(tmp_path).stdout
    assert not list(tmp_path.glob("*.jsonl"))
    probe = "import sys; before = set(sys.modules); import rca.recorder; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout.split()
    tops = {name.partition(".")[0] for name in loaded}
    assert tops <= {"rca", *sys.stdlib_module_names}
