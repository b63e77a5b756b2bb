"""Memory: what earlier runs knew, in one SQLite file; the only door to sqlite3."""

from rca.history.earlier import deployed, known, loop, outcomes
from rca.history.executions import keys
from rca.history.knowledge import past
from rca.history.store import History, default_path, open_history
from rca.history.transfer import export, merge

__all__ = [
    "History",
    "default_path",
    "deployed",
    "export",
    "keys",
    "known",
    "loop",
    "merge",
    "open_history",
    "outcomes",
    "past",
]
