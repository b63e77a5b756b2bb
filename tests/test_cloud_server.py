"""A real gRPC server on loopback that speaks LoggingServiceV2.ListLogEntries, with a plan of faults; and a test of itself."""

import re
import socket
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud.audit import audit_log_pb2
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import ListLogEntriesRequest, LogEntry
from google.protobuf import json_format

from rca.when import to_ns

T0 = to_ns("2026-03-04T05:00:00Z") or 0
SECOND = 10**9
DEPLOY_AT = T0 + 3600 * SECOND
ENTRY: Any = type(LogEntry.pb(LogEntry()))
REQUEST: Any = type(ListLogEntriesRequest.pb(ListLogEntriesRequest()))
_BOUND = re.compile(r'timestamp(>=|<)"([^"]+)"')


def _prefix(field_number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    size, head = len(payload), bytearray([field_number << 3 | 2])
    while size > 0x7F:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    head.append(size)
    return bytes(head) + payload


def templates() -> list[bytes]:
    """Kinds of entries: text on stderr, structured with a number, a request."""
    run = {
        "type": "cloud_run_revision",
        "labels": {
            "service_name": "api",
            "revision_name": "api-00012-def",
            "project_id": "p1",
            "location": "europe-west1",
            "configuration_name": "api",
        },
    }
    labels = {"instanceId": "0069c7a988190a12144f", "commit-sha": "1a2b3c4d"}
    kinds = [
        {
            "logName": "projects/p1/logs/run.googleapis.com%2Fstderr",
            "textPayload": "INFO: connection open",
            "labels": labels,
        },
        {
            "logName": "projects/p1/logs/run.googleapis.com%2Fstdout",
            "severity": "INFO",
            "jsonPayload": {"message": "tool completed", "took_ms": 12, "logger": "app.tools"},
            "labels": labels,
        },
        {
            "logName": "projects/p1/logs/run.googleapis.com%2Frequests",
            "severity": "INFO",
            "httpRequest": {
                "requestMethod": "GET",
                "requestUrl": "https://api.example/health",
                "status": 200,
                "latency": "0.012s",
            },
            "trace": "projects/p1/traces/0123456789abcdef",
        },
    ]
    return [json_format.ParseDict({**kind, "resource": run}, ENTRY()).SerializeToString() for kind in kinds]


def deploy(service: str, revision: str, at: int) -> tuple[int, bytes]:
    """A system_event that says a revision is ready."""
    log = audit_log_pb2.AuditLog(method_name="/Services.ReplaceService", service_name="run.googleapis.com")
    log.status.message = f"Ready condition status changed to True for Revision {revision} with message: Deploying revision succeeded in 8s."
    entry = json_format.ParseDict(
        {
            "logName": "projects/p1/logs/cloudaudit.googleapis.com%2Fsystem_event",
            "insertId": f"audit-{revision}",
            "resource": {"type": "cloud_run_revision", "labels": {"service_name": service, "location": "europe-west1"}},
        },
        ENTRY(),
    )
    entry.proto_payload.Pack(log)
    entry.timestamp.FromNanoseconds(at)
    return at, entry.SerializeToString()


@dataclass
class Logs:
    """Entries in time order, as bytes ready to be joined into an answer."""

    times: list[int]
    rows: list[bytes]
    audits: set[int]
    ids: list[str]


def logs(count: int, *, every_ns: int) -> Logs:
    """`count` entries from T0 on, one each `every_ns`, and one deploy at DEPLOY_AT. Ten neighbours share a timestamp."""
    kinds = templates()
    made: list[tuple[int, bytes, str]] = []
    for n in range(count - 1):
        at = T0 + n // 10 * 10 * every_ns
        own = ENTRY(insert_id=f"e{n:07d}")
        own.timestamp.FromNanoseconds(at)
        made.append((at, kinds[n % 3] + own.SerializeToString(), own.insert_id))
    at, audit = deploy("api", "api-00012-def", DEPLOY_AT)
    made.append((at, audit, "audit-api-00012-def"))
    made.sort(key=lambda one: (one[0], one[2]))
    audits = {i for i, one in enumerate(made) if one[2].startswith("audit")}
    return Logs([one[0] for one in made], [_prefix(1, one[1]) for one in made], audits, [one[2] for one in made])


@dataclass
class Fake:
    """The server's mind: answers, and the faults it is told to make at the n-th request (from 0)."""

    logs: Logs
    faults: dict[int, str] = field(default_factory=dict)
    denied: frozenset[str] = frozenset()
    page_cap: int = 1000  # the service may give less than was asked for
    requests: list[Any] = field(default_factory=list)
    cut: Callable[[], None] = lambda: None
    at_request: Callable[[int], None] = lambda _: None

    def answer(self, request: Any, context: Any) -> bytes:
        """One answer, or the fault that was planned for it."""
        number = len(self.requests)
        self.requests.append(request)
        self.at_request(number)
        if request.resource_names[0] in self.denied:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "Permission denied for all log views")
        fault = self.faults.get(number, "")
        if fault == "cut":
            self.cut()
            time.sleep(0.05)
        elif fault == "expired" and request.page_token:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "page_token is expired")
        elif fault == "empty":
            return _prefix(2, (request.page_token or self._token(request, 0)).encode())
        elif fault.isupper() and fault:
            context.abort(getattr(grpc.StatusCode, fault), f"planned {fault}")
        return self._page(request, repeat=fault == "repeat")

    def _token(self, request: Any, position: int) -> str:
        return f"{request.order_by}|{position}"

    def _page(self, request: Any, *, repeat: bool) -> bytes:
        bounds = {sign: to_ns(text) or 0 for sign, text in _BOUND.findall(request.filter)}
        low, high = bisect_left(self.logs.times, bounds[">="]), bisect_left(self.logs.times, bounds["<"])
        found = (
            sorted(i for i in self.logs.audits if low <= i < high)
            if "cloudaudit" in request.filter
            else range(low, high)
        )
        position = int(request.page_token.rpartition("|")[2]) if request.page_token else 0
        total = len(found)
        size = min(request.page_size or 50, self.page_cap)
        chosen = (
            found[::-1][position : position + size]
            if request.order_by.endswith("desc")
            else found[position : position + size]
        )
        body = b"".join([self.logs.rows[i] for i in chosen])
        if position + size < total:
            token = request.page_token if repeat and request.page_token else self._token(request, position + size)
            body += _prefix(2, token.encode())
        return body


class Proxy:
    """Plain TCP in front of the server, so that a connection can be cut in the middle of a call."""

    def __init__(self, target: int) -> None:
        self.target, self.open, self.lock = target, list[socket.socket](), threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.door.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                with self.lock:
                    self.open += [near, far]
                for a, b in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    @staticmethod
    def _pump(a: socket.socket, b: socket.socket) -> None:
        with suppress(OSError):
            while data := a.recv(65536):
                b.sendall(data)

    def cut(self) -> None:
        """Drop every connection; new ones are welcome."""
        with self.lock:
            for one in self.open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self.open.clear()


@contextmanager
def serve(fake: Fake) -> Iterator[str]:
    """The address of a running server, behind a proxy."""
    handler = grpc.unary_unary_rpc_method_handler(
        fake.answer, request_deserializer=REQUEST.FromString, response_serializer=bytes
    )
    methods = grpc.method_handlers_generic_handler("google.logging.v2.LoggingServiceV2", {"ListLogEntries": handler})
    server = grpc.server(ThreadPoolExecutor(2), handlers=(methods,))
    proxy = Proxy(server.add_insecure_port("127.0.0.1:0"))
    fake.cut = proxy.cut
    server.start()
    try:
        yield f"127.0.0.1:{proxy.door.getsockname()[1]}"
    finally:
        server.stop(None).wait()
        proxy.cut()
        proxy.door.close()


def test_the_official_client_reads_the_fake_server_page_by_page() -> None:
    with serve(Fake(logs(2500, every_ns=SECOND))) as address:
        channel = grpc.insecure_channel(address)
        client = LoggingServiceV2Client(transport=LoggingServiceV2GrpcTransport(channel=channel))
        asked = {
            "resource_names": ["projects/p1"],
            "filter": 'timestamp>="2026-03-04T05:00:00Z" AND timestamp<"2026-03-05T05:00:00Z"',
            "page_size": 1000,
            "order_by": "timestamp asc",
        }
        sizes = [len(page.entries) for page in client.list_log_entries(request=asked, retry=None).pages]
        channel.close()
    assert sizes == [1000, 1000, 500]
