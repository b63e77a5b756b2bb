"""Digest files: what is written is read, shards merge to the whole, and a bad file is refused in one line."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from entries import texts
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rca import rules
from rca.digest import Shard, digest, merge_files, read, shard_of, write
from rca.errors import InputUnusableError, RcaError, UsageError
from rca.gather import Request, gather
from rca.model import Change, Digest, Parcel, Source
from rca.pipeline import Settings, analyze
from rca.signatures import tally

AUDITED = Path(__file__).resolve().parent.parent / "fixtures" / "missing-module" / "input" / "logs.jsonl"
SHARDS: list[tuple[str, str | None, Mapping[str, str], Shard]] = [
    ("nothing is said", None, {}, Shard(0, 1)),
    ("counted from 0", "0/4", {}, Shard(0, 4)),
    ("counted from 1, the last", "4/4", {}, Shard(0, 4)),
    ("Cloud Run", None, {"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "5"}, Shard(2, 5)),
    ("Kubernetes", None, {"JOB_COMPLETION_INDEX": "1", "JOB_COMPLETIONS": "3"}, Shard(1, 3)),
    ("the option wins", "1/2", {"CLOUD_RUN_TASK_INDEX": "2", "CLOUD_RUN_TASK_COUNT": "5"}, Shard(1, 2)),
]


@pytest.mark.parametrize(("sentence", "text", "environ", "expected"), SHARDS, ids=[row[0] for row in SHARDS])
def test_which_part_a_task_takes(sentence: str, text: str | None, environ: Mapping[str, str], expected: Shard) -> None:
    assert shard_of(text, environ) == expected, sentence


@pytest.mark.parametrize("text", ["", "3", "a/b", "-1/2", "3/2", "0/0", "1/2/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="I/N"):
        shard_of(text, {})


@pytest.mark.parametrize("index", ["0", "3"])
def test_a_kubernetes_task_that_does_not_know_the_number_of_tasks_is_refused(index: str) -> None:
    with pytest.raises(UsageError, match="JOB_COMPLETIONS"):
        shard_of(None, {"JOB_COMPLETION_INDEX": index})


@given(st.integers(1, 9), st.integers(0, 1), st.lists(st.integers(), max_size=30))
def test_every_item_belongs_to_exactly_one_shard(count: int, first: int, items: list[int]) -> None:
    taken = [pair for index in range(first, first + count) for pair in shard_of(f"{index}/{count}", {}).take(items)]
    assert sorted(taken) == list(enumerate(items))


def parcel() -> Parcel:
    change = Change(id="c1", kind="deploy", at="2025-01-01T00:00:00Z", service="shop", refs=("log:0:1",), actor="bot")
    source = Source(path="a.log", kind="entries", read=2, kept=2)
    return Parcel(tally(texts(["cart 1 failed", "stored"], service="shop")), (change,), (source,))


def same(first: Parcel, second: Parcel) -> None:
    for name in ("shapes", "cells", "events", "traffic", "routes"):
        assert_frame_equal(getattr(first.digest, name), getattr(second.digest, name))
    assert (first.changes, first.sources) == (second.changes, second.sources)


@pytest.mark.parametrize("made", [parcel(), Parcel(), Parcel(Digest(), parcel().changes)])
def test_what_is_written_is_read_again(tmp_path: Path, made: Parcel) -> None:
    write(made, tmp_path / "a.digest")
    same(read(tmp_path / "a.digest"), made)
    write(read(tmp_path / "a.digest"), tmp_path / "b.digest")
    assert (tmp_path / "a.digest").read_bytes() == (tmp_path / "b.digest").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.digest", "b.digest"]


def bad(path: Path) -> list[tuple[str, bytes]]:
    write(parcel(), path)
    good = path.read_bytes()
    pl.DataFrame({"part": ["x"]}).write_parquet(path, metadata={"rca.digest": "rca.digest/1"})
    damaged = bytearray(good)
    damaged[len(good) // 4] ^= 255
    columns = path.read_bytes()
    pl.DataFrame({"part": ["x"]}).write_parquet(path, metadata={"rca.digest": "rca.digest/9"})
    return [
        ("version rca.digest/9", path.read_bytes()),
        ("damaged or edited", bytes(damaged)),
        ("damaged or edited", columns),
        ("not a readable", good[: len(good) // 2]),
        ("not a readable", b""),
    ]


def test_a_file_that_is_no_digest_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "x.digest"
    for why, content in bad(path):
        path.write_bytes(content)
        with pytest.raises(InputUnusableError, match=why) as caught:
            read(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(RcaError, match="cannot be written"):
        write(parcel(), tmp_path / "missing" / "a.digest")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RcaError, match="cannot be written"):
        write(parcel(), tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def logs(folder: Path) -> list[str]:
    for number in range(5):
        rows = [f"2025-01-01T00:0{number}:{second:02} ERROR cart {second} failed" for second in range(number + 2)]
        (folder / f"part{number}.log").write_text("\n".join(rows) + "\n")
    return [str(folder)]


def test_shards_merge_to_the_digest_of_the_whole_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    paths = logs(folder)
    write(digest(paths), tmp_path / "whole")
    parts = [tmp_path / f"part{index}" for index in range(3)]
    for index, part in enumerate(parts):
        write(digest(paths, Shard(index, 3)), part)
    write(merge_files(parts[::-1]), tmp_path / "merged")
    assert (tmp_path / "merged").read_bytes() == (tmp_path / "whole").read_bytes()
    assert read(tmp_path / "whole").digest.shapes["count"].sum() == 20
    assert set(read(tmp_path / "whole").digest.events["source"]) == {0, 1, 2, 3, 4}


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    paths = logs(folder)
    program = "import sys; from pathlib import Path; from rca.digest import digest, write; write(digest([sys.argv[1]]), Path(sys.argv[2]))"
    for name in ("a", "b"):
        subprocess.run([sys.executable, "-c", program, paths[0], str(tmp_path / name)], check=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_evidence_of_a_digest_is_not_that_of_another_input(tmp_path: Path) -> None:
    """Two logs digested and a third beside them: equal numbers of inputs and lines, three texts."""
    folder = tmp_path / "logs"
    folder.mkdir()
    errors = ("ValueError: first", "KeyError: 'second'", "OSError: third")
    paths = [folder / "a.log", folder / "b.log", tmp_path / "c.log"]
    for path, error in zip(paths, errors, strict=True):
        path.write_text(f"2025-01-01T00:00:00Z INFO ready\n2025-01-01T00:00:01Z ERROR {error}\n")
    write(digest([str(folder)]), tmp_path / "d.digest")
    write(digest([str(tmp_path / "d.digest")]), tmp_path / "dd.digest")
    for name in ("d.digest", "dd.digest"):
        for order in ([name, "c.log"], ["c.log", name]):
            facts = gather(Request(paths=[str(tmp_path / one) for one in order]))
            report = analyze(facts, rules.load([rules.builtin()]), Settings())
            cited = {(Path(one.source).name, one.line, one.text.split(": ")[-1]) for one in report.evidence.values() if one.kind == "log" and one.line == 2}  # fmt: skip
            assert cited == {(f"{name}#0", 2, "first"), (f"{name}#1", 2, "'second'"), ("c.log", 2, "third")}


def test_changes_of_a_digest_are_cited_where_they_stand(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        shutil.copy(AUDITED, tmp_path / name)
    parcel = digest([str(tmp_path)])
    refs = {ref.split(":")[1] for change in parcel.changes for ref in change.refs}
    assert refs <= {"0", "1"}
    assert digest([str(tmp_path)], Shard(1, 2)).changes[0].refs[0].startswith("log:1:")
