"""Ingest: the world becomes Source, Occurrence, TestCase and Change. File and network I/O lives here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, BinaryIO

from rca.errors import InputUnusableError
from rca.ingest import audit, censor, lines, sniff, stamps
from rca.ingest.archive import Plain, plain
from rca.ingest.batch import Batch
from rca.ingest.bylines import Lined, lined
from rca.ingest.paths import Given, expand
from rca.ingest.storage import listed
from rca.ingest.tally import Tally
from rca.ingest.window import Window
from rca.model import Source
from rca.model.piece import Bundle, Changes, Piece
from rca.safe import show
from rca.when import span, to_ns

READERS: dict[str, str] = {
    "entries": "rca.ingest.entries",
    "document": "rca.ingest.arrays",
    "table": "rca.ingest.csvlog",
    "lines": "rca.ingest.lines",
    "tests": "rca.ingest.testreports",
    "changes": "rca.ingest.changelist",
    "topology": "rca.ingest.topology",
    "report": "rca.ingest.earlier",
    "digest": "rca.ingest.digestfile",
    "bundle": "rca.ingest.bundle",
}
"""What sniff says of a file → the module whose `read` understands it; loaded when first needed."""

_WHOLE = frozenset({"changes", "topology", "report", "digest"})
"""Readers that take the whole file; WHOLE_MAX bounds it."""
LOGS = frozenset({"entries", "document", "table", "lines", "empty"})
WHOLE_MAX = 512 << 20


@dataclass(slots=True)
class _Reading:
    """What is known while the inputs are read one after the other."""

    window: Window = field(default_factory=Window)
    closing: dict[int, Source | Tally] = field(default_factory=dict)
    newest: int | None = None  # the last instant of the inputs read so far, ns
    later: list[tuple[int, Given]] = field(default_factory=list)
    bundles: dict[int, Bundle] = field(default_factory=dict)
    audits: list[dict[str, Any]] = field(default_factory=list)

    def close(self, index: int, closing: Source | Tally) -> None:
        """A source was read to its end."""
        self.closing[index] = closing
        last = closing.last if isinstance(closing, Tally) else to_ns(closing.last_at or "")
        if last is not None:
            self.newest = last if self.newest is None else max(self.newest, last)


def read(paths: Sequence[str], *, stdin: BinaryIO | None = None) -> Iterator[Piece]:
    """Everything in `paths`, piece by piece; the Sources come last, in the order of their index.

    A path is a file, a folder, a glob, `-` (then `stdin` is read) or gs://…. What a file is, is told from its content.
    Raises InputUnusableError when a path cannot be used, or none of a folder's files can.
    """
    state = _Reading()
    for index, one in enumerate(expand(paths, stdin, listed)):
        yield from _read_one(index, one, state, now=one.local is None)
    near = state.newest  # of the others, so that the order of two such files does not matter
    for index, one in state.later:
        state.newest = near
        yield from _read_one(index, one, state, now=True)
    yield from state.window.close()
    if state.audits:
        yield Changes(audit.changes(state.audits))
    sources = [_closed(state, index, closing) for index, closing in sorted(state.closing.items())]
    _refuse_nothing(sources)
    for index, source in enumerate(sources):
        if index in state.bundles:
            yield state.bundles[index]
        yield source


def entries_by_line(paths: Sequence[str], *, stdin: BinaryIO | None = None) -> Iterator[Lined]:
    """Each log in `paths` with every line's occurrence, held whole; see `bylines.Lined`.

    A test report or a change list is taken as plain text here. Raises InputUnusableError for binary data.
    """
    for index, given in enumerate(expand(paths, stdin, listed)):
        path = show(given.path)
        if given.refused:
            raise InputUnusableError(given.refused, where=path)
        with _opened(given) as raw:
            layer, data = plain(raw)
            kind, why = sniff.kind(layer.head[: sniff.HEAD], path, member=given.member)
            if kind == "unknown":
                raise InputUnusableError(why, where=path, hint="give a log or plain text")
            kind = kind if kind in LOGS else "lines"
            yield lined(path, import_module(READERS[kind]).read(index, path, data) if kind != "empty" else ())


def _closed(state: _Reading, index: int, closing: Source | Tally) -> Source:
    if isinstance(closing, Source):
        return closing
    if closing.untimed:
        closing.note(f"{closing.untimed} entries have a time that is none, or an absurd one: kept without a time")
    if closing.ahead:
        closing.note(
            f"{closing.ahead} entries are dated up to {span(closing.lead / 10**9)} after they were received: "
            "a clock was ahead; the time of receipt stands for theirs"
        )
    censor.look(closing)
    return closing.source(state.window.duplicates[index])


def _refuse_nothing(sources: list[Source]) -> None:
    """A folder in which not one file is of use is an error, like a file that is of none."""
    if sources and all(source.kind == "unknown" and source.skipped for source in sources):
        first = sources[0]
        more = f" (and {len(sources) - 1} more files)" if len(sources) > 1 else ""
        raise InputUnusableError(
            f"{next(iter(first.skipped_reasons))}{more}",
            where=first.path,
            hint="give log exports, test reports or change lists",
        )


def _read_one(index: int, given: Given, state: _Reading, *, now: bool) -> Iterator[Piece]:
    """One input. Not `now`: what needs the others to tell its year is put off until they are read."""
    path = show(given.path)
    if given.refused:
        state.close(index, _unknown(path, given.refused))
        return
    try:
        with _opened(given) as raw:
            layer, data = plain(raw)
            kind, why = sniff.kind(layer.head[: sniff.HEAD], path, member=given.member)
            if kind == "empty":
                notes = tuple(note for note in ("an empty file", layer.trouble) if note)
                state.close(index, Source(path=path, kind="unknown", complete=not layer.trouble, notes=notes))
                return
            if kind == "unknown":
                state.close(index, _unknown(path, why))
                return
            dateless = kind == "lines" and stamps.yearless(layer.head[: sniff.HEAD])
            if dateless and not now:
                state.later.append((index, given))
                return
            pieces = (
                lines.read(index, path, data, state.newest)
                if dateless
                else _pieces(kind, index, path, data, given, layer)
            )
            for piece in pieces:
                yield from _taken(piece, index, state, layer)
    except InputUnusableError as wrong:
        if not given.member:
            raise
        state.close(index, _unknown(path, wrong.what))
    except OSError as wrong:
        reason = (wrong.strerror or "cannot be read").lower()
        if not given.member:
            raise InputUnusableError(reason, where=path, hint="check the file") from None
        state.close(index, _unknown(path, reason))


def _opened(given: Given) -> AbstractContextManager[BinaryIO]:
    """Standard input is lent, not ours to close."""
    return nullcontext(given.open()) if given.path == "-" else given.open()


def _unknown(path: str, why: str) -> Source:
    """A file of no use: one record, skipped with the reason."""
    return Source(path=path, kind="unknown", read=1, skipped=1, skipped_reasons={why: 1})


def _pieces(
    kind: str, index: int, path: str, data: BinaryIO, given: Given, layer: Plain
) -> Iterator[Batch | Tally | Piece]:
    reader: Callable[..., Iterator[Batch | Tally | Piece]] = import_module(READERS[kind]).read
    if kind == "bundle":
        if given.local is None or layer.compressed:
            raise InputUnusableError(
                "a git bundle must be a plain local file", where=path, hint="download or unpack it"
            )
        return reader(path, given.local)
    if kind == "tests":
        found = import_module(READERS[kind]).recognise(layer.head[: sniff.HEAD], path)
        return reader(found, index, path, data)
    if kind in _WHOLE:
        held = data.read(WHOLE_MAX + 1)
        if len(held) > WHOLE_MAX:
            raise InputUnusableError(f"larger than {WHOLE_MAX >> 20} MiB", where=path, hint="split it")
        return reader(index, path, held)
    return reader(index, path, data)


def _taken(piece: Batch | Tally | Piece, index: int, state: _Reading, layer: Plain) -> Iterator[Piece]:
    match piece:
        case Batch(audits=audits):
            state.audits += audits
            yield from state.window.add(piece)
        case Tally():
            if layer.trouble:
                piece.cut(layer.trouble)
            state.close(index, piece)
        case Source():
            if layer.trouble:
                piece = piece.model_copy(update={"complete": False, "notes": (*piece.notes, layer.trouble)})
            state.close(index, piece)
        case Bundle():
            state.bundles[index] = piece
        case _:
            yield piece
