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


def _word(delimiters: str) -> str:
    """The expression for words that contain a digit, between `delimiters`."""
    tail = rf"(?:\.{{0,2}}[^{delimiters}.])*"
    sign = rf"[^{delimiters}.0-9A-Za-z]"
    find = rf"{tail}\.{{0,2}}[0-9]{tail}"
    return "|".join(
        (
            rf"[0-9]{tail}",
            rf"{sign}{find}",
            rf"[A-Za-z]+[0-9]{tail}",
            rf"[A-Za-z]+{sign}{find}",
            rf"[A-Za-z]+\.{{1,2}}[^{delimiters}.0-9]{find}",
            rf"[A-Za-z]+\.{{1,2}}[0-9]+[^{delimiters}.0-9]{tail}",
        )
    )


WORD = _word(DELIMITERS)
"""A word that contains a digit: integers, hex, UUIDs, addresses, times, blk_123, node-7, 12ms, /path/with/1digit.

Two kinds of words keep their first part: a name with a numbered ending (`core.1129` → `core.<*>`) and one before
leader dots (`depth.....7`); a full stop after a number stays. The cases are told apart by their first characters, as
there is no looking ahead in a linear-time regular expression. One expression over all lines costs the same as the
plain `[^ ]*[0-9][^ ]*`: 180 MB/s on one core, as long as the column is one piece of memory (three times slower on the
130 pieces that a JSON reader leaves behind).
"""

_KEPT = "\x01"
_SPARED = "\u02bc"  # a letter: the word behind it is no boolean
FEW_KEPT = 3
_AROUND = _word(DELIMITERS + _KEPT)
_ESC = "\x1b"
ANSI = r"\x1b(?:\[[0-9;?]{0,32}[ -/]?[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\-_])"
ESCAPED = r"\\n(?: |\\t|\t)"
"""A line feed that was escaped when a traceback was put into JSON twice."""
_CODES = "|".join(keep.raw for keep in KEEPS)
_BLOCK_CODES = "|".join((*(pattern for pattern, _ in BLOCK_KEEPS), _CODES))
_ACCESS = rf"\b(?:{HTTP_METHODS}) (?:https?:/)?/"
_TRACES = "|".join([*(keep.trace for keep in KEEPS), ESCAPED])


_OUTCOMES = (
    "success|successful|succeeded|ok|okay|passed|valid|healthy|ready|alive|connected|authenticated|authorized|allowed"
    "|granted|accepted|completed"
)


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
        "outcome",
        rf"\b((?i:{_OUTCOMES})[\"']?\s?[=:]\s?[\"']?)((?i:true|false)\b)",
        "${1}" + _SPARED + "${2}",
        "success=true and success=false are two things; every other boolean is a value",
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
    Mask("bracketed list", r"\[<\*>(?:,? <\*>)+\]", f"[{WILD}]", "as many as there were this time"),
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


def suspicious(masked: pl.Series) -> pl.Series:
    """True for shapes in which pass 1 may have hidden a number with a meaning; asked once per shape."""
    return masked.str.contains(_TRACES)


def meaning(texts: pl.Series) -> pl.Series:
    """True for texts that do hold what KEEPS finds; elsewhere `careful` gives what `quick` gives, at a higher cost."""
    return texts.str.contains(_CODES)


def careful(texts: pl.Series, *, block: bool) -> pl.Series:
    """Pass 1 that leaves what KEEPS finds alone; several times slower, so only where it may matter.

    What is found is taken out, the rest is masked, and what was taken out is put back; no groups are captured, which
    would cost five times as much (16 µs a line).
    """
    codes = _BLOCK_CODES if block else _CODES
    bare = texts.str.replace_all(_KEPT, "", literal=True)
    kept = bare.str.extract_all(codes)
    rest = bare.str.replace_all(codes, _KEPT).str.replace_all(_AROUND, WILD)
    return _put_back(rest, kept)


def _put_back(rest: pl.Series, kept: pl.Series) -> pl.Series:
    """Each mark in `rest` becomes the next of the parts in `kept`; few texts have more than FEW_KEPT of them."""
    whole = pl.DataFrame({"rest": rest, "kept": kept, "parts": kept.list.len()}).with_row_index("row")
    done: list[pl.DataFrame] = []
    for number in range(FEW_KEPT + 1):
        ready = whole.filter(pl.col("parts") == number)
        if ready.height:
            done.append(ready.select("row", "rest"))
        whole = whole.filter(pl.col("parts") > number)
        if whole.is_empty():
            break
        part = pl.col("kept").list.get(number)
        whole = whole.with_columns(pl.col("rest").str.replace(_KEPT, part, literal=True))
    if whole.height:
        texts = [_restored(text, parts[FEW_KEPT + 1 :]) for text, parts in whole.select("rest", "kept").iter_rows()]
        done.append(whole.select("row", pl.Series("rest", texts, pl.String)))
    return pl.concat(done).sort("row")["rest"] if done else rest


def _restored(text: str, parts: list[str]) -> str:
    gaps = text.split(_KEPT)
    return "".join(part for pair in zip(gaps, (*parts, ""), strict=True) for part in pair)


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
    found = pl.concat([*done, texts]).sort("place")["now"]
    return found.str.replace_all(f"{_SPARED}((?i:true|false)\\b)", "${1}")


def _table(masked: pl.Expr) -> pl.Expr:
    for mask in MASKS:
        masked = masked.str.replace_all(mask.pattern, mask.to)
    return masked


def _routes(masked: pl.Expr) -> pl.Expr:
    """Variable segments of the path after a method, and what follows the status of an access line."""
    access = masked.str.contains(_ACCESS) & ~masked.str.contains("\n", literal=True)
    versions = masked.str.replace_all(r"/(v[0-9]{1,2}|[0-9]\.[0-9])([/\"' ])", f"/{_KEPT}${{1}}${{2}}")
    segments = versions.str.replace_all(rf"/[^/\s\"'?{_KEPT}]*[0-9][^/\s\"'?]*", "/" + WILD)
    paths = segments.str.replace_all(_KEPT, "", literal=True).str.replace(r"(/[^\s?]*)\?\S+", "${1}?" + WILD)
    paths = paths.str.replace(r"(HTTP/[0-9.]+[\"']? [0-9]{3}) (?:<\*>|-)(?: [\"'].*)$", "${1} " + WILD)
    return pl.when(access).then(paths).otherwise(masked)


def is_escaped(masked: pl.Series) -> pl.Series:
    """True for shapes of a text of one line that holds escaped line feeds."""
    return masked.str.contains(ESCAPED)


def is_hard(texts: pl.Series) -> pl.Series:
    """True for texts that the fast pass must not see: several lines, escapes, over the cap."""
    return texts.str.contains_any(["\n", _ESC]) | (texts.str.len_bytes() > LINE_CAP)
