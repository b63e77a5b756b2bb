"""The CI summary: full while it fits, brief when it would be refused."""

from rca.model import Report
from rca.report.page import fill
from rca.safe import command

LIMIT = 512 * 1024  # bytes; GitHub refuses a summary over 1 MiB whole, and loses some just below
COMMENT = 65_536 - 256  # characters of one comment, less room for the key in its marker


def to_github(report: Report) -> str:
    """Markdown for a job summary, always under LIMIT bytes."""
    return within(report, LIMIT, diagrams=True)


def to_comment(report: Report) -> str:
    """The same for a comment on a pull request: under COMMENT bytes, hence under as many characters."""
    return within(report, COMMENT)


def within(report: Report, limit: int, *, diagrams: bool = False) -> str:
    """The full summary, the brief one, or the verdict alone: the longest that is under `limit` bytes of UTF-8.

    `diagrams`: with a Mermaid graph, which a job summary draws and other hosts of the comment do not.
    """
    for brief in (False, True):
        text = fill(report, "summary.md.j2", brief=brief, diagrams=diagrams)
        if len(text.encode()) < limit:
            return text
    head = (
        f"<!-- rca:report -->\n**{report.verdict.status.replace('_', ' ')}**: the report is too long for this place.\n"
    )
    return command(head)
