"""Lines of a console log without what terminals and CI systems put before and into them."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from rca.ingest.jsonsource import lines
from rca.ingest.testdraft import Reading
from rca.safe import strip
from rca.when import to_ns

LONGEST = 8_000
"""Characters of a line that are looked at and kept."""

_STAMP = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_PREFIXES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[^\t]{{0,200}}\t[^\t]{{0,200}}\t\ufeff?({_STAMP}) ?",  # gh run view --log: job, step, time
        rf"({_STAMP}) \d\d[OE][ +]?",  # GitLab with timestamps: time, stream number and letter
        rf"\[({_STAMP})\] ?",  # Jenkins timestamper, Azure
        rf"\ufeff?({_STAMP}) (?!(?:DEBUG|INFO|WARN|ERROR|CRITICAL))",  # GitHub, Buildkite, docker logs -t; not a logger's line
        r"(?:section_(?:start|end):\d{1,12}:[\w.-]{1,100}(?:\[[^\]]{0,100}\])?|travis_(?:fold|time):(?:start|end):[\w.:,=-]{1,200})",
        r"##\[(?:group|endgroup|error|warning|command|section|debug)\]",  # GitHub and Azure
        r"::(?:error|warning|notice|group|endgroup)[^:]{0,200}::",
        r"\[[\w ./-]{1,60}\] {1,3}\| ?",  # act: [workflow/job] |
        r"[a-z0-9][\w.-]{0,60}-\d{1,3} {1,20}\| ?",  # docker compose: name-1  |
    )
)


def clean(line: str) -> tuple[str, str | None]:
    """A line without colours, what a carriage return overwrote, and prefixes; and the time that a prefix gave."""
    text = strip(line).rstrip("\r\n")
    if "\r" in text:
        text = text.rstrip("\r").rpartition("\r")[2]
    stamp = None
    if text[:1] in _STARTS or "\t" in text[:200] or "|" in text[:70]:
        for pattern in _PREFIXES:
            found = pattern.match(text)
            if found is not None:
                stamp = stamp or (found[1] if pattern.groups else None)
                text = text[found.end() :]
    return text, stamp


_STARTS = frozenset("0123456789[#:st\ufeff")
"""First characters that a prefix without a tab or a bar can have: the test spares most lines nine patterns."""


def read(data: BinaryIO, reading: Reading) -> Iterator[str]:
    """The cleaned lines; the times in their prefixes go to `reading`, the first and the last of a log being its extent."""
    first = last = None
    encoding = ""
    for number, raw in lines(data):
        if number == 1:
            encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        if (
            encoding == "utf-16"
        ):  # PowerShell's redirection; such a file cannot be cut at line ends, so all of it is taken
            yield from _utf16(raw + data.read(1 << 28))
            return
        text, stamp = clean(raw[: LONGEST * 4].decode("utf-8", "replace")[:LONGEST])
        first, last = first or stamp, stamp or last
        yield text
    for stamp in (first, last):
        if stamp is not None:
            reading.began(to_ns(stamp))


def _utf16(raw: bytes) -> Iterator[str]:
    for line in raw.decode("utf-16", "replace").splitlines():
        yield clean(line[:LONGEST])[0]
