"""Time stamps at the head of plain text lines: which form a file uses, and its column of times and rests."""

import re
from dataclasses import dataclass

import polars as pl

from rca.ingest.times import instants


@dataclass(frozen=True, slots=True)
class Stamp:
    """One form: `pattern` (Rust and Python syntax) captures the time; `form` is its strptime form, "" for RFC 3339-like ones.

    What the pattern covers is taken off the line unless `inside`. Without a year the time is not known.
    """

    name: str
    pattern: str
    form: str = ""
    inside: bool = False
    year: bool = True


_SHIPPER = r"^(?:\[pod/[^\]\s]{1,200}\] |[\w.-]{1,60} {1,20}\| )?"
STAMPS = (
    Stamp(
        "iso",
        _SHIPPER + r"[\[(]?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,:]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)[\])]?"
        r"(?:\s+(?:stdout|stderr)\s+[FP]\b)?[:,]?\s?",
    ),
    Stamp("slash", _SHIPPER + r"\[?(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?)\]?\s?", "%Y/%m/%d %H:%M:%S%.f"),
    Stamp(
        "clf",
        r"^[^\[\n]{0,200}\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]",
        "%d/%b/%Y:%H:%M:%S %z",
        inside=True,
    ),
    Stamp(
        "apache",
        r"^\[[A-Z][a-z]{2} ([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})? \d{4})\]\s?",
        "%b %e %H:%M:%S%.f %Y",
    ),
    Stamp(
        "ruby",
        r"^[DIWEFA], \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?) {1,2}#\d{1,9}\] {1,2}[A-Z]{3,7} -- [^:\n]{0,60}: ?",
    ),
    Stamp("compact", r"^(\d{6} \d{6}) (?:\d{1,6} )?", "%y%m%d %H%M%S"),
    Stamp("epoch", r"^\[?(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})\]?[ :,]\s?"),
    Stamp("syslog", r"^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\s", year=False),
    Stamp("klog", r"^[IWEF](\d{4} \d\d:\d\d:\d\d\.\d{1,9})\s", year=False),
    Stamp("clock", r"^\[?(\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)\]?\s", year=False),
)
SAMPLE = 400  # lines that decide on the form of the stamps
_LEAST = 0.3  # of the lines must bear a stamp: multi-line records have many that do not

LEVEL = r"(?:^|[\s\[(<|:=\"])(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|FATAL|SEVERE|PANIC|EMERG|ALERT)(?:[\s\])>|:,\"-]|$)"
LEVEL_WORD = r"(?i)(?:\blevel|\blvl|\bseverity)\"?[=:]\s?\"?(trace|debug|info|notice|warn|warning|error|critical|fatal|panic)\b|\[(?:\w+:)?(debug|info|notice|warn|error|crit|alert|emerg)\]"
KLOG_LEVELS = {"I": "INFO", "W": "WARNING", "E": "ERROR", "F": "FATAL"}


def form_of(lines: list[str]) -> Stamp | None:
    """The form that most of these lines bear, if enough do."""
    full = [line for line in lines if line.strip() and not line[:1].isspace()]
    counts = [(sum(1 for line in full if re.match(stamp.pattern, line[:400])), -at) for at, stamp in enumerate(STAMPS)]
    best, at = max(counts, default=(0, 0))
    return STAMPS[-at] if full and best >= max(1, _LEAST * len(full)) else None


def yearless(head: bytes) -> bool:
    """Whether plain text that begins with `head` bears stamps without a year, though with a day."""
    stamp = form_of(head.decode("utf-8", "replace").split("\n")[:SAMPLE])
    return stamp is not None and not stamp.year and stamp.name != "clock"


def times(lines: pl.Series, stamp: Stamp) -> tuple[pl.Series, pl.Series]:
    """(Int64 ns or null, Boolean: bears a stamp) of each line; null throughout where the form has no year."""
    texts = lines.str.extract(stamp.pattern)
    borne = texts.is_not_null()
    if not stamp.year:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, lines.len()), borne
    if not stamp.form:
        return instants(texts.str.replace(r"(\d\d:\d\d:\d\d):(\d)", "${1}.${2}")), borne
    if "%z" in stamp.form:
        parsed = texts.str.to_datetime(stamp.form, time_unit="ns", time_zone="UTC", strict=False)
    else:
        parsed = texts.str.to_datetime(stamp.form, time_unit="ns", strict=False)
    return parsed.cast(pl.Int64), borne
