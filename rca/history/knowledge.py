"""What the memory tells an analysis: issues seen before, and how its tests fared.

Only runs before the analysis count, so that the same inputs give the same report however often they are analysed.
"""

from collections.abc import Sequence
from sqlite3 import Connection

from rca.history.store import History
from rca.model import Outcomes, Past

RECENT = 20  # outcomes of a test that are told one by one
FAILING = ("failed", "error")
ALWAYS = "~"  # sorts after every RFC 3339 instant
_ISSUES = """
    SELECT fingerprint, cause, note, ticket, owner, fixed_in, expected_until, count(r.id), min(s.first_at), max(s.last_at),
        max(CASE WHEN r.failed > 0 THEN r.at END)
    FROM issues LEFT JOIN seen s USING (fingerprint) LEFT JOIN runs r ON r.id = s.run AND r.at < ?
    GROUP BY fingerprint ORDER BY fingerprint
"""
_TESTS = "SELECT s.tests FROM seen s JOIN runs r ON r.id = s.run WHERE s.fingerprint = ? AND r.at = ?"
_FAILED = """
    SELECT t.name FROM runs r JOIN outcomes o ON o.run = r.id JOIN tests t ON t.id = o.test
    WHERE r.at = ? AND o.outcome IN ('failed', 'error')
"""
_LATER = """
    SELECT t.name, o.outcome FROM runs r JOIN outcomes o ON o.run = r.id JOIN tests t ON t.id = o.test
    WHERE r.at > ? AND r.at < ?
"""
_OUTCOMES = """
    SELECT o.outcome FROM tests t JOIN outcomes o ON o.test = t.id JOIN runs r ON r.id = o.run
    WHERE t.name = ? AND r.at < ? ORDER BY r.at, r.key
"""


def past(history: History, before: str | None = None) -> dict[str, Past]:
    """What is known of issues seen, or noted by people, before an instant (RFC 3339; None: ever), by fingerprint.

    "fixed" means: people said so, or after the last red run with it a later one had its tests, and none of them failed.
    """
    edge = before or ALWAYS
    found: dict[str, Past] = {}
    for row in history.connection.execute(_ISSUES, (edge,)).fetchall():
        fingerprint, cause, note, ticket, owner, fixed_in, expected, runs, first, last, latest = row
        words = (
            note,
            f"ticket {ticket}" if ticket else "",
            f"owner {owner}" if owner else "",
            f"expected until {expected}" if expected else "",
        )
        said = "; ".join(word for word in words if word)
        if not runs and not said:
            continue
        fixed = bool(fixed_in) or (latest and _passed_since(history.connection, fingerprint, latest, edge))
        found[fingerprint] = Past(
            fingerprint=fingerprint,
            first_at=first if runs else None,
            last_at=last if runs else None,
            runs=runs,
            status="expected" if expected else "fixed" if fixed else "open",
            fixed_in=fixed_in or None,
            note=said,
            cause=cause if runs else "",
        )
    return found


def _passed_since(connection: Connection, fingerprint: str, latest: str, edge: str) -> bool:
    """Its tests are those that failed with it; for an entry of the logs, all that failed in that run."""
    named = {name for (tests,) in connection.execute(_TESTS, (fingerprint, latest)) for name in tests.split("\x1f")} - {
        ""
    }
    names = named or {name for (name,) in connection.execute(_FAILED, (latest,))}
    outcomes = [outcome for name, outcome in connection.execute(_LATER, (latest, edge)) if name in names]
    return bool(outcomes) and not any(outcome in FAILING for outcome in outcomes)


def outcomes(history: History, names: Sequence[str], before: str | None = None) -> dict[str, Outcomes]:
    """Results of the named tests in runs before an instant, oldest first; tests without any are left out."""
    found: dict[str, Outcomes] = {}
    for name in names:
        told = [outcome for (outcome,) in history.connection.execute(_OUTCOMES, (name, before or ALWAYS))]
        if told:
            found[name] = Outcomes(
                passed=told.count("passed"),
                failed=sum(one in FAILING for one in told),
                skipped=told.count("skipped"),
                recent=tuple(told[-RECENT:]),
            )
    return found
