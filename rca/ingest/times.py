"""Columns of times as the world writes them: to integer nanoseconds UTC; what is no time, or an absurd one, becomes null."""

import re

import polars as pl

from rca import when

EARLIEST = 315_532_800 * 10**9  # 1980-01-01: a zero or near-zero epoch is an unset field, not a time
LATEST = 7_258_118_400 * 10**9  # 2200-01-01: int64 nanoseconds end in 2262

_NUMBER = re.compile(r"(\d{9,19})(?:\.(\d{1,12}))?")
_MAGNITUDES = ((10, 10**9, 9), (13, 10**6, 6), (16, 10**3, 3), (19, 1, 0))
_PAIR = re.compile(r'\{"_?seconds": ?"?(\d{1,12})"?(?:, ?"_?nano(?:s|seconds)": ?(\d{1,9}))?\}')


def parse(text: str) -> int | None:
    """Nanoseconds of one time in any usual form; None when it is not a time, or lies outside 1980–2199.

    Beside the forms of `rca.when`: epochs in s, ms, µs or ns after their magnitude, and {"seconds":…,"nanos":…}.
    """
    text = text[:80].strip()
    if (found := when.to_ns(text)) is not None:
        return plausible(found)
    if number := _NUMBER.fullmatch(text):
        return plausible(_epoch(number[1], number[2] or ""))
    if pair := _PAIR.fullmatch(text):
        return plausible(int(pair[1]) * when.SECOND_NS + int(pair[2] or 0))
    return None


def plausible(nanos: int | None) -> int | None:
    """The instant, unless no log line can be from then."""
    return nanos if nanos is not None and EARLIEST <= nanos < LATEST else None


def _epoch(whole: str, fraction: str) -> int:
    """9–10 digits are seconds, up to 13 milliseconds, up to 16 microseconds, else nanoseconds."""
    unit, digits = next((unit, digits) for most, unit, digits in _MAGNITUDES if len(whole) <= most)
    return int(whole) * unit + int(fraction[:digits].ljust(digits, "0") or 0)


def instants(texts: pl.Series) -> pl.Series:
    """Int64 nanoseconds of a column of times; null where `parse` says None.

    RFC 3339 goes through the vectorised parser (0.4 µs a row); what it refuses, and leap seconds, go through `parse`.
    """
    quick = texts.str.to_datetime("%+", time_unit="ns", time_zone="UTC", strict=False).cast(pl.Int64)
    sound = quick.is_between(EARLIEST, LATEST - 1) & ~texts.str.contains(":60", literal=True)
    if sound.all(ignore_nulls=False):
        return quick
    column = pl.DataFrame({"text": texts, "at": quick, "sound": sound})
    odd = column.filter(~pl.col("sound").fill_null(value=False) & pl.col("text").is_not_null())["text"].unique()
    known = pl.DataFrame({"text": odd, "odd": pl.Series([parse(text) for text in odd], dtype=pl.Int64)})
    joined = column.join(known, on="text", how="left", maintain_order="left")
    return joined.select(pl.when("sound").then("at").otherwise("odd").alias("at"))["at"]
