"""Plain text logs: one record a line, with the time stamps and levels that are usual; indented lines belong to the one above."""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from rca.ingest import columns, fields, stamps, years
from rca.ingest.batch import Batch
from rca.ingest.entries import chunks, through
from rca.ingest.salvage import UnreadableError, mended
from rca.ingest.tally import Tally

_TEXT_MAX = 1 << 20  # characters of one line kept
_SIGNS = r"Traceback \(most recent call last\)|^panic: |^\s+at \S+\("


def looks_like_log(head: bytes) -> bool:
    """A time stamp on many lines, a level on every tenth, or a piece of a stack trace."""
    lines = head.decode("utf-8", "replace").split("\n")[: stamps.SAMPLE]
    texts = pl.Series(lines, dtype=pl.String)
    levels = int(texts.str.contains(f"{stamps.LEVEL}|{stamps.LEVEL_WORD}").sum())
    return stamps.form_of(lines) is not None or levels * 10 > len(lines) or bool(texts.str.contains(_SIGNS).any())


def read(source: int, path: str, data: BinaryIO, near: int | None = None) -> Iterator[Batch | Tally]:
    """Text lines to batches. A line without a stamp has the time of the one above; blank lines are no records.

    Stamps without a year are read in the year that puts them nearest to `near` (ns), unless the file tells its own.
    """
    tally = Tally(source, path, "lines")
    line = 1
    stamp: stamps.Stamp | None = None
    last: int | None = None
    parts = chunks(data, tally)
    while chunk := next(parts, b""):
        texts = [_capped(text.removesuffix("\r")) for text in chunk.decode("utf-8", "replace").split("\n")]
        chunk = b""  # a line of 50 MB is not to be held several times
        if texts[-1] == "":
            texts.pop()
        if line == 1:
            stamp = stamps.form_of(texts[: stamps.SAMPLE])
            if stamp is not None and not stamp.year:
                near = _year(texts[: stamps.SAMPLE], stamp, near, tally)
        yield from _batch(texts, line, stamp, near, last, tally)
        last = tally.last if stamp is not None else None
        line += len(texts)
        tally.extent = line - 1
    yield tally


def _capped(text: str) -> str:
    """What is kept of a line; JSON stays whole, half of an object cannot be read."""
    return text if len(text) <= _TEXT_MAX or text[0] == "{" else text[:_TEXT_MAX]


def _year(texts: list[str], stamp: stamps.Stamp, near: int | None, tally: Tally) -> int | None:
    """What tells the year of stamps without one; None when nothing does."""
    if stamp.name not in years.FORMS:
        tally.note("the time stamps have no date, so these lines have no time")
        return None
    own = years.told(texts, stamp)
    found = own if own is not None else near
    tally.note(years.said(found, own=own is not None))
    return found


def _batch(
    texts: list[str], line: int, stamp: stamps.Stamp | None, near: int | None, last: int | None, tally: Tally
) -> Iterator[Batch]:
    structured = [at for at, text in enumerate(texts) if text[:1] == "{" and text.rstrip().endswith("}")]
    if structured:
        texts, lifted = _lifted(texts, structured, line)
        yield from through([one for _, one in lifted], [place for place, _ in lifted], tally)
        tally.read += len(lifted)
    rows = pl.DataFrame({"text": pl.Series(texts, dtype=pl.String)}).with_row_index("line", offset=line)
    rows = rows.filter(pl.col("text").str.contains(r"\S"))
    if rows.is_empty():
        return
    tally.read += rows.height
    if stamp is None:
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias("at"), pl.lit(value=False).alias("borne"))
    else:
        at, borne = stamps.times(rows["text"], stamp)
        if not stamp.year and near is not None:
            at = years.nearest(rows["text"].str.extract(stamp.pattern), stamp, near)
        rows = rows.with_columns(at.alias("at"), borne.alias("borne"))
        tally.untimed += int((borne & at.is_null()).sum()) if stamp.year else 0
    frame = _framed(
        _folded(rows) if stamp else rows.with_columns(pl.lit(1, pl.UInt32).alias("lines")), stamp, last, tally
    )
    tally.saw(frame)
    yield Batch.of(tally, frame)


def _lifted(texts: list[str], structured: list[int], line: int) -> tuple[list[str], list[tuple[int, bytes]]]:
    """Lines that are JSON objects are read as such; they leave a blank behind."""
    lifted: list[tuple[int, bytes]] = []
    for at in structured:
        try:
            lifted.append((line + at, mended(texts[at].encode("utf-8", "replace"))))
        except UnreadableError:
            continue
        texts[at] = ""
    return texts, lifted


def _folded(rows: pl.DataFrame) -> pl.DataFrame:
    """Indented lines without a stamp joined to the record above them, when they follow it without a gap."""
    beneath = (
        ~pl.col("borne") & pl.col("text").str.contains(r"^[ \t]") & (pl.col("line").diff() == 1).fill_null(value=False)
    )
    return (
        rows.with_columns((~beneath).cum_sum().alias("record"))
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("line").first(),
            pl.col("text").str.join("\n"),
            pl.col("at").first(),
            pl.col("borne").first(),
            pl.len().cast(pl.UInt32).alias("lines"),
        )
    )


def _framed(rows: pl.DataFrame, stamp: stamps.Stamp | None, last: int | None, tally: Tally) -> pl.DataFrame:
    text = pl.col("text").str.slice(0, _TEXT_MAX)
    head = pl.col("text").str.slice(0, 160)
    said = text if stamp is None or stamp.inside else text.str.replace(stamp.pattern, "")
    level = pl.coalesce(
        head.str.extract(stamps.LEVEL), head.str.extract(stamps.LEVEL_WORD, 1), head.str.extract(stamps.LEVEL_WORD, 2)
    )
    if stamp is not None and stamp.name == "klog":
        level = head.str.slice(0, 1).replace(stamps.KLOG_LEVELS)
    at = pl.coalesce(pl.col("at").forward_fill(), pl.lit(last, pl.Int64)).backward_fill()
    made = rows.with_columns(said.alias("message"), level.alias("level"), at.alias("at"))
    return columns.plain(
        made.select(
            "at", "message", "line", "lines", columns.mapped(made["level"], fields.level, pl.Int16).alias("severity")
        ),
        tally.index,
    )
