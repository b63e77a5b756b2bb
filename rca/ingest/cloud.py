"""Live Cloud Logging: the only door to google.cloud and grpc. Deploys first, then the minutes around them, then outward."""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import google.auth.exceptions
import grpc
from google.api_core import exceptions as gone
from google.cloud.audit import audit_log_pb2
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client
from google.cloud.logging_v2.services.logging_service_v2.transports import LoggingServiceV2GrpcTransport
from google.cloud.logging_v2.types import ListLogEntriesResponse
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError

from rca import when
from rca.errors import NoAccessError, UsageError
from rca.ingest import audit
from rca.ingest.cloud_entries import batches
from rca.ingest.cloud_pace import Clock
from rca.ingest.cloud_pages import flat
from rca.ingest.cloud_query import PAGE_SIZE, Query
from rca.ingest.cloud_reader import Budget, DeniedError, Page, Reader, RetryLaterError, TokenLostError, covered
from rca.ingest.cloud_state import State, Store, scratch
from rca.ingest.tally import Tally
from rca.ingest.window import Window
from rca.model.piece import Changes, Piece

ENDPOINT = "RCA_LOGGING_ENDPOINT"

_PASSING = (
    gone.ResourceExhausted,  # the client does not retry this one, and it is the one that happens
    gone.TooManyRequests,
    gone.ServiceUnavailable,
    gone.DeadlineExceeded,
    gone.GatewayTimeout,
    gone.InternalServerError,
    gone.BadGateway,
    gone.Aborted,
    gone.Cancelled,  # how a cut stream may look
    gone.Unknown,
)
_LOGIN_ENDED = ("invalid_grant", "Reauthentication is needed", "credentials could not be refreshed")
_NO_LOGIN = "run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS"


@dataclass(slots=True)
class Outcome:
    """What became of a reading, for the exit status."""

    interrupted: bool = False
    complete: bool = True
    stopped: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """How to read: where pages are kept (None: nowhere for long), limits, clock, and whom to tell of the progress."""

    store: Path | None = None
    resume: bool = False
    budget: Budget = field(default_factory=Budget)
    clock: Clock = field(default_factory=Clock)
    progress: Callable[[str], None] | None = None


def read(
    query: Query, live: Live, environ: Mapping[str, str], *, source: int = 0, outcome: Outcome | None = None
) -> Iterator[Piece]:
    """Read a window of the logs: Occurrences, Changes, and last the Source, which says what is missing.

    The pieces come when reading has ended: at the end of the window, of the budget, or of the user's patience (one
    SIGINT). Raises NoAccessError when nothing may be read, UsageError for a filter that the service refuses.
    """
    with ExitStack() as stack:
        folder = live.store / query.key if live.store is not None else stack.enter_context(scratch())
        client = stack.enter_context(_connected(environ))
        store = Store(folder)
        reader = Reader(query, functools.partial(_fetch, client), store, live.clock, live.budget, live.progress)
        state = reader.run(resume=live.resume)
        tally = _tally(query, state, reader, source)
        if outcome is not None:
            outcome.interrupted, outcome.stopped, outcome.complete = reader.interrupted, reader.stopped, tally.complete
        yield from _pieces(store, state, tally)


def _pieces(store: Store, state: State, tally: Tally) -> Iterator[Piece]:
    window = Window()
    acts: list[dict[str, Any]] = []
    for batch in batches(store.parts(state), tally):
        acts += batch.audits
        yield from window.add(batch)
    yield from window.close()
    if acts:
        yield Changes(audit.changes(acts))
    yield tally.source(window.duplicates[tally.index])


def _tally(query: Query, state: State, reader: Reader, source: int) -> Tally:
    """The account of the reading: what was asked, what was covered, and why not more."""
    path = f"logging://{','.join(query.projects)}" + (f"/{query.service}" if query.service else "")
    tally = Tally(source, path, "entries")
    spans = covered(state)
    if state.planned and state.since is not None:
        tally.note(f"asked for {when.rfc3339(state.since)} to {when.rfc3339(state.until)}")
    if reader.stopped or any(not one.done for one in state.slices if one.kind == "entries") or not state.planned:
        shown = ", ".join(f"{when.rfc3339(a)} to {when.rfc3339(b)}" for a, b in spans[:8])
        why = reader.stopped or "some of it could not be read"
        tally.cut(
            f"partial: {why}; {f'complete for {shown}' if shown else 'no interval is complete'}; continue with --resume"
        )
    for note in state.notes:
        tally.cut(note) if "may not be read" in note else tally.note(note)
    return tally


def _connected(environ: Mapping[str, str]) -> LoggingServiceV2Client:
    """The generated client: real, with the user's credentials, or at an insecure local endpoint without any."""
    endpoint = environ.get(ENDPOINT)
    if endpoint:
        unlimited = [("grpc.max_receive_message_length", -1), ("grpc.enable_http_proxy", 0)]
        channel = grpc.insecure_channel(endpoint, options=unlimited)
        return LoggingServiceV2Client(transport=LoggingServiceV2GrpcTransport(channel=channel))
    try:
        return LoggingServiceV2Client()
    except google.auth.exceptions.GoogleAuthError as why:
        raise NoAccessError(f"no credentials for Google Cloud: {_line(why)}", hint=_NO_LOGIN) from None


def _fetch(
    client: LoggingServiceV2Client, project: str, text: str, newest_first: bool, token: str, seconds: float
) -> Page:
    """One page over the wire, its errors sorted into those that pass, those of the token and those of access."""
    asked = {
        "resource_names": [f"projects/{project}"],
        "filter": text,
        "order_by": "timestamp desc" if newest_first else "timestamp asc",
        "page_size": PAGE_SIZE,
        "page_token": token,
    }
    try:
        pager = client.list_log_entries(request=asked, retry=None, timeout=seconds)
        answer = ListLogEntriesResponse.pb(next(iter(pager.pages)))
    except _PASSING as why:
        if any(sign in str(why) for sign in _LOGIN_ENDED):  # comes disguised as "service unavailable"
            raise NoAccessError(f"the login to Google Cloud has ended: {_line(why)}", hint=_NO_LOGIN) from None
        raise RetryLaterError(f"{type(why).__name__}: {_line(why)}") from None
    except (gone.PermissionDenied, gone.Forbidden, gone.NotFound) as why:
        raise DeniedError(_line(why)) from None
    except (gone.Unauthenticated, gone.Unauthorized, google.auth.exceptions.GoogleAuthError) as why:
        raise NoAccessError(f"not logged in to Google Cloud: {_line(why)}", hint=_NO_LOGIN) from None
    except (gone.InvalidArgument, gone.BadRequest, gone.OutOfRange, gone.FailedPrecondition) as why:
        if token:
            raise TokenLostError(_line(why)) from None
        raise UsageError(f"Cloud Logging refuses the query: {_line(why)}", hint="check --filter") from None
    except gone.GoogleAPICallError as why:
        raise RetryLaterError(f"{type(why).__name__}: {_line(why)}") from None
    return Page(flat(answer.entries, _decoded, _act), answer.next_page_token)


def _line(why: Exception) -> str:
    """The first line of what an error says, as plain text of bounded length."""
    said = getattr(why, "message", None) or str(why)
    return "".join(c if c.isprintable() else " " for c in str(said).strip().partition("\n")[0])[:300]


def _decoded(entry: Any) -> dict[str, Any]:
    """A LogEntry as the API spells it in JSON; a payload of a type unknown to us degrades to its type's name."""
    try:
        found: dict[str, Any] = MessageToDict(entry)
    except (TypeError, DecodeError):
        copy = type(entry)()
        copy.CopyFrom(entry)
        copy.ClearField("proto_payload")
        found = MessageToDict(copy)
        found["protoPayload"] = _lenient(entry.proto_payload)
    return found


def _lenient(payload: Any) -> dict[str, Any]:
    """An AuditLog without its service_data, where that is of a type unknown to us; else the name of the type."""
    log = audit_log_pb2.AuditLog()
    try:
        if payload.Unpack(log):
            log.ClearField("service_data")
            return {"@type": payload.type_url, **MessageToDict(log)}
    except (TypeError, DecodeError):
        pass
    return {"@type": payload.type_url}


def _act(entry: Any) -> tuple[str, str, str]:
    """Method, resource and status of an AuditLog; empty texts for any other payload."""
    log = audit_log_pb2.AuditLog()
    try:
        if not entry.proto_payload.Unpack(log):
            return "", "", ""
    except DecodeError:
        return "", "", ""
    return log.method_name, log.resource_name, log.status.message
