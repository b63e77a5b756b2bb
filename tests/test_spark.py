"""The engine of `rca digest` changes where the work is done, and nothing of the result."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rca.cli import run
from rca.digest import spark
from rca.errors import UsageError

HERE = importlib.util.find_spec("pyspark") is not None
needs_spark = pytest.mark.skipif(
    not (HERE and shutil.which("java")),
    reason="no Java on PATH" if HERE else "pyspark is not installed: pip install 'rca[spark]'",
)


def logs(folder: Path) -> Path:
    folder.mkdir()
    for number in range(5):
        rows = [
            {
                "insertId": f"{number}-{row}",
                "timestamp": f"2025-09-09T19:{number:02}:{row:02}Z",
                "severity": "ERROR" if row % 3 else "INFO",
                "textPayload": f"worker {row} of {number} failed: timeout after {row * 7} ms",
                "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
                "resource": {"type": "cloud_run_revision", "labels": {"service_name": f"s{row % 2}", "revision_name": f"s-0000{number % 2}"}},
            }
            for row in range(40)
        ]  # fmt: skip
        (folder / f"part{number}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{torn")
    return folder


CLUSTER = """
import json, sys
from rca.cli import run
from rca.cli import run
from rca.digest import spark
spark.GROUP = 2  # five files are many
session, ours = spark._builder()(None)
status = [run(words) for words in json.loads(sys.argv[1])]
executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1  # the driver counts itself
session.stop()
print(json.dumps([ours, executors, status]))
"""
"""Several command lines on one cluster: starting it is what takes the time."""
BRIEF = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Five Java machines that live for seconds: 29 instead of 53 s of processor time for a cluster and a digest."""


@needs_spark
def test_a_cluster_makes_the_same_bytes_as_one_process_and_names_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs")
    (tmp_path / "x").write_bytes(bytes(range(256)) * 40)
    lines = [
        ["digest", str(folder), "--engine", "spark", "-q", "-o", str(tmp_path / "spark")],
        ["digest", str(tmp_path / "x"), str(folder), "--engine", "spark", "-o", str(tmp_path / "none")],
    ]
    done = subprocess.run(
        [sys.executable, "-c", CLUSTER, json.dumps(lines)], capture_output=True, check=True,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "SPARK_MASTER": "local-cluster[2,1,1024]", "JAVA_TOOL_OPTIONS": BRIEF},
    )  # fmt: skip
    ours, executors, status = json.loads(done.stdout)
    assert (ours, status) == (True, [0, 2])
    assert executors == 2
    assert run(["digest", str(folder), "-q", "-o", str(tmp_path / "alone")]) == 0
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "alone").read_bytes()
    assert b"binary" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(HERE, reason="pyspark is installed")
def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"rca\[spark\]"):
        spark.digest([str(logs(tmp_path / "logs"))])


def test_what_an_executor_does_is_what_one_process_does(tmp_path: Path) -> None:
    from rca.digest import digest, merge_parcels
    from rca.digest.file import frozen, thawed

    folder = logs(tmp_path / "logs")
    parts = [spark._one(place, str(path)) for place, path in enumerate(sorted(folder.iterdir()))]
    merged = merge_parcels([thawed(raw) for raw, error in parts if raw is not None and error is None])
    assert frozen(merged) == frozen(digest([str(folder)]))
