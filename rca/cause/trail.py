"""Trail: what was logged as often as a failure and beside it, when nothing names the failure itself."""

import re

from rca.cause.scene import SECOND, Scene
from rca.cause.words import short
from rca.when import to_ns

_STATEMENT = re.compile(r"^\s*(?:INSERT|UPDATE|DELETE|SELECT|MERGE|REPLACE|CALL|ALTER|CREATE|DROP)\s", re.IGNORECASE)
_BEFORE_NS = 2 * SECOND
_AFTER_NS = 5 * SECOND  # a request entry carries the time the request began
_TWICE = 2  # of a single failure everything near it was "logged as often"


def trail(scene: Scene, name: str) -> str:
    """The last database statement, else the last line, logged exactly as often as the failure and next to it; or nothing.

    Only the whole text's counts and times are known of lines that are no failure themselves, hence no ref to cite:
    this is a hint for an open question, never an answer.
    """
    issue = scene.issues[name].issue
    first, last = to_ns(issue.first_at or ""), to_ns(issue.last_at or "")
    if first is None or last is None or issue.count < _TWICE:
        return ""
    columns = ("family", "sample", "count", "notable", "first_at", "last_at")
    beside: list[tuple[int, str]] = []
    for family, sample, count, notable, began, ended in scene.digest.shapes.select(columns).iter_rows():
        if family not in issue.services or count != issue.count or notable or began is None or ended is None:
            continue
        if -_BEFORE_NS <= began - first <= _AFTER_NS and -_BEFORE_NS <= ended - last <= _AFTER_NS and sample.strip():
            beside.append((began, sample))
    beside.sort()
    statements = [sample for _, sample in beside if _STATEMENT.match(sample)]
    if statements:
        return f"the last statement logged each time is {short(statements[-1], 160)}"
    return f"the last line logged each time is {short(beside[-1][1], 160)}" if beside else ""
