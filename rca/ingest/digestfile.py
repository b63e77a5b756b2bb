"""A digest made earlier: one parquet table in the layout of `rca.model.digest`."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl
from pydantic import ValidationError

from rca.errors import InputUnusableError
from rca.model import DIGEST_VERSION, Change, Source
from rca.model.digest import CHECK_KEY, LAYOUT, METADATA_KEY, checksum, unpack, within
from rca.model.piece import Changes, Piece, Summary

_REF = re.compile(r"^log:(\d{1,10}):")
_AGAIN = "digest the logs again"


def read(source: int, path: str, data: bytes) -> Iterator[Piece]:
    """The Summary, the Changes that stood in the same logs, and the Source, which adds up what the digest was made of.

    Raises InputUnusableError for another parquet file, another version or a damaged file.
    """
    try:
        metadata = pl.read_parquet_metadata(io.BytesIO(data))
        version = metadata.get(METADATA_KEY)
        if version != DIGEST_VERSION:
            known = f"a digest of version {version}" if version else "a parquet file, but no digest"
            raise InputUnusableError(known, where=path, hint=f"this rca reads {DIGEST_VERSION}; {_AGAIN}")
        if metadata.get(CHECK_KEY) != checksum(data):
            raise InputUnusableError("a damaged digest", where=path, hint=_AGAIN)
        table = pl.read_parquet(io.BytesIO(data))
        if table.schema != LAYOUT:
            raise InputUnusableError("not the columns of a digest", where=path, hint=_AGAIN)
        digest, changes, made_of = unpack(table)
        sources = [Source.model_validate_json(text) for text in made_of]
        found = tuple(Change.model_validate_json(text) for text in changes)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException, ValidationError) as wrong:
        reason = next(iter(str(wrong).splitlines()), type(wrong).__name__)[:200]
        raise InputUnusableError(f"not a readable digest: {reason}", where=path, hint=_AGAIN) from None
    yield Summary(replace(digest, events=digest.events.with_columns(within(pl.col("source"), source).cast(pl.UInt32))))
    if found:
        yield Changes(tuple(_renumbered(one, source) for one in found))
    yield _source(path, sources)


def _renumbered(change: Change, source: int) -> Change:
    refs = (_REF.sub(lambda found: f"log:{within(int(found[1]), source)}:", ref) for ref in change.refs)
    return change.model_copy(update={"refs": tuple(refs)})


def _source(path: str, made_of: list[Source]) -> Source:
    reasons: dict[str, int] = {}
    for one in made_of:
        for reason, count in one.skipped_reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    return Source(
        path=path,
        kind="digest",
        read=sum(one.read for one in made_of),
        kept=sum(one.kept for one in made_of),
        duplicates=sum(one.duplicates for one in made_of),
        skipped=sum(one.skipped for one in made_of),
        skipped_reasons=dict(sorted(reasons.items())),
        first_at=min((one.first_at for one in made_of if one.first_at), default=None),
        last_at=max((one.last_at for one in made_of if one.last_at), default=None),
        complete=all(one.complete for one in made_of),
        notes=tuple(f"{one.path}: {note}" for one in made_of for note in one.notes),
    )
