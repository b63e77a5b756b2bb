"""Masking: what varies between two occurrences of the same message becomes <*>, and what tells failures apart stays."""

from dataclasses import dataclass

import polars as pl

from rca.signatures.keeps import BLOCK_KEEPS, HTTP_METHODS, KEEPS

WILD = "<*>"
CUT = "…[cut]"
"""Ends a text that was longer than its cap, so that every cut can be counted later."""

LINE_CAP = 10_000  # bytes; toolong uses the same figure, longer single lines are data, not messages
PASSES = 6  # of pass 2; three were enough for every text seen
BLOCK_CAP = 200_000  # bytes; a Java traceback of 1,000 frames has 60–120 kB

DELIMITERS = r"""\s=,;:()\[\]{}"'<>|#@"""
_TAIL = rf"(?:\.{{0,2}}[^{DELIMITERS}.])*"
_SIGN = rf"[^{DELIMITERS}.0-9A-Za-z]"
_FIND = rf"{_TAIL}\.{{0,2}}[0-9]{_TAIL}"
WORD = "|".join(
    (
        rf"[0-9]{_TAIL}",
        rf"{_SIGN}{_FIND}",
        rf"[A-Za-z]+[0-9]{_TAIL}",
        rf"[A-Za-z]+{_SIGN}{_FIND}",
        rf"[A-Za-z]+\.{{1,2}}[^{DELIMITERS}.0-9]{_FIND}",
        rf"[A-Za-z]+\.{{1,2}}[0-9]+[^{DELIMITERS}.0-9]{_TAIL}",
    )
)
"""A word that contains a digit: integers, hex, UUIDs, addresses, times, blk_123, node-7, 12ms, /path/with/1digit.

Two kinds of words keep their first part: a name with a numbered ending (`core.1129` → `core.<*>`) and one before
leader dots (`depth.....7`); a full stop after a number stays. The cases are told apart by their first characters, as
there is no looking ahead in a linear-time regular expression. One expression over all lines costs the same as the
plain `[^ ]*[0-9][^ ]*`: 140 MB/s on one core.
"""

_OPEN, _CLOSE = "\x01", "\x02"
_ESC = "\x1b"
ANSI = r"\x1b(?:\[[0-9;?]{0,32}[ -/]?[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\-_])"
ESCAPED = r"\\n(?: |\\t|\t)"
"""A line feed that was escaped when a traceback was put into JSON twice."""
_CODES = "|".join(keep.raw for keep in KEEPS)
_LINE = f"({_CODES})|{WORD}"
_BLOCK = f"({'|'.join(pattern for pattern, _ in BLOCK_KEEPS)}|{_CODES})|{WORD}"
_ACCESS = rf"\b(?:{HTTP_METHODS}) (?:https?:/)?/"
_TRACES = "|".join([*(keep.trace for keep in KEEPS), ESCAPED])


@dataclass(frozen=True, slots=True)
class Mask:
    """One rule of pass 2, applied to unique shapes only."""

    name: str
    pattern: str
    to: str
    why: str


MASKS = (
    Mask(
        "control",
        r"[\x00-\x08\x0b-\x1f\x7f\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]",
        "",
        "invisible",
    ),
    Mask("space", r"\s+", " ", "layout"),
    Mask("edge space", r"^ | $", "", "layout"),
    Mask(
        "e-mail",
        r"(?:[A-Za-z._%+\-]{1,64}|<\*>)@[A-Za-z\-]{1,63}(?:\.[A-Za-z\-]{1,63}){1,8}",
        WILD,
        "who it happened to, not what",
    ),
    Mask(
        "boolean",
        r"\b(?:true|false|True|False|TRUE|FALSE|null|None)\b",
        WILD,
        "a value like a number (GA .966 against .931 without)",
    ),
    Mask("address", r"<\*>(?::[0-9A-Fa-f]{1,4}\b|::)+", WILD, "the rest of a MAC or IPv6 address"),
    Mask("run", r"<\*>(?:[,:;\-/.+]*<\*>)+", WILD, "host:port, a time, a list without spaces"),
    Mask(
        "date",
        r"(?:\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} <\*>(?:,? <\*>){0,2}(?: [A-Z]{3,4}\b(?: <\*>)?)?",
        WILD,
        "dates in words (GA .966 against .937 without)",
    ),
    Mask(
        "size",
        r"<\*> ?(?:bytes|B|[KMGT]i?B|sec|secs)\b(?: \(<\*> ?[KMGT]i?B\))?",
        WILD,
        "a quantity and its unit (1190 bytes (1.16 KB))",
    ),
    Mask("empty call", r" \(\)", " (<*>)", "an argument that was empty this time"),
    Mask("object", r"=[A-Za-z]+\{<\*>\}", "=" + WILD, "a value that is an object with one field"),
    Mask("list", r"<\*>(?:,? <\*>){5,}", WILD, "six and more in a row are a list, of another length next time"),
    Mask("query", r"<\*>(?:[?&][\w\-.]+=<\*>|=<\*>)+", WILD, "the rest of a URL"),
    Mask("argument", r"\(<\*>\) ?<\*>", WILD, "what is left of (a) b"),
)


def clean(text: pl.Expr) -> pl.Expr:
    """Text without terminal control sequences, cut to its cap; a cut text ends with CUT."""
    bare = text.str.replace_all(ANSI, "")
    escaped = bare.str.contains(ESCAPED) & ~bare.str.contains("\n", literal=True)
    bare = pl.when(escaped).then(bare.str.replace_all(r"\\n", "\n").str.replace_all(r"\\t", "\t")).otherwise(bare)
    block = bare.str.contains("\n", literal=True)
    cap = pl.when(block).then(BLOCK_CAP).otherwise(LINE_CAP)
    half = cap // 2
    cut = pl.concat_str(
        bare.str.head(half),
        pl.when(block).then(pl.lit("\n")).otherwise(pl.lit(" ")),
        pl.when(block).then(bare.str.tail(half)).otherwise(pl.lit("")),
        pl.lit(CUT),
    )
    return pl.when(bare.str.len_bytes() > cap).then(cut).otherwise(bare)


def quick(text: pl.Expr) -> pl.Expr:
    """Pass 1 over all rows: one linear-time regular expression."""
    return text.str.replace_all(WORD, WILD)


def suspicious(masked: pl.Expr) -> pl.Expr:
    """True for shapes in which pass 1 may have hidden a number with a meaning; asked once per shape."""
    return masked.str.contains(_TRACES)


def meaning(text: pl.Expr) -> pl.Expr:
    """True for texts that do hold what KEEPS finds; elsewhere `careful` gives what `quick` gives, at six times the cost."""
    return text.str.contains(_CODES)


def careful(text: pl.Expr, *, block: bool) -> pl.Expr:
    """Pass 1 that leaves what KEEPS finds alone; some five times slower, so only where it may matter.

    Every match is put between two marks; a pair of marks with nothing between was a parameter.
    """
    marked = text.str.replace_all(_BLOCK if block else _LINE, _OPEN + "${1}" + _CLOSE)
    wild = marked.str.replace_all(_OPEN + _CLOSE, WILD, literal=True)
    return wild.str.replace_many([_OPEN, _CLOSE], ["", ""])


def fine(masked: pl.Series) -> pl.Series:
    """Pass 2, on unique shapes, until nothing changes: what one mask leaves may be what another looks for."""
    texts = masked.to_frame("now").with_columns(_routes(pl.col("now"))).with_row_index("place")
    done: list[pl.DataFrame] = []
    for _ in range(PASSES):
        after = texts.with_columns(_table(pl.col("now")).alias("next"))
        moved = pl.col("next") != pl.col("now")
        done.append(after.filter(~moved).select("place", "now"))
        texts = after.filter(moved).select("place", pl.col("next").alias("now"))
        if texts.is_empty():
            break
    return pl.concat([*done, texts]).sort("place")["now"]


def _table(masked: pl.Expr) -> pl.Expr:
    for mask in MASKS:
        masked = masked.str.replace_all(mask.pattern, mask.to)
    return masked


def _routes(masked: pl.Expr) -> pl.Expr:
    """Variable segments of the path after a method, and what follows the status of an access line."""
    access = masked.str.contains(_ACCESS) & ~masked.str.contains("\n", literal=True)
    versions = masked.str.replace_all(r"/(v[0-9]{1,2}|[0-9]\.[0-9])([/\"' ])", f"/{_OPEN}${{1}}${{2}}")
    segments = versions.str.replace_all(rf"/[^/\s\"'?{_OPEN}]*[0-9][^/\s\"'?]*", "/" + WILD)
    paths = segments.str.replace_all(_OPEN, "", literal=True).str.replace(r"(/[^\s?]*)\?\S+", "${1}?" + WILD)
    paths = paths.str.replace(r"(HTTP/[0-9.]+[\"']? [0-9]{3}) (?:<\*>|-)(?: [\"'].*)$", "${1} " + WILD)
    return pl.when(access).then(paths).otherwise(masked)


def is_escaped(masked: pl.Expr) -> pl.Expr:
    """True for shapes of a text of one line that holds escaped line feeds."""
    return masked.str.contains(ESCAPED)


def is_hard(text: pl.Expr) -> pl.Expr:
    """True for texts that the fast pass must not see: several lines, escapes, over the cap."""
    return (
        text.str.contains("\n", literal=True)
        | text.str.contains(_ESC, literal=True)
        | (text.str.len_bytes() > LINE_CAP)
    )
