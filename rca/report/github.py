"""The CI summary: full while it fits, brief when it would be refused."""

from rca.model import Report
from rca.report.page import fill

LIMIT = 512 * 1024  # bytes; GitHub refuses a summary over 1 MiB whole, and loses some just below


def to_github(report: Report) -> str:
    """Markdown for a job summary, always under LIMIT bytes."""
    full = fill(report, "summary.md.j2", brief=False)
    return full if len(full.encode()) < LIMIT else fill(report, "summary.md.j2", brief=True)
