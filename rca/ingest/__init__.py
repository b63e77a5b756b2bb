"""Ingest: the world becomes Source, Occurrence, TestCase and Change. File and network I/O lives here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from io import SEEK_END
from typing import Any, BinaryIO

from rca.errors import InputUnusableError
from rca.ingest import audit, censor, console, lines, sniff, stamps, testreports
from rca.ingest.archive import Plain, plain
from rca.ingest.batch import Batch
from rca.ingest.bylines import Lined, lined
from rca.ingest.paced import counted, size_of
from rca.ingest.paths import Given, expand
from rca.ingest.storage import listed
from rca.ingest.tally import Tally
from rca.ingest.window import Window
from rca.model import Source
from rca.model.piece import Bundle, Changes, Piece
from rca.model.progress import Progress
from rca.safe import clean
from rca.when import span, to_ns

READERS: dict[str, str] = {
    "entries": "rca.ingest.entries",
    "document": "rca.ingest.arrays",
    "table": "rca.ingest.csvlog",
    "lines": "rca.ingest.lines",
    "dateless": "rca.ingest.lines",
    "tests": "rca.ingest.testreports",
    "console": "rca.ingest.testreports",
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
LOOK = 8 << 20
"""How far a text is searched for the beginning of a test run: installing and building print a megabyte or two."""


@dataclass(slots=True)
class _Reading:
    """What is known while the inputs are read one after the other."""

    window: Window = field(default_factory=Window)
    closing: dict[int, Source | Tally] = field(default_factory=dict)
    newest: int | None = None  # the last instant of the inputs read so far, ns
    later: list[tuple[int, Given]] = field(default_factory=list)
    bundles: dict[int, Bundle] = field(default_factory=dict)
    audits: list[dict[str, Any]] = field(default_factory=list)
    progress: Progress | None = None

    def close(self, index: int, closing: Source | Tally) -> None:
        """A source was read to its end."""
        self.closing[index] = closing
        last = closing.last if isinstance(closing, Tally) else to_ns(closing.last_at or "")
        if last is not None:
            self.newest = last if self.newest is None else max(self.newest, last)


def read(paths: Sequence[str], *, stdin: BinaryIO | None = None, progress: Progress | None = None) -> Iterator[Piece]:
    """Everything in `paths`, piece by piece; the Sources come last, in the order of their index.

    A path is a file, a folder, a glob, `-` (then `stdin` is read) or gs://…. What a file is, is told from its content.
    Raises InputUnusableError when a path cannot be used, or none of a folder's files can.
    """
    state = _Reading(progress=progress)
    given = list(expand(paths, stdin, listed))
    if progress is not None:
        progress.expect(size_of(given))
    for index, one in enumerate(given):
        yield from _read_one(index, one, state, now=one.path == "-")
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
        path = clean(given.path)
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
    path = clean(given.path)
    if given.refused:
        state.close(index, _unknown(path, given.refused))
        return
    try:
        with _opened(given) as raw:
            layer, data = plain(raw)
            kind, why = _kind(path, given, layer)
            if kind == "empty":
                notes = tuple(note for note in ("an empty file", layer.trouble) if note)
                state.close(index, Source(path=path, kind="unknown", complete=not layer.trouble, notes=notes))
            elif kind == "unknown":
                state.close(index, _unknown(path, why))
            elif kind == "dateless" and not now:
                state.later.append((index, given))
            else:
                for piece in counted(
                    _pieces(kind, index, path, data, given, layer, state.newest), layer, state.progress
                ):
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


def _kind(path: str, given: Given, layer: Plain) -> tuple[str, str]:
    """What sniff says, but text is looked at twice: it may hold a test run further down, or stamps without a year."""
    head = layer.head[: sniff.HEAD]
    kind, why = sniff.kind(head, path, member=given.member)
    if kind in {"lines", "unknown"} and _runs_tests(why, given, layer):
        return "console", ""
    return ("dateless", "") if kind == "lines" and stamps.yearless(head) else (kind, why)


def _runs_tests(why: str, given: Given, layer: Plain) -> bool:
    """Whether text holds a test run further down: in its first LOOK bytes or, of a large file, at its end."""
    if why not in {"", sniff.NO_RECORD} or len(layer.head) < sniff.HEAD:
        return False
    text = layer.peek(LOOK)
    if console.recognise_late(text):
        return True
    if len(text) < LOOK or given.local is None or layer.compressed:
        return False
    with given.open() as whole:
        whole.seek(-LOOK // 8, SEEK_END)
        return console.recognise_late(whole.read(LOOK // 8))


def _opened(given: Given) -> AbstractContextManager[BinaryIO]:
    """Standard input is lent, not ours to close."""
    return nullcontext(given.open()) if given.path == "-" else given.open()


def _unknown(path: str, why: str) -> Source:
    """A file of no use: one record, skipped with the reason."""
    return Source(path=path, kind="unknown", read=1, skipped=1, skipped_reasons={why: 1})


def _pieces(
    kind: str, index: int, path: str, data: BinaryIO, given: Given, layer: Plain, near: int | None
) -> Iterator[Batch | Tally | Piece]:
    reader: Callable[..., Iterator[Batch | Tally | Piece]] = import_module(READERS[kind]).read
    if kind == "bundle":
        if given.local is None or layer.compressed:
            raise InputUnusableError(
                "a git bundle must be a plain local file", where=path, hint="download or unpack it"
            )
        return reader(path, given.local)
    if kind == "dateless":
        return lines.read(index, path, data, near)
    if kind in {"tests", "console"}:
        found = testreports.recognise(layer.head[: sniff.HEAD], path) if kind == "tests" else kind
        return testreports.read(str(found), index, path, data)
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
