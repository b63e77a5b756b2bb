"""Urls, trace ids, and request, user and other ids that occur in the texts of tests: what joins them to log entries."""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

SEARCHED = 40_000
"""Characters searched per test: half from the head, half from the tail of its texts."""
KEPT = 40
LONGEST = 400

_TRAILING = ".,;:!?)]}&'\""
_NO_IDS = {"none", "null", "true", "false", "undefined", "string", "value", "missing", "object", "self"}

PATTERNS = {
    "urls": r"(?:https?|wss?)://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+",
    # W3C traceparent, Cloud Trace ("trace": "projects/p/traces/<hex>"), X-Cloud-Trace-Context, B3; the id is the last hex run
    "traces": r"\b00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b"
    r"|(?:[Tt]race|TRACE)[A-Za-z_. -]*[\"']?\s?[:=/]\s?[\"']?(?:projects/[a-z0-9-]+/traces/)?[0-9a-fA-F]{32}\b",
    # user_id=…, "requestId": "…", x-request-id: …: a name that ends in id, then its value. The name is left out of the
    # pattern, for one that begins with a run of letters takes 24 µs a text, this one 0.6
    "named": r"(?:\b|_)(?:id|ID|Id|uuid|sub)[\"']?\s?[:=]\s?[\"']?[A-Za-z0-9][\w.@:|+-]+"
    r"|[a-z]Id[\"']?\s?[:=]\s?[\"']?[A-Za-z0-9][\w.@:|+-]+",
    "uuids": r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
}
"""Searched by polars (Rust regex: linear in the text) over all texts of a report at once."""


class Found(NamedTuple):
    """What one test's texts name, each in order of first appearance, at most KEPT of a kind."""

    urls: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


NOTHING = Found()


def find(texts: Sequence[str]) -> list[Found]:
    """What each text names."""
    found = [NOTHING] * len(texts)
    at = [number for number, text in enumerate(texts) if len(text) > 5]
    if not at:
        return found
    series = pl.Series([_shown(texts[number]) for number in at], dtype=pl.String)
    matches = {name: series.str.extract_all(pattern) for name, pattern in PATTERNS.items()}
    counts = [column.list.len() for column in matches.values()]
    some = (counts[0] + counts[1] + counts[2] + counts[3]).gt(0).arg_true()
    columns = {name: column.gather(some).to_list() for name, column in matches.items()}
    for row, index in enumerate(some.to_list()):
        traces = [_hex(match) for match in columns["traces"][row]]
        ids = [_value(match) for match in columns["named"][row]] + columns["uuids"][row]
        found[at[index]] = Found(
            _first([match.rstrip(_TRAILING) for match in columns["urls"][row]]),
            _first(traces),
            _first([value for value in ids if value.lower() not in _NO_IDS and value.lower() not in traces]),
        )
    return found


def _shown(text: str) -> str:
    return text if len(text) <= SEARCHED else text[: SEARCHED // 2] + "\n" + text[-SEARCHED // 2 :]


def _hex(match: str) -> str:
    return match[3:35].lower() if match.startswith("00-") else match[-32:].lower()


def _value(match: str) -> str:
    """The value of "name=value": what follows the separator, which no name holds."""
    at = min(at for at in (match.find("="), match.find(":")) if at >= 0)
    return match[at + 1 :].strip(" \t\"'").rstrip(".:|+-")


def _first(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value[:LONGEST] for value in values if len(value) > 3))[:KEPT]
