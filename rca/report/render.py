"""One table of formats; each renders the same report."""

from collections.abc import Callable

from rca.model import Report
from rca.report.as_json import to_json
from rca.report.page import page

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "text": lambda report: page(report, "text"),
    "md": lambda report: page(report, "md"),
    "html": lambda report: page(report, "html"),
    "github": lambda report: page(report, "github"),
    "sarif": lambda report: page(report, "sarif"),
}


def render(report: Report, name: str) -> str:
    """`report` in the format `name`."""
    return FORMATS[name](report)
