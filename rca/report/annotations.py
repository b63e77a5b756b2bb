"""Findings at places in the code, in the forms CI hosts read: workflow commands and GitLab's code quality."""

import json

from rca.model import Issue, Report
from rca.report.choose import ranked
from rca.report.defuse import in_json
from rca.report.kinds import issue_classes
from rca.report.words import plural
from rca.safe import command, cut_short

ANNOTATIONS = 9  # GitHub drops what comes after ten of a kind; the tenth says how many there are
LEVELS = {"root": "error", "contributing": "warning", "symptom": "notice"}
QUALITY = {"root": "critical", "contributing": "major", "symptom": "minor"}
MESSAGE = 4_000  # characters; the host allows 64 KB, nobody reads them
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def located(report: Report) -> list[Issue]:
    """Issues that matter and have a place in own code, roots first."""
    return [
        one
        for one in ranked(report.issues)
        if one.role != "background" and one.location and one.location.own and one.location.line
    ]


def to_annotations(report: Report) -> str:
    """At most nine workflow commands and one that says how many more; the only commands rca ever prints."""
    found = located(report)
    classes = issue_classes(report)
    lines = [_command(one, classes.get(one.id, "class unknown")) for one in found[:ANNOTATIONS]]
    if len(found) > ANNOTATIONS:
        lines.append(f"::notice title=rca::{len(found) - ANNOTATIONS} more findings are in the report")
    return "".join(f"{line}\n" for line in lines)


def _command(issue: Issue, kind: str) -> str:
    assert issue.location is not None
    file = _escape(issue.location.file.lstrip("/"), _PROPERTY)
    title = _escape(cut_short(f"rca: {issue.title}", 120), _PROPERTY)
    text = f"{issue.title}\n{plural(issue.count, 'time')}, {issue.novelty}, {issue.role}, {kind}; {issue.id}"
    return f"::{LEVELS[issue.role]} file={file},line={issue.location.line},title={title}::{_escape(cut_short(text, MESSAGE), _DATA)}"


def _escape(text: str, table: dict[str, str]) -> str:
    """As the runner decodes it (actions/runner, ActionCommand.cs); a command in the middle of data stays data."""
    return "".join(table.get(character, character) for character in command(text))


def to_codequality(report: Report) -> str:
    """GitLab Code Quality: one entry for each issue with a place."""
    classes = issue_classes(report)
    rows = [
        {
            "description": cut_short(
                f"{one.title} ({one.count} times, {one.novelty}; {classes.get(one.id, 'class unknown')})", 500
            ),
            "check_name": one.rule or "unknown",
            "fingerprint": one.id,
            "severity": QUALITY[one.role],
            "location": {"path": one.location.file.lstrip("/"), "lines": {"begin": max(one.location.line or 1, 1)}},
        }
        for one in located(report)
        if one.location
    ]
    return in_json(json.dumps(rows, indent=2, ensure_ascii=False)) + "\n"
