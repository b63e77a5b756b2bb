"""An entry says the same whether it came over the wire or out of an export file."""

import io
import json
from typing import Any

import polars as pl
import pytest
from google.protobuf import json_format
from test_cloud_server import ENTRY, T0, deploy

from rca.ingest import entries
from rca.ingest.batch import Batch
from rca.ingest.cloud import _act, _decoded
from rca.ingest.cloud_entries import acts, batches
from rca.ingest.cloud_pages import flat
from rca.ingest.tally import Tally

RUN = {
    "type": "cloud_run_revision",
    "labels": {"service_name": "api", "revision_name": "api-00012-def", "location": "l"},
}
POD = {
    "type": "k8s_container",
    "labels": {"container_name": "shop", "pod_name": "shop-6d5f7c9b8-x2x2x", "namespace_name": "d"},
}
BASE = {
    "logName": "projects/p1/logs/run.googleapis.com%2Fstderr",
    "resource": RUN,
    "timestamp": "2026-03-04T05:06:07.123456789Z",
}
TRACE = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x'

ROWS: list[dict[str, Any]] = [
    {"textPayload": "plain"},
    {"textPayload": "", "severity": "ERROR"},
    {"textPayload": "with labels", "labels": {"instanceId": "0069", "commit-sha": "1a2b3c4", "other": "x"}},
    {"jsonPayload": {"message": "said", "severity": "WARNING", "logger": "app.x", "took": 1.5}},
    {"jsonPayload": {"msg": "short", "level": "error"}},
    {"jsonPayload": {"message": {"nested": ["deep", 1, None]}}},
    {"jsonPayload": {"message": "failed", "exc_info": TRACE}},
    {"jsonPayload": {"message": "failed", "error": {"type": "ValueError", "message": "bad id", "stack": TRACE}}},
    {"jsonPayload": {"error": {"code": 7}}},
    {"jsonPayload": {"event": 12}},
    {"jsonPayload": {"event": True, "name": "n"}},
    {"jsonPayload": {"other": "no text at all", "n": 3}},
    {"jsonPayload": {}},
    {"httpRequest": {"requestMethod": "GET", "requestUrl": "https://h/a?b=c", "status": 503, "latency": "1.5s"}, "trace": "projects/p1/traces/abc"},
    {"httpRequest": {"requestUrl": "/x"}, "textPayload": "the request failed", "severity": "WARNING"},
    {"textPayload": "of a pod", "resource": POD, "labels": {"k8s-pod/app_kubernetes_io/version": "1.2"}},
    {"textPayload": "no resource", "resource": {"type": "global"}, "logName": "projects/p1/logs/plain"},
    {"severity": "CRITICAL"},
]  # fmt: skip


def live(messages: list[Any]) -> tuple[pl.DataFrame, tuple[dict[str, Any], ...]]:
    """Over the wire: pages of two, so that columns differ from page to page."""
    pages = [flat(messages[i : i + 2], _decoded, _act) for i in range(0, len(messages), 2)]
    found = list(batches(pages, Tally(0, "live", "entries")))
    return pl.concat([one.frame for one in found]), tuple(act for one in found for act in one.audits)


def exported(messages: list[Any]) -> tuple[pl.DataFrame, tuple[dict[str, Any], ...]]:
    """Out of a file: one JSON line for each entry."""
    text = "\n".join(json.dumps(json_format.MessageToDict(one)) for one in messages)
    found = [one for one in entries.read(0, "file", io.BytesIO(text.encode())) if isinstance(one, Batch)]
    return pl.concat([one.frame for one in found]), tuple(act for one in found for act in one.audits)


def message(row: dict[str, Any], number: int) -> Any:
    return json_format.ParseDict({**BASE, "insertId": f"i{number}", **row}, ENTRY())


@pytest.mark.parametrize("row", ROWS, ids=[json.dumps(row)[:50] for row in ROWS])
def test_one_entry_reads_alike_live_and_exported(row: dict[str, Any]) -> None:
    one = message(row, 0)
    assert live([one])[0].to_dicts() == exported([one])[0].to_dicts()


def test_all_of_them_together_read_alike_with_their_audit_entries() -> None:
    audit = ENTRY.FromString(deploy("api", "api-00012-def", T0)[1])
    messages = [*(message(row, n) for n, row in enumerate(ROWS)), audit]
    (frame, told), (other, told_too) = live(messages), exported(messages)
    assert frame.to_dicts() == other.to_dicts()
    assert told == told_too
    assert told[0]["_ref"] == f"log:0:{len(messages)}"


def test_a_payload_of_an_unknown_type_degrades_to_its_name() -> None:
    one = message({}, 0)
    one.proto_payload.type_url = "type.googleapis.com/no.such.Thing"
    one.proto_payload.value = b"\x0a\x01x"
    frame, told = live([one])
    assert (frame["payload"].item(), told) == ("proto", ())
    assert _decoded(one)["protoPayload"] == {"@type": "type.googleapis.com/no.such.Thing"}


def test_an_audit_entry_with_unknown_service_data_is_still_read() -> None:
    one = ENTRY.FromString(deploy("api", "api-00012-def", T0)[1])
    log = __import__("google.cloud.audit.audit_log_pb2", fromlist=["AuditLog"]).AuditLog()
    one.proto_payload.Unpack(log)
    log.service_data.type_url = "type.googleapis.com/no.such.Thing"
    log.service_data.value = b"\x0a\x01x"
    one.proto_payload.Pack(log)
    (act,) = acts(flat([one], _decoded, _act))
    assert act["protoPayload"]["methodName"] == "/Services.ReplaceService"
