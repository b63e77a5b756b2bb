"""One table of formats; each renders the same report."""

from collections.abc import Callable

from rca.model import Report
from rca.report.as_json import to_json
from rca.report.github import to_github
from rca.report.page import fill
from rca.report.sarif import to_sarif

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "text": lambda report: fill(report, "report.txt.j2"),
    "md": lambda report: fill(report, "incident.md.j2"),
    "html": lambda report: fill(report, "report.html.j2"),
    "github": to_github,
    "sarif": to_sarif,
}


def render(report: Report, name: str) -> str:
    """`report` in the format `name`."""
    return FORMATS[name](report)
