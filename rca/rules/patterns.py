"""Patterns of rules: the subset that Rust's linear-time engine and Python's `re` read alike, and the literals they need."""

import importlib
import re
from functools import lru_cache
from typing import Any

import polars as pl

_parser: Any = importlib.import_module("re._parser")  # typeshed has no stub for it; stable since Python 2 as sre_parse

REFUSED: dict[str, str] = {
    "ASSERT": "look-ahead or look-behind",
    "ASSERT_NOT": "negative look-ahead or look-behind",
    "GROUPREF": "a back-reference",
    "GROUPREF_EXISTS": "a conditional group",
    "ATOMIC_GROUP": "an atomic group",
    "POSSESSIVE_REPEAT": "a possessive quantifier",
}
"""What cannot be decided in linear time, or only one of the two engines knows."""

MIN_LITERAL = 3  # shorter literals occur in nearly every line, so they filter nothing


def fault(pattern: str) -> str | None:
    """What is wrong with a pattern, or None. Both engines are asked."""
    try:
        tree = _parser.parse(pattern)
    except re.error as error:
        return f"not a regular expression ({error})"
    refused = next((REFUSED[name] for name in _operations(tree) if name in REFUSED), None)
    if refused:
        return f"uses {refused}, which has no linear-time engine; say it with `unless` or a simpler pattern"
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        lines = str(error).splitlines()
        reason = next((line for line in reversed(lines) if line.startswith("error:")), lines[0])
        return f"the linear-time engine refuses it ({reason})"
    return "matches the empty text, so it would match everything" if re.search(pattern, "") else None


@lru_cache(maxsize=4096)
def names(pattern: str) -> frozenset[str]:
    """The named groups of a pattern."""
    return frozenset(_parser.parse(pattern).state.groupdict)


@lru_cache(maxsize=4096)
def literals(pattern: str) -> tuple[str, ...]:
    """Lower-case texts of which at least one is in every match; empty when none can be told.

    Each branch of an alternation gives its longest one; a branch without one makes the whole unfilterable.
    """
    return tuple(sorted(found)) if (found := _needed(_parser.parse(pattern))) else ()


def weight(pattern: str) -> int:
    """How much text a match is sure to hold: the shortest of its needed literals."""
    return min((len(literal) for literal in literals(pattern)), default=0)


def _operations(tree: Any) -> list[str]:
    found: list[str] = []
    for operation, argument in tree:
        found.append(str(operation))
        for child in _children(operation, argument):
            found.extend(_operations(child))
    return found


def _children(operation: Any, argument: Any) -> list[Any]:
    match str(operation):
        case "SUBPATTERN":
            return [argument[-1]]
        case "BRANCH":
            return list(argument[1])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [argument[2]]
        case "ASSERT" | "ASSERT_NOT":
            return [argument[1]]
        case "ATOMIC_GROUP":
            return [argument]
        case _:
            return []


def _needed(tree: Any) -> tuple[str, ...] | None:
    """The best set of alternatives among the parts of one sequence: the one whose shortest literal is longest."""
    best: tuple[str, ...] | None = None
    for candidate in _candidates(tree):
        if best is None or min(map(len, candidate)) > min(map(len, best)):
            best = candidate
    return best


def _candidates(tree: Any) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    run = ""
    for operation, argument in [*tree, (None, None)]:
        if str(operation) == "LITERAL":
            run += chr(argument).lower()
            continue
        if len(run) >= MIN_LITERAL:
            found.append((run,))
        run = ""
        inner = _inner(operation, argument)
        if inner:
            found.append(inner)
    return found


def _inner(operation: Any, argument: Any) -> tuple[str, ...] | None:
    match str(operation):
        case "SUBPATTERN":
            return _needed(argument[-1])
        case "MAX_REPEAT" | "MIN_REPEAT":
            return _needed(argument[2]) if argument[0] else None
        case "BRANCH":
            branches = [_needed(branch) for branch in argument[1]]
            return None if any(branch is None for branch in branches) else tuple(sum((b for b in branches if b), ()))
        case _:
            return None
