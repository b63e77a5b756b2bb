"""Memory: what earlier runs knew, in one SQLite file; the only door to sqlite3."""

from rca.history.knowledge import outcomes, past
from rca.history.store import History, default_path, open_history
from rca.history.transfer import export, merge

__all__ = ["History", "default_path", "export", "merge", "open_history", "outcomes", "past"]
