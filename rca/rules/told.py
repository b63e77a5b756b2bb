"""From captures to words: built-in names, defaults, the title, and the values that make two occurrences one issue."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.model import Frame, Rule, Signature, fill

HEAD_CAP = 2_000  # characters of one exception's message that are asked whether the rule means it
CAPTURE_CAP = 300  # characters: a title is one line, whatever the log line held

BUILT_IN: dict[str, str] = {
    "exception": "an exception",
    "location": "the place that raised it",
    "function": "a function",
    "file": "the file",
    "cycle": "a cycle that the log does not show",
    "depth": "many",
    "entered": "an unknown caller",
    "status": "?",
}
"""Names every rule may use, and what to say when the evidence does not tell."""

CROSS_BUILT_IN: dict[str, str] = {
    "service": "the service",
    "revision": "an unknown revision",
    "count": "several",
    "span": "an unknown time",
    "share": "an unknown share",
    "change": "a change",
}
"""Names every rule over several events may use."""

VALUE_SHAPES: tuple[tuple[str, str], ...] = (
    ("<empty>", r"\s*"),
    ("None", r"None|null|undefined|nil"),
    ("<int>", r"[+-]?\d+"),
    ("<float>", r"[+-]?\d+\.\d+"),
    ("<uuid>", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
    ("<email>", r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    ("<url>", r"[a-z]+://\S+"),
    ("<ip>", r"\d+\.\d+\.\d+\.\d+(?::\d+)?"),
    ("<token>", r"[\w-]{8,}\.[\w-]{8,}\.[\w-]+"),
    ("<hex>", r"[0-9a-fA-F]*\d[0-9a-fA-F]*[a-fA-F][0-9a-fA-F]*|[0-9a-fA-F]{12,}"),
)
"""First match on the whole value wins; proved enough for invalid user ids (house notes). The rest: digits become 0."""

_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in VALUE_SHAPES)


@dataclass(frozen=True, slots=True)
class Text:
    """One text to be classified: the earliest complete sample of a shape, or the failure of a test."""

    text: str
    signature: Signature
    logger: str | None = None
    log: str | None = None
    resource: str | None = None
    status: int | None = None
    outcome: str | None = None  # failed | error, for texts from tests
    source: str | None = None  # log | test; None: a text with an outcome is a test's

    @property
    def origin(self) -> str:
        """Where it comes from: log or test."""
        return self.source or ("test" if self.outcome else "log")


def value_shape(value: str) -> str:
    """What kind of value it is; words stay themselves, since a placeholder such as pending_auth is the clue."""
    bare = value.strip("'\"")
    for name, pattern in _COMPILED:
        if pattern.fullmatch(bare):
            return name
    return re.sub(r"\d+", "0", bare)[:80]


def named(rule: Rule, captured: Mapping[str, str | None], text: Text | None) -> dict[str, str]:
    """Captures, the built-in names, and the rule's defaults where a capture is empty."""
    found = _from_signature(rule, text) if text else {}
    values = {name: _cut(value) for name, value in captured.items() if value is not None and value.strip()}
    return {**BUILT_IN, **rule.defaults, **found, **values}


def title(rule: Rule, captures: Mapping[str, str]) -> str:
    """The title as one line, capped."""
    return " ".join(fill(rule.title, captures).split())[:CAPTURE_CAP]


def group(rule: Rule, captures: Mapping[str, str], signature: str = "") -> tuple[str, ...]:
    """The rule's id and the values named by `group.by`; "!shape:name" takes the kind of the value."""
    return (rule.id, *(_value(by, captures, signature) for by in rule.group.by if by != "rule"))


def _value(by: str, captures: Mapping[str, str], signature: str) -> str:
    if by == "signature":
        return signature
    if by.startswith("!shape:"):
        return value_shape(captures.get(by.removeprefix("!shape:"), ""))
    return captures.get(by, "")


def _from_signature(rule: Rule, text: Text) -> dict[str, str]:
    found = dict[str, str]()
    meant = _meant(rule, text.signature)
    kind = next((each.exception_type for each in meant if each.exception_type), None)
    if kind:
        found["exception"] = kind
    place = next((each.location for each in meant if each.location), None)
    if place:
        found |= {"location": _place(place), "function": place.function or BUILT_IN["function"], "file": place.file}
    cycle = next((each.cycle for each in meant if each.cycle), None)
    if cycle:
        found |= {"cycle": " → ".join(_step(frame) for frame in cycle.frames), "depth": str(cycle.repeats)}
        if cycle.entered_from:
            found["entered"] = _place(cycle.entered_from)
    if text.status is not None:
        found["status"] = str(text.status)
    return {name: _cut(value) for name, value in found.items()}


def speaks_of(rule: Rule, signature: Signature) -> bool:
    """Whether the exception itself, without its causes and context, is what the rule looks for."""
    return bool(rule.match and signature.exception_type and any(_spoken(rule, [signature])))


def _meant(rule: Rule, signature: Signature) -> list[Signature]:
    """The exceptions of a text, the one the rule speaks of first: a text may hold several, and only one is meant."""
    chain = [signature, *signature.causes, *signature.context]
    if len(chain) == 1 or not (rule.match and rule.match.message):
        return chain
    hits = _spoken(rule, chain)
    return [each for _, each in sorted(zip(hits, chain, strict=True), key=lambda pair: not pair[0])]


def _spoken(rule: Rule, chain: Sequence[Signature]) -> list[bool]:
    heads = pl.Series([f"{each.exception_type or ''}: {each.exception_message}"[:HEAD_CAP] for each in chain])
    found = [heads.str.contains(pattern).to_list() for pattern in (rule.match.message if rule.match else ())]
    return [any(flags) for flags in zip(*found, strict=True)] if found else [False] * len(chain)


def _step(frame: Frame) -> str:
    return f"{frame.file.rpartition('/')[2]}:{frame.function}" if frame.function else frame.file


def _place(frame: Frame) -> str:
    line = f":{frame.line}" if frame.line else ""
    return f"{frame.file}{line}" + (f" in {frame.function}" if frame.function else "")


def _cut(value: str) -> str:
    return " ".join(value.split())[:CAPTURE_CAP]
