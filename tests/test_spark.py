"""The engine of `rca digest` changes where the work is done, and nothing of the result."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def rca(*words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "rca", *words],
        capture_output=True,
        check=False,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **environ},
    )  # fmt: skip


@needs_spark
@pytest.mark.parametrize("master", ["local[2]", "local-cluster[2,1,1024]"])
def test_a_cluster_makes_the_same_bytes_as_one_process(master: str, tmp_path: Path) -> None:
    folder = logs(tmp_path / "logs")
    assert rca("digest", str(folder), "-o", str(tmp_path / "alone")).returncode == 0
    done = rca("digest", str(folder), "--engine", "spark", "-o", str(tmp_path / "spark"), SPARK_MASTER=master)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "spark").read_bytes() == (tmp_path / "alone").read_bytes()


@needs_spark
def test_a_file_that_cannot_be_read_is_named_and_is_status_2(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(bytes(range(256)) * 40)
    done = rca("digest", str(tmp_path / "x"), "--engine", "spark", "-o", str(tmp_path / "d"), SPARK_MASTER="local[1]")
    assert done.returncode == 2
    assert b"binary" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "d").exists()


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
