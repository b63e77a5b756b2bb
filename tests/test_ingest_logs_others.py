"""Logs that are not Cloud Logging entries: plain text, structured application logs, OpenTelemetry."""

import json
from pathlib import Path

import polars as pl
import pytest

from rca import ingest
from rca.model import Source
from rca.model.piece import Occurrences


def read(path: Path) -> tuple[pl.DataFrame, Source]:
    pieces = list(ingest.read([str(path)]))
    (source,) = [piece for piece in pieces if isinstance(piece, Source)]
    assert source.read == source.kept + source.duplicates + source.skipped
    return pl.concat([piece.frame for piece in pieces if isinstance(piece, Occurrences)]), source


def _lines(entries: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in entries).encode()


TEXTS: list[tuple[str, str, list[tuple[str, int, int | None]]]] = [
    ("docker and kubectl", "2026-01-01T00:00:00.000000005Z INFO started\n2026-01-01T00:00:01Z plain\n",
     [("INFO started", 200, 1767225600000000005), ("plain", 0, 1767225601000000000)]),
    ("container runtime", "2026-01-01T00:00:00Z stderr F ERROR: down\n", [("ERROR: down", 500, 1767225600000000000)]),
    ("kubectl with prefixes", "[pod/web-1/app] 2026-01-01T00:00:00Z WARN slow\n", [("WARN slow", 400, 1767225600000000000)]),
    ("Python logging", "2026-01-01 00:00:00,250 - app - CRITICAL - down\n", [("- app - CRITICAL - down", 600, 1767225600250000000)]),
    ("nginx", "2026/01/01 00:00:00 [error] 7#7: refused\n", [("[error] 7#7: refused", 500, 1767225600000000000)]),
    ("access log", '10.0.0.1 - - [01/Jan/2026:01:00:00 +0100] "GET / HTTP/1.1" 200 5\n',
     [('10.0.0.1 - - [01/Jan/2026:01:00:00 +0100] "GET / HTTP/1.1" 200 5', 0, 1767225600000000000)]),
    ("syslog has no year", "Jan  1 00:00:00 host app[1]: hello\n", [("host app[1]: hello", 0, None)]),
    ("epoch", "1767225600.5 level=error msg=down\n", [("level=error msg=down", 500, 1767225600500000000)]),
    ("several lines", "2026-01-01T00:00:00Z ERROR sql\n    select 1\n    from x\n2026-01-01T00:00:01Z INFO ok\n",
     [("ERROR sql\n    select 1\n    from x", 500, 1767225600000000000), ("INFO ok", 200, 1767225601000000000)]),
    ("JSON among text", 'starting\n{"level":"error","ts":1767225600.5,"msg":"down"}\nlistening\nready\nwaiting\n',
     [("starting", 0, None), ("listening", 0, None), ("ready", 0, None), ("waiting", 0, None), ("down", 500, 1767225600500000000)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "expected"), TEXTS, ids=[row[0] for row in TEXTS])
def test_plain_text(name: str, text: str, expected: list[tuple[str, int, int | None]], tmp_path: Path) -> None:
    (tmp_path / "log").write_text(text)
    frame, source = read(tmp_path / "log")
    assert source.kind == "lines", name
    assert sorted(frame.select("message", "severity", "at").rows()) == sorted(expected)
    assert int(frame["lines"].sum()) == source.kept == text.count("\n")


def test_structured_application_logs(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(
        _lines(
            [
                {
                    "level": "error",
                    "ts": "2026-01-01T00:00:00Z",
                    "msg": "request failed",
                    "error": "connection refused",
                },
                {"level": 50, "time": 1767225601000, "msg": "pino", "name": "api"},
                {"severity": "INFO", "timestamp": "2026-01-01T00:00:02Z", "message": "ok", "service": "web"},
            ]
        )
    )
    frame, source = read(tmp_path / "log")
    assert source.kept == 3
    assert frame["message"].to_list() == ["request failed\nconnection refused", "pino", "ok"]
    assert frame["severity"].to_list() == [500, 500, 200]
    assert frame["service"].to_list() == [None, None, "web"]


def test_opentelemetry(tmp_path: Path) -> None:
    record = {
        "timeUnixNano": "1767225600000000007",
        "severityNumber": 17,
        "traceId": "5b8efff798038103d269b633813fc60c",
        "body": {"stringValue": "payment failed"},
        "attributes": [
            {"key": "exception.type", "value": {"stringValue": "ValueError"}},
            {"key": "exception.message", "value": {"stringValue": "no card"}},
        ],
        "unknown": [1],
    }
    attributes = [
        {"key": "service.name", "value": {"stringValue": "pay"}},
        {"key": "service.version", "value": {"stringValue": "1.2"}},
    ]
    document = {
        "resourceLogs": [
            {
                "resource": {"attributes": attributes},
                "scopeLogs": [{"scope": {"name": "pay.api"}, "logRecords": [record, {}]}],
            }
        ]
    }
    (tmp_path / "log").write_text(json.dumps(document))
    frame, source = read(tmp_path / "log")
    assert (source.kind, source.read) == ("otlp", 2)
    row = frame.row(0, named=True)
    expected = {"message": "payment failed\nValueError: no card", "severity": 500, "service": "pay", "version": "1.2",
                "trace": record["traceId"], "logger": "pay.api", "at": 1767225600000000007}  # fmt: skip
    assert {key: row[key] for key in expected} == expected
