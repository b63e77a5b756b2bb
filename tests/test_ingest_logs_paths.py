"""What may be named as an input, and what is said of what may not."""

import gzip
import json
import os
from io import BytesIO
from pathlib import Path

import pytest

from rca import ingest
from rca.errors import InputUnusableError
from rca.ingest import archive
from rca.model import Source
from rca.model.piece import Bundle, Occurrences


def log(count: int, first: int = 0) -> bytes:
    """Entries of a good log."""
    made = (
        {
            "insertId": f"p{n}",
            "timestamp": f"2026-01-01T00:{n // 60 % 60:02d}:{n % 60:02d}Z",
            "textPayload": f"entry {n}",
            "logName": "projects/demo/logs/stdout",
        }
        for n in range(first, first + count)
    )
    return "".join(json.dumps(one) + "\n" for one in made).encode()


def sources(*paths: str | Path, stdin: bytes | None = None) -> list[Source]:
    pieces = list(ingest.read([str(path) for path in paths], stdin=None if stdin is None else BytesIO(stdin)))
    found = [piece for piece in pieces if isinstance(piece, Source)]
    entries = sum(int(piece.frame["lines"].sum()) for piece in pieces if isinstance(piece, Occurrences))
    assert entries == sum(source.kept for source in found if source.kind in {"entries", "lines", "otlp"})
    return found


def refusal(*paths: str | Path) -> str:
    with pytest.raises(InputUnusableError) as caught:
        sources(*paths)
    assert "\n" not in str(caught.value)
    assert caught.value.hint
    return str(caught.value)


def test_a_folder_is_read_in_order_of_names_without_hidden_files(tmp_path: Path) -> None:
    for name, first in (("b.txt", 10), ("a/deep.xyz", 0), (".hidden", 20), ("a/.git/x", 30)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(log(5, first))
    assert [Path(source.path).name for source in sources(tmp_path)] == ["deep.xyz", "b.txt"]
    assert [source.kept for source in sources(tmp_path / ".hidden")] == [5]


def test_globs_and_standard_input(tmp_path: Path) -> None:
    for name in ("x1.log", "x2.log", "y.log"):
        (tmp_path / name).write_bytes(log(2, 10 * ord(name[1])))
    assert [source.kept for source in sources(tmp_path / "x*.log", "-", stdin=log(3))] == [2, 2, 3]
    assert "matches no file" in refusal(tmp_path / "z*.log")


def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "zip").write_bytes(b"PK\x03\x04 rest")
    (tmp_path / "yaml").write_text("---\ninsertId: x\nlogName: y\n")
    os.mkfifo(tmp_path / "pipe")
    assert "no such file" in refusal(tmp_path / "none")
    assert "empty folder" in refusal(tmp_path / "empty")
    assert "binary" in refusal(tmp_path / "binary")
    assert "unpack it first" in refusal(tmp_path / "zip")
    assert "--format=json" in refusal(tmp_path / "yaml")
    assert "named pipe" in refusal(tmp_path / "pipe")
    assert "device" in refusal("/dev/zero")
    assert "\x1b" not in refusal(tmp_path / "a\x1b[31m")


def test_a_folder_skips_what_is_of_no_use_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(log(4))
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "prose.md").write_text("# Notes\n\nNothing to see here.\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    said = {Path(source.path).name: source for source in sources(tmp_path)}
    assert said.pop("good").kept == 4
    assert {name: (source.kind, source.skipped) for name, source in said.items()} == dict.fromkeys(
        ("nowhere", "picture", "pipe", "prose.md"), ("unknown", 1)
    )
    (tmp_path / "good").unlink()
    assert "more files" in refusal(tmp_path)


def test_an_empty_file_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"")
    (source,) = sources(tmp_path / "x")
    assert (source.read, source.notes) == (0, ("an empty file",))


def test_a_git_bundle_is_handed_on_just_before_its_source(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"# v2 git bundle\n")
    (tmp_path / "b").write_bytes(log(1))
    pieces = list(ingest.read([str(tmp_path)]))
    assert [type(piece) for piece in pieces] == [Occurrences, Bundle, Source, Source]


GZIP = [
    ("cut off", gzip.compress(log(5000))[:-3000], "cut off"),
    ("a damaged check sum", gzip.compress(log(5000))[:-8] + b"12345678", "damaged gzip data"),
    ("followed by something else", gzip.compress(log(5000)) + b"hello", "bytes after the end"),
]


@pytest.mark.parametrize(("what", "data", "note"), GZIP, ids=[row[0] for row in GZIP])
def test_damaged_gzip_gives_what_can_be_had_and_says_so(what: str, data: bytes, note: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(data)
    (source,) = sources(tmp_path / "x")
    assert source.kept > 1000, what
    assert not source.complete
    assert any(note in said for said in source.notes)


def test_a_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 1 << 20)
    (tmp_path / "x").write_bytes(gzip.compress(log(10) + b"\n" * (64 << 20)))
    (source,) = sources(tmp_path / "x")
    assert source.kept == 10
    assert "unpacks to more than 300 times its size" in source.notes[0]


def test_a_file_in_the_way_of_permissions_is_skipped_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(log(1))
    (tmp_path / "locked").write_bytes(log(1))
    (tmp_path / "locked").chmod(0)
    if os.access(tmp_path / "locked", os.R_OK):
        pytest.skip("the super-user may read everything")
    assert [source.kind for source in sources(tmp_path)] == ["entries", "unknown"]
    assert "permission denied" in refusal(tmp_path / "locked")


class _Failing(BytesIO):
    """A disk that goes away after the first block."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(300_000 if size in {None, -1} else size)


def test_a_read_error_in_the_middle_keeps_what_came_before_and_says_so() -> None:
    (source,) = [piece for piece in ingest.read(["-"], stdin=_Failing(log(4000))) if isinstance(piece, Source)]
    assert source.kept > 1000
    assert source.read == source.kept + source.duplicates + source.skipped
    assert not source.complete
    assert "could be read in part only: input/output error" in source.notes
