"""Urls, trace ids, and request, user and other ids that occur in the texts of a test: what joins it to log entries."""

import re
from typing import NamedTuple

SEARCHED = 40_000
"""Characters searched per test: half from the head, half from the tail of its texts."""
KEPT = 40

_URL = re.compile(r"(?:https?|wss?)://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]{3,400}")
_TRAILING = ".,;:!?)]}&"
_TRACE = re.compile(
    r"\b00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}\b"
    r"|\b(?:trace|x-cloud-trace-context|x-b3-traceid)[A-Za-z_. -]{0,12}[\"']?\s?[:=/]\s?[\"']?(?:projects/[a-z0-9-]{1,40}/traces/)?([0-9a-f]{32})\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,20}[_-]){0,3}(?:id|ID|Id|uuid|sub|correlation)[\"']?\s{0,2}[:=]\s{0,2}[\"']?([A-Za-z0-9][\w.@:|+-]{3,127})"
    r"|(?<![A-Za-z0-9])[a-z]{1,20}Id[\"']?\s{0,2}[:=]\s{0,2}[\"']?([A-Za-z0-9][\w.@:|+-]{3,127})"
)
_UUID = re.compile(
    r"(?<![0-9A-Fa-f-])[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}(?![0-9A-Fa-f-])"
)
_NO_IDS = {"none", "null", "true", "false", "undefined", "string", "value", "missing", "object", "self"}


class Found(NamedTuple):
    """What one test's texts name, each in order of first appearance, at most KEPT of a kind."""

    urls: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


NOTHING = Found()


def find(text: str) -> Found:
    """Search `text`. The substring tests come first: most texts hold none, and a million cases must stay cheap."""
    if len(text) < 4:
        return NOTHING
    if len(text) > SEARCHED:
        text = text[: SEARCHED // 2] + "\n" + text[-SEARCHED // 2 :]
    low = text.lower()
    urls = [match.rstrip(_TRAILING) for match in _URL.findall(text)] if "://" in low else []
    traces = [(a or b).lower() for a, b in _TRACE.findall(text)] if "00-" in low or "trace" in low else []
    ids: list[str] = []
    if "id" in low or "sub" in low or "correlation" in low:
        ids = [value.rstrip(".:|+-") for pair in _NAMED.findall(text) if (value := pair[0] or pair[1])]
    if low.count("-") >= 4:
        ids += _UUID.findall(text)
    return Found(_first(urls), _first(traces), _first([i for i in ids if i.lower() not in _NO_IDS and i not in traces]))


def _first(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if len(value) > 3))[:KEPT]
