"""One table of formats; each renders the same report."""

from collections.abc import Callable
from pathlib import Path

from rca.model import Report
from rca.report.annotations import to_annotations, to_codequality
from rca.report.as_json import to_json
from rca.report.github import to_comment, to_github
from rca.report.junit import to_junit
from rca.report.own import fill_own
from rca.report.page import fill
from rca.report.sarif import to_sarif

FORMATS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "text": lambda report: fill(report, "report.txt.j2", full=False),
    "md": lambda report: fill(report, "incident.md.j2"),
    "html": lambda report: fill(report, "report.html.j2"),
    "github": to_github,
    "sarif": to_sarif,
    "comment": to_comment,  # the summary under a comment's limit
    "annotations": to_annotations,  # workflow commands of GitHub
    "codequality": to_codequality,  # GitLab
    "junit": to_junit,  # the inputs' tests with class and cause
}
FROM_TEMPLATE = {"text": "txt", "md": "md", "html": "html"}


def render(report: Report, name: str, template: Path | None = None, *, full: bool = False) -> str:
    """`report` in the format `name`; `template` replaces the built-in one of text, md and html; `full` text folds nothing."""
    if template is not None and name in FROM_TEMPLATE:
        return fill_own(report, template, FROM_TEMPLATE[name])
    if full and name == "text":
        return fill(report, "report.txt.j2", full=True)
    return FORMATS[name](report)
