"""Cloud Logging entries as JSON lines: whole chunks through the door, and only damaged chunks line by line."""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, BinaryIO

import msgspec
import polars as pl

from rca.ingest import columns
from rca.ingest.batch import Batch
from rca.ingest.fields import door, missing, strange
from rca.ingest.message import message_of
from rca.ingest.objects import Raw
from rca.ingest.salvage import CUT, UnreadableError, encoded, lenient, mended
from rca.ingest.tally import Tally
from rca.model.frames import ENTRIES

CHUNK = 16 << 20  # the hundred calls into polars for each chunk cost 30 ms, whatever its size
LINE_MAX = 64 << 20  # bytes; the API caps an entry at 256 KiB, so a longer line is not one

_Texts = list[tuple[int, bytes]]  # (place, JSON line)


def read(source: int, path: str, data: BinaryIO) -> Iterator[Batch | Tally]:
    """JSON lines to batches. Bad lines are skipped and counted with line and byte offset; their neighbours survive."""
    tally = Tally(source, path, "entries")
    line, offset = 1, 0
    parts = chunks(data, tally)
    while chunk := next(parts, b""):
        feeds, size = chunk.count(b"\n"), len(chunk)
        batch = _sound(chunk, line, feeds, tally)
        if batch is None:
            yield from _salvaged(chunk, line, offset, tally)
        else:
            chunk = b""  # not to be held while the batch is worked on
            yield batch
        line += feeds
        offset += size
    yield tally


def chunks(data: BinaryIO, tally: Tally) -> Iterator[bytes]:
    """About CHUNK bytes at a time, cut after a newline; a line longer than LINE_MAX is dropped and counted."""
    held = b""
    while block := data.read(CHUNK):
        cut = block.rfind(b"\n") + 1
        if cut:
            ready = [b"".join((held, memoryview(block)[:cut]))]
            held, block = block[cut:], b""
            yield ready.pop()  # lent, not held
        else:
            held += block
            if len(held) > LINE_MAX:
                held = _drop(data, held, tally)
    if held:
        yield held


def _drop(data: BinaryIO, held: bytes, tally: Tally) -> bytes:
    """Read to the end of an endless line; what follows it is kept. Its newline stays, so that later lines keep their number."""
    tally.read += 1
    tally.skip(f"line longer than {LINE_MAX >> 20} MiB", f"starts {held[:40].decode('utf-8', 'replace')!r}")
    while block := data.read(CHUNK):
        cut = block.find(b"\n")
        if cut >= 0:
            return block[cut:]
    return b""


def _sound(chunk: bytes, line: int, feeds: int, tally: Tally) -> Batch | None:
    """The batch of a chunk that holds nothing but entries; None when it must be looked at line by line."""
    if chunk[:1].isspace() and not chunk.strip():
        return Batch.of(tally, pl.DataFrame(schema=ENTRIES))
    try:
        raw = door(chunk, tally.absent, feeds)
    except pl.exceptions.PolarsError:
        return None
    if strange(raw):
        return None
    tally.read += raw.height
    tally.absent = missing(raw)
    newlines = feeds + (not chunk.endswith(b"\n"))
    where: Sequence[int] = range(line, line + newlines)
    if raw.height != newlines:
        where = [at for at, text in enumerate(chunk.split(b"\n"), line) if text.strip()]
    return finished(raw, pl.Series(where, dtype=pl.UInt32), chunk, tally)


def _salvaged(chunk: bytes, line: int, offset: int, tally: Tally) -> Iterator[Batch]:
    """What a damaged chunk still gives."""
    texts = chunk.split(b"\n")
    starts = accumulate((len(text) + 1 for text in texts), initial=offset)
    places: list[int] = []
    good: list[bytes] = []
    for at, text, start in zip(range(line, line + len(texts)), texts, starts, strict=False):
        if not text.strip():
            continue
        tally.read += 1
        try:
            good.append(mended(text))
            places.append(at)
        except UnreadableError as wrong:
            tally.skip(str(wrong), f"line {at}, byte {start}")
            if str(wrong) == CUT and start + len(text) == offset + len(chunk):
                tally.cut("the file ends in the middle of a line: it was cut off, or is still being written")
    yield from through(good, places, tally)


def through(lines: list[bytes], places: list[int], tally: Tally) -> Iterator[Batch]:
    """Mended lines through the door. Should it refuse one all the same, halves are tried down to that line alone.

    Such a line is written anew from what a lenient decoder makes of it; when that is refused, too, it is skipped.
    """
    if not lines:
        return
    chunk = b"\n".join(lines)
    try:
        raw = door(chunk)
    except pl.exceptions.PolarsError:
        if len(lines) > 1:
            half = len(lines) // 2
            yield from through(lines[:half], places[:half], tally)
            yield from through(lines[half:], places[half:], tally)
            return
        try:
            chunk = encoded(lenient(lines[0]))
            raw = door(chunk)
        except (pl.exceptions.PolarsError, UnreadableError):
            tally.skip("broken JSON", f"{'entry' if tally.array else 'line'} {places[0]}")
            return
    yield finished(raw, pl.Series(places, dtype=pl.UInt32), chunk, tally)


def finished(raw: Raw, places: pl.Series, chunk: bytes, tally: Tally) -> Batch:
    """The batch of good rows: columns, intricate messages and audit records, counted in the tally."""
    rows, origins = columns.shape(raw, tally.index, places)
    rows = _timely(rows, columns.ahead(raw), tally)
    intricate, audited = columns.intricate(raw), columns.audited(raw)
    audits: tuple[dict[str, Any], ...] = ()
    if intricate.any() or audited.any():
        texts = [text for text in chunk.split(b"\n") if text.strip()]
        rows = _with_texts(rows, intricate.arg_true().to_list(), texts)
        audits = tuple(
            {**_decoded(texts[row]), "_ref": f"log:{tally.index}:{places[row]}"} for row in audited.arg_true()
        )
    if rows["at"].null_count():
        tally.untimed += int((raw.texts["timestamp"].is_not_null() & rows["at"].is_null()).sum())
    tally.saw(rows)
    return Batch(tally, rows, origins, audits)


def _timely(rows: pl.DataFrame, ahead: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """No entry is from after its receipt: for those whose clock was ahead the time of receipt stands."""
    if ahead.is_empty():
        return rows
    tally.ahead += ahead.height
    lead = ahead["lead"].max()
    tally.lead = max(tally.lead, lead if isinstance(lead, int) else 0)
    return rows.with_columns(rows["at"].scatter(ahead["row"], ahead["received"]).alias("at"))


def _with_texts(rows: pl.DataFrame, intricate: list[int], texts: list[bytes]) -> pl.DataFrame:
    if not intricate:
        return rows
    said = [message_of(_object(_decoded(texts[row]).get("jsonPayload"))) for row in intricate]
    return rows.with_columns(rows["message"].scatter(intricate, pl.Series(said, dtype=pl.String)).alias("message"))


def _decoded(line: bytes) -> dict[str, Any]:
    """A line that the door has accepted; the strict decoder still refuses lone surrogates."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        record = lenient(line)
    return record if isinstance(record, dict) else {}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
