"""The same log in every dialect it is met in gives the same entries."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rca import ingest
from rca.model import Source
from rca.model.frames import ENTRIES
from rca.model.piece import Changes, Occurrences

Entry = dict[str, Any]


def said(number: int, severity: str, **payload: Any) -> Entry:
    return {
        "insertId": f"i{number}",
        "timestamp": f"2026-01-01T00:0{number}:00.123456789Z",
        "severity": severity,
        "logName": "projects/demo/logs/run.googleapis.com%2Fstdout",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": "api", "revision_name": "api-00001"}},
        "labels": {"instanceId": "a1"},
        **payload,
    }


REQUEST = {"requestMethod": "GET", "requestUrl": "https://x.example/api/items/7?a=1", "status": 503, "latency": "0.25s"}
LOG = [
    said(1, "INFO", textPayload="plain words"),
    said(2, "ERROR", jsonPayload={"message": "structured words", "logger": "app.items", "n": 1}),
    said(3, "ERROR", httpRequest=REQUEST, trace="projects/demo/traces/abc123"),
    said(
        4, "NOTICE", protoPayload={"methodName": "x.Update", "resourceName": "r/1", "status": {"message": "went well"}}
    ),
]
SNAKE = {"textPayload": "text_payload", "jsonPayload": "json_payload", "protoPayload": "proto_payload",
         "httpRequest": "http_request", "insertId": "insert_id", "logName": "log_name"}  # fmt: skip


def lines(entries: list[Entry]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in entries).encode()


def snake(entry: Entry) -> Entry:
    made = {SNAKE.get(key, key): value for key, value in entry.items()}
    if "http_request" in made:
        made["http_request"] = {
            "request_method": "GET", "request_url": REQUEST["requestUrl"], "status": 503, "latency": "0.25s",
        }  # fmt: skip
    return made


def table(entries: list[Entry]) -> bytes:
    out = io.StringIO()
    names = ["insertId", "timestamp", "severity", "logName", "resource.type", "resource.labels.service_name",
             "resource.labels.revision_name", "labels.instanceId", "textPayload", "jsonPayload.message", "jsonPayload.logger",
             "httpRequest.requestMethod", "httpRequest.requestUrl", "httpRequest.status", "httpRequest.latency", "trace",
             "protoPayload.methodName", "protoPayload.resourceName", "protoPayload.status.message"]  # fmt: skip
    sheet = csv.writer(out)
    sheet.writerow(names)
    for entry in entries:
        cells = []
        for name in names:
            value: Any = entry
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            cells.append("" if value is None else value)
        sheet.writerow(cells)
    return out.getvalue().encode()


DIALECTS: dict[str, Callable[[list[Entry]], bytes]] = {
    "JSON lines": lines,
    "JSON lines, gzipped": lambda log: gzip.compress(lines(log)),
    "several gzip members": lambda log: gzip.compress(lines(log[:2])) + gzip.compress(lines(log[2:])),
    "JSON lines in UTF-16": lambda log: lines(log).decode().encode("utf-16"),
    "with a byte order mark": lambda log: b"\xef\xbb\xbf" + lines(log),
    "a pretty array": lambda log: json.dumps(log, indent=2).encode(),
    "a pretty array, newest first": lambda log: json.dumps(log[::-1], indent=2).encode(),
    "an array on one line": lambda log: json.dumps(log).encode(),
    "one array after the other": lambda log: json.dumps(log[:2]).encode() + b"\n" + json.dumps(log[2:]).encode(),
    "pretty objects one after the other": lambda log: "\n".join(json.dumps(one, indent=1) for one in log).encode(),
    "an answer of the API": lambda log: json.dumps({"entries": log, "nextPageToken": "t"}, indent=2).encode(),
    "a wrapper with a list": lambda log: json.dumps({"fetched": "now", "raw_logs": log}).encode(),
    "a wrapper by severity": lambda log: json.dumps(
        {"logs": {level: [one for one in log if one["severity"] == level] for level in ("ERROR", "INFO", "NOTICE")}}
    ).encode(),
    "a client library's dump": lambda log: lines([snake(one) for one in log]),
    "a console table": table,
}


def read(path: Path) -> tuple[pl.DataFrame, Source]:
    pieces = list(ingest.read([str(path)]))
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    frame = pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)])
    assert frame.schema == ENTRIES
    assert source.read == source.kept + source.duplicates + source.skipped
    return frame, source


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_gives_the_same_entries(name: str, tmp_path: Path) -> None:
    path = tmp_path / "no-telling-name"
    path.write_bytes(DIALECTS[name](LOG))
    frame, source = read(path)
    assert (source.kind, source.read, source.kept) == ("entries", 4, 4)
    assert frame["message"].to_list() == ["plain words", "structured words", "GET /api/items/7 503", "went well"]
    assert frame["payload"].to_list() == ["text", "json", "http", "proto"]
    assert frame["severity"].to_list() == [200, 500, 500, 300]
    assert frame["at"].to_list() == [1767225600123456789 + 60 * 10**9 * n for n in range(1, 5)]
    assert frame["service"].unique().to_list() == ["api"]
    assert frame["instance"].unique().to_list() == ["a1"]
    assert frame["project"].unique().to_list() == ["demo"]
    assert frame["log"].unique().to_list() == ["stdout"]
    assert frame.select("logger", "trace", "method", "status", "latency_ms").rows()[1:3] == [
        ("app.items", None, None, None, None),
        (None, "abc123", "GET", 503, 250.0),
    ]


FIELDS: list[tuple[str, Entry, dict[str, Any]]] = [
    ("GKE", {"textPayload": "x", "labels": {"k8s-pod/pod-template-hash": "7d9c"},
             "resource": {"type": "k8s_container", "labels": {"container_name": "web", "pod_name": "web-7d9c-abcde"}}},
     {"service": "web", "revision": "7d9c", "instance": "web-7d9c-abcde", "resource": "k8s_container"}),
    ("GKE without labels", {"textPayload": "x",
             "resource": {"type": "k8s_container", "labels": {"container_name": "web", "pod_name": "web-7d9c8f5b64-abcde"}}},
     {"revision": "7d9c8f5b64"}),
    ("App Engine", {"textPayload": "x", "resource": {"type": "gae_app", "labels": {"module_id": "default", "version_id": "v7"}}},
     {"service": "default", "revision": "v7"}),
    ("Functions", {"textPayload": "x", "resource": {"type": "cloud_function", "labels": {"function_name": "resize"}}},
     {"service": "resize"}),
    ("Cloud Build", {"textPayload": "Step #1: x", "labels": {"build_step": "Step #1"}, "resource": {"type": "build", "labels": {"build_id": "b1"}}},
     {"service": "build", "instance": "b1", "message": "Step #1: x"}),
    ("an empty revision is unknown", {"textPayload": "x", "resource": {"type": "cloud_run_revision",
             "labels": {"service_name": "api", "revision_name": ""}}}, {"service": "api", "revision": None}),
    ("an empty line, left out by the export", {}, {"message": "", "payload": "text"}),
    ("severity as a number", {"textPayload": "x", "severity": 400}, {"severity": 400}),
    ("severity in the payload", {"severity": None, "jsonPayload": {"level": "warn", "msg": "x"}}, {"severity": 400}),
    ("a zone", {"textPayload": "x", "timestamp": "2026-01-01T01:00:00.5+01:00"}, {"at": 1767225600500000000}),
    ("a zone without a colon, a blank, a comma", {"textPayload": "x", "timestamp": "2026-01-01 05:30:00,5 +0530"},
     {"at": 1767225600500000000}),
    ("a leap second", {"textPayload": "x", "timestamp": "2016-12-31T23:59:60Z"}, {"at": 1483228799999999999}),
    ("an absurd time", {"textPayload": "x", "timestamp": "0001-01-01T00:00:00Z"}, {"at": None}),
    ("seconds and nanos", {"textPayload": "x", "timestamp": {"seconds": 1767225600, "nanos": 5}}, {"at": 1767225600000000005}),
    ("a stack beside the message", {"jsonPayload": {"message": "failed", "stack_trace": "E: x\n  at y"}},
     {"message": "failed\nE: x\n  at y"}),
    ("a stack that repeats the message", {"jsonPayload": {"message": "E: x", "stack": "E: x\n  at y"}}, {"message": "E: x\n  at y"}),
    ("an exception object", {"jsonPayload": {"message": "failed", "exception": {"type": "KeyError", "message": "'id'"}}},
     {"message": "failed\nKeyError: 'id'"}),
    ("exc_info with a traceback", {"jsonPayload": {"event": "failed", "exc_info":
        {"type": "KeyError", "message": "id", "traceback": ["Traceback (most recent call last):", '  File "a.py", line 1, in f']}}},
     {"message": 'failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: id'}),
    ("an error object that says nothing", {"jsonPayload": {"message": "fine", "error": {"type": "str", "message": "none", "traceback": ""}}},
     {"message": "fine"}),
    ("a payload without any text", {"jsonPayload": {"b": 2, "a": [1]}}, {"message": '{"a":[1],"b":2}'}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fields", "expected"), FIELDS, ids=[row[0] for row in FIELDS])
def test_field_paths(name: str, fields: Entry, expected: dict[str, Any], tmp_path: Path) -> None:
    made = {**said(1, "INFO"), **fields}
    (tmp_path / "log").write_bytes(lines([made]))
    frame, source = read(tmp_path / "log")
    row = frame.row(0, named=True)
    assert {key: row[key] for key in expected} == expected, name
    assert bool(source.notes) == (name == "an absurd time")


def test_duplicates_are_counted_across_files_but_not_across_logs(tmp_path: Path) -> None:
    other = [{**LOG[0], "logName": "projects/demo/logs/run.googleapis.com%2Fstderr"}]
    (tmp_path / "a").write_bytes(lines(LOG))
    (tmp_path / "b").write_bytes(lines([*LOG[:2], *other]))
    pieces = list(ingest.read([str(tmp_path)]))
    sources = [piece for piece in pieces if isinstance(piece, Source)]
    assert [(source.read, source.kept, source.duplicates) for source in sources] == [(4, 4, 0), (3, 1, 2)]


def test_audit_entries_become_changes_and_stay_entries(tmp_path: Path) -> None:
    act = {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        "serviceName": "run.googleapis.com",
        "methodName": "google.cloud.run.v1.Services.ReplaceService",
        "resourceName": "namespaces/demo/services/api",
        "request": {"service": {"spec": {"template": {"metadata": {"name": "api-00002-abc"}}}}},
    }
    entry = {**said(1, "NOTICE"), "logName": "projects/demo/logs/cloudaudit.googleapis.com%2Factivity"}
    for payload in ("protoPayload", "jsonPayload"):
        (tmp_path / "log").write_bytes(lines([{**entry, payload: act}, *LOG[1:3]]))
        pieces = list(ingest.read([str(tmp_path / "log")]))
        (changes,) = [piece.changes for piece in pieces if isinstance(piece, Changes)]
        assert [(one.kind, one.service, one.refs) for one in changes] == [("deploy", "api", ("log:0:1",))]
        (source,) = [piece for piece in pieces if isinstance(piece, Source)]
        assert source.kept == 3


CUT = [
    ("1000 newest first", [said(1, "INFO", textPayload=str(n)) for n in range(1000)], -1, "newest first"),
    ("100 in an array", [said(1, "INFO", textPayload=str(n)) for n in range(100)], 1, "exactly 100 entries"),
    ("50 of each severity", [said(1, level, textPayload=str(n)) for n in range(50) for level in ("ERROR", "WARNING")]
     + [said(1, "NOTICE", textPayload="x")], 1, "50 WARNING and 50 ERROR"),
    ("no round number", [said(1, "INFO", textPayload=str(n)) for n in range(99)], -1, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "log", "step", "note"), CUT, ids=[row[0] for row in CUT])
def test_an_export_that_stops_at_a_limit_is_said_to(
    name: str, log: list[Entry], step: int, note: str | None, tmp_path: Path
) -> None:
    timed = [
        {**one, "insertId": f"c{at}", "timestamp": f"2026-01-01T00:{at // 60:02d}:{at % 60:02d}Z"}
        for at, one in enumerate(log)
    ]
    (tmp_path / "log").write_text(json.dumps(timed[::step], indent=1))
    _, source = read(tmp_path / "log")
    assert source.complete == (note is None), name
    assert any(note in said for said in source.notes) if note else not source.notes


def test_a_document_cut_off_gives_what_was_before_the_cut(tmp_path: Path) -> None:
    for document in (json.dumps(LOG, indent=2), json.dumps({"meta": {"a": 1}, "entries": LOG})):
        (tmp_path / "log").write_text(document[:-60])
        frame, source = read(tmp_path / "log")
        assert frame.height == source.kept == 3
        assert (source.complete, source.skipped_reasons) == (False, {"cut off": 1})


def test_a_broken_entry_in_an_array_costs_itself_alone(tmp_path: Path) -> None:
    for document in (json.dumps(LOG, indent=2), json.dumps(LOG)):
        (tmp_path / "log").write_text(document.replace('"structured words"', "structured words"))
        frame, source = read(tmp_path / "log")
        assert frame["message"].to_list() == ["plain words", "GET /api/items/7 503", "went well"]
        assert (source.read, source.skipped_reasons) == (4, {"broken JSON": 1})
