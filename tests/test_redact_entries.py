"""Secrets that are spread over log entries, or that would leave in a digest file."""

import json
from pathlib import Path

import polars as pl
import pytest
from corpus.draw import Draw
from corpus.secrets import positives

from rca.digest import digest, read, write
from rca.ingest import read as ingest
from rca.model.piece import Occurrences
from rca.redact import keep, pair, redact


def survives(secret: str, shown: str) -> bool:
    return any(secret[start : start + 8] in shown for start in range(len(secret) - 7))


def entries(path: Path, texts: list[str], **more: str) -> str:
    rows = [
        {
            "insertId": f"i{number:04}",
            "timestamp": f"2025-09-09T19:09:{number % 60:02}.{number:06}Z",
            "severity": "ERROR",
            "textPayload": text,
            "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": "shop", "revision_name": "shop-1"}},
            **more,
        }
        for number, text in enumerate(texts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_key_printed_line_by_line_leaves_no_line_in_any_entry(tmp_path: Path, newest_first: bool) -> None:
    block = Draw(5).pem()
    path = entries(tmp_path / "logs.jsonl", ["starting", *block, "listening"])
    if newest_first:
        Path(path).write_text("".join(reversed(Path(path).read_text().splitlines(keepends=True))))
    frames = [piece.frame for piece in ingest([path]) if isinstance(piece, Occurrences)]
    shown = "\n".join(pl.concat(frames)["message"].to_list())
    assert not any(survives(line, shown) for line in block[1:-1])
    assert "starting" in shown
    assert "listening" in shown


def test_no_secret_of_the_corpus_is_in_a_digest_file(tmp_path: Path) -> None:
    corpus = [one for one in positives(1) if "\n" not in one.text]
    path = entries(tmp_path / "logs.jsonl", [one.text for one in corpus])
    write(digest([path]), tmp_path / "d")
    held = read(tmp_path / "d").digest
    shown = "\n".join(
        str(value) for frame in (held.shapes, held.events, held.routes) for row in frame.rows() for value in row
    )
    assert [one.kind for one in corpus if any(survives(secret, shown) for secret in one.secrets)] == []


@pytest.mark.parametrize(
    ("sentence", "text", "shown"),
    [
        ("a person's address keeps its domain", "to anna.b@corp.example.de now", "to [email:8d29]@corp.example.de now"),
        ("an account of a service is no person", "by run@p.iam.gserviceaccount.com", None),
        ("nobody's address stays", "git@github.com:a/b.git noreply@corp.de", None),
        ("an image reference is no address", "europe-docker.pkg.dev/p/r/app@sha256:0011", None),
        ("a unit file is no address", "getty@tty1.service failed", None),
        ("a private network stays", "10.1.2.3 172.16.9.9 192.168.1.1 127.0.0.1 169.254.169.254", None),
        ("a version stays", "Chrome/120.0.6099.71 version 8.31.0.1", None),
        ("a clock and a hash stay", "12:30:45:100 a1:b2:c3:d4:e5:f6", None),
    ],
)
def test_people_and_machines(sentence: str, text: str, shown: str | None) -> None:
    assert redact(text) == (shown or text), sentence


def test_public_addresses_are_masked_alike_wherever_they_stand() -> None:
    first, second = redact("peer 34.117.59.81:443 reset"), redact("http://34.117.59.81/x and 2600:1901:0:38d7:0:0:0:1")
    assert first.startswith("peer [ip:")
    assert first.split("[")[1].split("]")[0] in second
    assert "2600" not in second


def test_what_is_personal_can_be_kept_and_a_credential_cannot() -> None:
    import contextvars

    def kept() -> str:
        keep(["emails", "addresses"])
        return redact("anna@corp.de from 34.117.59.81 password=hunter2hunter2")

    assert contextvars.copy_context().run(kept).startswith("anna@corp.de from 34.117.59.81 password=[secret:")
    assert "anna" not in redact("anna@corp.de")


@pytest.mark.parametrize(
    ("key", "value", "masked"),
    [("password", "hunter2x", True), ("db_token", "a1b2c3d4e5f6a7", True), ("module", "tokens", False), ("path", "/etc/x", False), ("token_type", "a1b2c3d4e5f6", False)],
)  # fmt: skip
def test_a_key_tells_that_its_value_is_a_secret(key: str, value: str, masked: bool) -> None:
    assert ("[secret:" in pair(key, value)) is masked
