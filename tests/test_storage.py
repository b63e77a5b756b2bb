"""gs:// in and out: what an address means, what goes wrong on the way, and that a digest comes out as it went in."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bucket import Store, serving
from test_ingest_logs_paths import log, refusal, sources

from rca import digest
from rca.cli import run
from rca.digest import Shard
from rca.errors import NoAccessError
from rca.ingest import bucket as door
from rca.ingest.storage import listed, put

OBJECTS = {
    "logs/": b"",
    "logs/a.json": log(700),
    "logs/b": gzip.compress(log(5, 2000)),
    "logs/sub/c": log(5, 3000),
    "logsbook": log(1, 8000),
    "other": log(1, 9000),
    "odd/na?me[1] é": log(2, 5000),
}


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    store = Store(dict(OBJECTS))
    with serving(store) as address:
        monkeypatch.setenv("RCA_STORAGE_ENDPOINT", address)
        yield store


@pytest.mark.usefixtures("store")
def test_objects_folders_and_patterns_of_a_bucket() -> None:
    cases = {
        "gs://bucket/logs/a.json": [700],
        "gs://bucket/logs/*": [700, 5],
        "gs://bucket/logs/**": [700, 5, 5],
        "gs://bucket/**/[bc]": [5, 5],
        "gs://bucket/logs/[!a]": [5],
        "gs://bucket/?ther": [1],
        "gs://bucket/logs": [700, 5, 5],
        "gs://bucket/logs/": [700, 5, 5],
        "gs://bucket/odd/na?me[1] é": [2],
        "gs://bucket/": [700, 5, 5, 1, 2, 1],
        "gs://bucket": [700, 5, 5, 1, 2, 1],
    }
    assert {address: [source.kept for source in sources(address)] for address in cases} == cases
    assert "nothing is there" in refusal("gs://bucket/missing")
    assert "names no bucket" in refusal("gs://")
    assert "gs://nowhere/x" in refusal("gs://nowhere/x")
    with pytest.raises(NoAccessError, match=r"storage\.objectViewer"):
        sources("gs://closed/x")


def test_what_is_listed_is_not_yet_read(store: Store) -> None:
    """A task of a thousand lists the bucket and reads its own objects only."""
    assert [one.size for one in listed("gs://bucket/logs")] == [len(OBJECTS[name]) for name in ("logs/a.json", "logs/b", "logs/sub/c")]  # fmt: skip
    assert not [line for line in store.asked if "alt=media" in line]
    digest.digest(["gs://bucket/logs"], Shard(1, 3))
    assert [line.split("?")[0].rpartition("/")[2] for line in store.asked if "alt=media" in line] == ["logs%2Fb"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("busy", "breaks"), [(2, 0), (0, 3), (1, 1)])
def test_a_store_that_is_busy_or_breaks_off_is_asked_again(busy: int, breaks: int, store: Store) -> None:
    store.busy, store.breaks = busy, breaks
    (source,) = sources("gs://bucket/logs/a.json")
    assert (source.kept, source.complete) == (700, True)
    assert store.busy == store.breaks == 0


def test_an_object_that_breaks_off_for_ever_keeps_what_came_and_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TRIES", 2)
    store.objects["long"], store.lost_after = log(4000), 400_000
    (source,) = sources("gs://bucket/long")
    assert 1000 < source.kept < 4000
    assert not source.complete
    assert source.read == source.kept + source.skipped
    assert any("could be read in part only" in note for note in source.notes)


def test_a_bucket_without_a_login_is_no_access(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(NoAccessError, match="gcloud auth application-default login") as caught:
        sources("gs://bucket/x")
    assert caught.value.code == 3


def test_tasks_of_a_job_read_and_write_a_bucket_and_the_whole_is_that_of_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As three tasks of Cloud Run would: only the environment differs between them."""
    monkeypatch.setenv("CLOUD_RUN_TASK_COUNT", "3")
    for task in "012":
        monkeypatch.setenv("CLOUD_RUN_TASK_INDEX", task)
        assert run(["digest", "gs://bucket/logs", "-o", "gs://bucket/parts/"]) == 0
    parts = sorted(name for name in store.objects if name.startswith("parts/"))
    assert parts == [f"parts/part-0000{task}-of-00003.digest" for task in "012"]
    monkeypatch.delenv("CLOUD_RUN_TASK_COUNT")
    assert run(["merge", "gs://bucket/parts", "-o", "gs://bucket/all.digest"]) == 0
    assert run(["digest", "gs://bucket/logs", "-q", "-o", str(tmp_path / "alone")]) == 0
    assert store.objects["all.digest"] == (tmp_path / "alone").read_bytes()
    capfd.readouterr()
    assert run(["ingest", "gs://bucket/all.digest", "--format", "json"]) == 0
    assert sum(source["kept"] for source in json.loads(capfd.readouterr().out)["sources"]) == 710


def test_a_report_of_a_bucket_goes_to_a_bucket(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "gs://bucket/logs", "--no-history", "-o", "gs://bucket/reports/r.json"]) == 0
    report = json.loads(store.objects["reports/r.json"])
    assert report["coverage"]["sources"][0]["path"] == "gs://bucket/logs/a.json"
    assert "wrote gs://bucket/reports/r.json" in capfd.readouterr().err


REFUSED = [
    ("a bucket that refuses", "gs://closed/x", 3, "roles/storage.objectUser"),
    ("a bucket that is not there", "gs://nowhere/x", 2, "cannot be written: 404 The specified bucket does not exist"),
    ("no name", "gs://bucket", 2, "write gs://BUCKET/NAME"),
]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("sentence", "address", "status", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_written_is_one_line(
    sentence: str, address: str, status: int, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_bytes(log(3))
    assert run(["digest", str(tmp_path / "logs"), "-o", address]) == status, sentence
    (line,) = capfd.readouterr().err.splitlines()
    assert said in line


def test_what_was_put_is_there_and_replaces_what_was(store: Store) -> None:
    for content in (b"old", b"new", bytes(range(256)) * 5000):
        put("gs://bucket/results/x y.digest", content)
        assert store.objects["results/x y.digest"] == content
