"""Texts × rules → findings: one pass over all texts for literals, then each pattern only where it can match."""

from collections.abc import Mapping, Sequence

import polars as pl

from rca.model import Finding, Match, Rule, RuleSet, Signature
from rca.rules import patterns, told
from rca.rules.order import overridden
from rca.rules.told import Text

TEXT_CAP = 60_000  # characters a rule looks at; head and tail of a longer text, where tracebacks say what happened


def classify(texts: Sequence[Text], ruleset: RuleSet) -> list[Finding | None]:
    """For each text the finding of the first rule, in order of precedence, that matches; None where none does."""
    over = overridden(ruleset.rules)
    matches = candidates(texts, ruleset)
    return [
        _finding(text, *_first(text, found, over)) if found else None
        for text, found in zip(texts, matches, strict=True)
    ]


def _first(
    text: Text, found: Sequence[tuple[Rule, dict[str, str | None]]], over: Mapping[str, frozenset[str]]
) -> tuple[Rule, dict[str, str | None]]:
    """The first that nobody overrides, and that speaks of the text's own exception rather than of its context."""
    if len(found) == 1:
        return found[0]
    beaten = frozenset[str]().union(*(over[rule.id] for rule, _ in found))
    standing = [pair for pair in found if pair[0].id not in beaten]
    meant = [pair for pair in standing if told.speaks_of(pair[0], text.signature)]
    return (meant or standing)[0]


def candidates(texts: Sequence[Text], ruleset: RuleSet) -> list[list[tuple[Rule, dict[str, str | None]]]]:
    """For each text all rules that match, in order of precedence, with their raw captures."""
    rules = [rule for rule in ruleset.rules if rule.match is not None]
    frame = _frame(texts)
    found: list[list[tuple[Rule, dict[str, str | None]]]] = [[] for _ in texts]
    possible = _possible(frame, rules)
    for rank, rule in enumerate(rules):
        rows = possible.get(rank)
        if rows is None:
            continue
        for row, captured in matching(frame[rows], rule.match or Match()):
            found[row].append((rule, captured))
    return found


def matching(frame: pl.DataFrame, match: Match) -> list[tuple[int, dict[str, str | None]]]:
    """Rows of a frame (columns of FRAME) that satisfy all clauses, with their captures.

    Cheap clauses go first; each pattern sees only the rows left over.
    """
    for column, wanted in _exact(match):
        frame = frame.filter(pl.col(column).is_in(wanted))
    if match.exception:
        frame = frame.filter(pl.col("types").list.set_intersection(list(match.exception)).list.len() > 0)
    for pattern in match.unless:
        frame = frame.filter(~pl.col("text").str.contains(pattern))
    captures: dict[int, dict[str, str | None]] = {row: {} for row in frame["row"].to_list()}
    for column, alternatives in (("text", match.message), ("frames", match.frame), ("logger", match.logger)):
        if alternatives and captures:
            captured = _captured(frame.filter(pl.col("row").is_in(list(captures))), column, alternatives)
            captures = {row: {**captures[row], **more} for row, more in captured.items()}
    return sorted(captures.items())


def _exact(match: Match) -> list[tuple[str, list[str | int]]]:
    clauses: dict[str, Sequence[str | int]] = {
        "log": match.log,
        "resource": match.resource,
        "status": match.status,
        "outcome": match.outcome,
        "source": match.source,
        "rule": match.rule,
    }
    return [(column, list(wanted)) for column, wanted in clauses.items() if wanted]


def _captured(frame: pl.DataFrame, column: str, alternatives: Sequence[str]) -> dict[int, dict[str, str | None]]:
    """Row → captures of the first alternative that is found in the column."""
    found: dict[int, dict[str, str | None]] = {}
    for pattern in alternatives:
        hits = frame.filter(pl.col(column).str.contains(pattern) & ~pl.col("row").is_in(list(found)))
        if not patterns.names(pattern) or hits.is_empty():
            found.update({row: {} for row in hits["row"].to_list()})
            continue
        groups = hits.select("row", pl.col(column).str.extract_groups(pattern).alias("groups"))
        for row, values in groups.iter_rows():
            found[row] = {name: value for name, value in values.items() if not name.isdigit()}
    return found


FRAME = pl.Schema(
    [
        ("row", pl.UInt32),
        ("text", pl.String),
        ("types", pl.List(pl.String)),
        ("frames", pl.String),
        ("logger", pl.String),
        ("log", pl.String),
        ("resource", pl.String),
        ("status", pl.Int64),
        ("outcome", pl.String),
        ("source", pl.String),
    ]
)
"""What patterns and exact clauses are asked about; `types` and `frames` of the whole exception chain."""


def _frame(texts: Sequence[Text]) -> pl.DataFrame:
    rows = [
        (
            row,
            cap(t.text),
            types(t.signature),
            frames(t.signature),
            t.logger,
            t.log,
            t.resource,
            t.status,
            t.outcome,
            t.origin,
        )
        for row, t in enumerate(texts)
    ]
    return pl.DataFrame(rows, schema=FRAME, orient="row")


def cap(text: str) -> str:
    """Head and tail of a text that is too long to be searched whole."""
    half = TEXT_CAP // 2
    return text if len(text) <= TEXT_CAP else f"{text[:half]}\n{text[-half:]}"


def _chain(signature: Signature) -> list[Signature]:
    return [signature, *(each for inner in (*signature.causes, *signature.context) for each in _chain(inner))]


def types(signature: Signature) -> list[str]:
    """Exception types of the whole chain, each in full and by its last part."""
    full = [each.exception_type for each in _chain(signature) if each.exception_type]
    return sorted({name for kind in full for name in (kind, kind.rpartition(".")[2])})


def frames(signature: Signature) -> str:
    """One line "file:function" for each frame of the whole chain."""
    return "\n".join(f"{frame.file}:{frame.function}" for each in _chain(signature) for frame in each.frames)


def _possible(frame: pl.DataFrame, rules: Sequence[Rule]) -> dict[int, pl.Series]:
    """Rank of a rule → positions of the rows it may match, by one search for all literals of all rules."""
    wanted, unfiltered = needed(rules)
    by_literal = pl.DataFrame(wanted, schema={"literal": pl.String, "rank": pl.UInt32}, orient="row")
    literals = by_literal["literal"].unique().sort().to_list()
    if not literals:
        return dict.fromkeys(unfiltered, frame["row"])
    hits = frame.select(
        "row", pl.col("text").str.to_lowercase().str.extract_many(literals, overlapping=True).alias("literal")
    )
    pairs = hits.explode("literal").drop_nulls().unique().join(by_literal, on="literal")
    rows = pairs.select("rank", "row").unique().sort("rank", "row").group_by("rank", maintain_order=True).agg("row")
    found = {int(rank): pl.Series(values, dtype=pl.UInt32) for rank, values in rows.iter_rows()}
    return found | dict.fromkeys(unfiltered, frame["row"])


def needed(rules: Sequence[Rule]) -> tuple[list[tuple[str, int]], list[int]]:
    """(literal, rank) pairs of the rules that can be filtered by their text, and the ranks of those that cannot."""
    wanted: list[tuple[str, int]] = []
    unfiltered: list[int] = []
    for rank, rule in enumerate(rules):
        message = rule.match.message if rule.match else ()
        if message:
            wanted.extend((literal, rank) for pattern in message for literal in patterns.literals(pattern))
        else:
            unfiltered.append(rank)
    return sorted(set(wanted)), unfiltered


def _finding(text: Text, rule: Rule, captured: dict[str, str | None]) -> Finding:
    captures = told.named(rule, captured, text)
    return Finding(
        rule=rule.id,
        signature=text.signature.id,
        title=told.title(rule, captures),
        captures=captures,
        group=told.group(rule, captures, text.signature.id),
        role=rule.role,
    )
