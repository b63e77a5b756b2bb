"""git: commits as candidate changes, files as they were, and the commit that a CI run builds. The only subprocess."""

from rca.git.ci import ci_change
from rca.git.log import GitLog, commits, from_bundle
from rca.git.repository import show_file, unbundled

__all__ = ["GitLog", "ci_change", "commits", "from_bundle", "show_file", "unbundled"]
