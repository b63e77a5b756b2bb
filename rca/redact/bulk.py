"""Bulk: text of any length filtered line by line; one compiled gate over many lines finds the few that need a look."""

import re
from collections.abc import Callable, Iterator
from typing import Protocol

import polars as pl

from rca.redact import WORDS, by_words, redact
from rca.redact.blocks import Lines
from rca.redact.contexts import CONTEXTS, OF_KEY
from rca.redact.encoded import GROUP, LEAST
from rca.redact.vendors import VENDORS

CHUNK = 8 << 20  # bytes; larger chunks measured no faster
LONGEST = 4 << 20  # characters of one line looked at in one piece
TAIL = 64 << 10  # of which the last ones are searched for a place to part
NEAR = 24  # characters before that place which may not tell of a credential
_GAP = re.compile(r"[A-Za-z0-9.;)}\]]\s+(?=\S)")
_EDGE = re.compile(r"[^A-Za-z0-9+/=_.:%-]")
_TELLING = re.compile(r"(?i)pass|pwd|secret|token|key|cred|auth|bearer|basic|cookie|sig|code|://|private|data|-u\b|--")

_KEYS = {f"{kind}{dash}key" for kind in OF_KEY for dash in ("", "_", "-")}
_FOLDED = sorted(({word for shape in CONTEXTS if shape.fold for word in shape.words} | _KEYS | {"cookie"}) - {"key"})
_EXACT = {word for shape in (*VENDORS, *CONTEXTS) if not shape.fold for word in shape.words}
_BEGINS = {"PRIVATE KEY", "data:", "stringData:", "@", "%40", "\x1b"}
_COMMON: dict[str, str] = {
    "eyJ": r"eyJ[A-Za-z0-9_-]",
    "--": r"--[a-z]",
    "sk-": r"sk-[A-Za-z0-9]{4}",
    "key-": r"key-[0-9a-f]{4}",
    "SK": r"SK[0-9a-f]{4}",
    "-us": r"[0-9a-f]-us[0-9]",
    "pat": r"pat[0-9A-Za-z]{14}\.",
    "dapi": r"dapi[0-9a-f]{4}",
    "dp.": r"dp\.(?:pt|st|ct|sa|scim|audit)\.",
    "pul-": r"pul-[0-9a-f]{4}",
    "EAAA": r"EAAA[0-9A-Za-z_-]{4}",
    "xai-": r"xai-[0-9A-Za-z]{4}",
    "EAA": r"EAA[0-9A-Za-z]{16}",
    "IGQ": r"IGQ[0-9A-Za-z]{9}",
    ".secret.": r"k[1-4]\.secret\.",
    ".public.": r"v[1-4]\.public\.",
    ".local.": r"v[1-4]\.local\.",
    "sl.": r"sl\.[0-9A-Za-z_=-]{16}",
    "re_": r"re_[0-9A-Za-z]{8}_[0-9A-Za-z]",
    "pat.": r"pat\.[0-9A-Za-z_-]{9}",
    "sat.": r"sat\.[0-9A-Za-z_-]{9}",
    "live_": r"live_[0-9A-Za-z]{16}",
    "API-": r"API-[0-9A-Z]{8}",
    "t1.": r"t1\.[0-9A-Za-z_-]{9}",
    "ico-": r"ico-[0-9A-Za-z]{9}",
    "4b1d": r"4b1d[0-9A-Za-z]{16}",
    "oy2": r"oy2[0-9a-z]{9}",
    "A3T": r"A3T[0-9A-Z]{9}",
    "ewog": r"ewog[A-Za-z0-9_-]{8}",
    "eyAi": r"eyAi[A-Za-z0-9_-]{8}",
}
"""Words that stand in many lines, and what must follow them; counts stay small, for a large one makes the automaton large."""
_PATTERNS = (
    "|".join([*(re.escape(word) for word in sorted((_EXACT | _BEGINS) - set(_COMMON))), *_COMMON.values()]),
    r"kind[\\\"']{0,4} {0,4}: {0,4}[\\\"']{0,4}[Ss]ecret",
    rf"(?:{GROUP}){{{LEAST}}}",
    r"[A-Za-z0-9+/]{64}",
    r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]",
    r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:",
    r"[\u{ad}\u{c2}\u{e1}\u{e2}\u{ef}\u{f3}]",
)
"""One pattern each: joined, their automaton outgrows its cache (1.5 MB/s instead of some hundreds). The last finds the
first bytes, read as Latin-1, of invisible characters, which may split a secret."""


class Readable(Protocol):
    """A file, or `Arriving` for a pipe."""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end."""


_LOWER = [word.lower() for word in WORDS]


def gate(lines: pl.Series) -> pl.Series:
    """True for every line that `redact` may change, and for some others; bytes are given as Latin-1."""
    text = pl.col("line")
    found = [text.str.contains(pattern) for pattern in _PATTERNS]
    found.append(text.str.contains_any(_FOLDED, ascii_case_insensitive=True))
    return lines.to_frame("line").lazy().select(pl.any_horizontal(found)).collect().to_series()


def series(texts: pl.Series, cleaned: Callable[[str], str]) -> pl.Series:
    """A column of texts, `cleaned` where the gate finds something to look at or a character is no plain one."""
    odd = texts.str.contains(r"[^\t\n -~]").fill_null(value=False)
    rows = (gate(texts.alias("line")).fill_null(value=False) | odd).arg_true()
    if rows.is_empty():
        return texts
    return texts.clone().scatter(rows, pl.Series([cleaned(text) for text in texts.gather(rows)], dtype=pl.String))


def lines(source: Readable, strip: Callable[[str], str]) -> Iterator[bytes]:
    """The bytes of `source`, secrets masked, as they come, in pieces of at most about CHUNK; line n stays line n.

    `strip` takes out what would hide a secret (terminal sequences, invisible characters); its result is used only for lines
    in which that reveals one. Bytes that are no UTF-8 stay as they are. A line longer than LONGEST is looked at in pieces.
    """
    state = Lines()
    rest = b""
    while chunk := source.read(CHUNK):
        rest += chunk
        at = rest.rfind(b"\n") + 1
        if not at and len(rest) >= LONGEST:
            at = len(rest) - TAIL + _cut(rest[-TAIL:].decode("latin-1"))
        if at:
            yield _filtered(rest[:at], state, strip)
            rest = rest[at:]
    if rest:
        yield _filtered(rest, state, strip)


def _cut(tail: str) -> int:
    """A place near the end of a long line at which no credential is torn from the words that tell what it is."""
    for pattern in (_GAP, _EDGE):
        for found in reversed([match.end() for match in pattern.finditer(tail)]):
            if not _TELLING.search(tail, max(0, found - NEAR), found):
                return found
    return len(tail)


def _filtered(chunk: bytes, state: Lines, strip: Callable[[str], str]) -> bytes:
    parts = chunk.split(b"\n")
    text = pl.Series("line", chunk.decode("latin-1").split("\n"), dtype=pl.String)
    passed = gate(text)
    marked = passed.arg_true().to_list()
    found = text.filter(passed).str.to_lowercase().str.extract_many(_LOWER, overlapping=True)
    words: dict[int, list[str]] = dict(zip(marked, found.to_list(), strict=True))
    if not marked and not state.left and state.data is None:
        return chunk
    waiting = iter([*marked, len(parts)])
    following = next(waiting)
    place = 0
    while place < len(parts):
        if not state.left and state.data is None:
            place = following
            if place >= len(parts):
                break
        parts[place] = _line(parts[place], words.get(place), state, strip)
        place += 1
        while following < place:
            following = next(waiting)
    return b"\n".join(parts)


def _line(raw: bytes, words: list[str] | None, state: Lines, strip: Callable[[str], str]) -> bytes:
    text = raw.decode("utf-8", "surrogateescape")
    bare = strip(text)
    line = state.take(bare)
    if words is not None and bare == text:
        shown = "".join(by_words(words, piece) for piece in _pieces(line))
    else:
        shown = "".join(map(redact, _pieces(line)))
    return raw if shown == bare else shown.encode("utf-8", "surrogateescape")


def _pieces(line: str) -> Iterator[str]:
    start = 0
    while len(line) - start > LONGEST:
        end = start + LONGEST
        at = end - TAIL + _cut(line[end - TAIL : end])
        yield line[start:at]
        start = at
    yield line[start:]
