"""SARIF 2.1.0: issues that have a location in own code; what has none is left out and counted."""

import json

from rca.model import Issue, Report
from rca.report.defuse import in_json

RESULTS = 5000  # what GitHub shows of one run
LEVELS = {"root": "error", "contributing": "warning", "symptom": "note", "background": "none"}


def to_sarif(report: Report) -> str:
    """One result per issue with a file and line; `partialFingerprints` holds the issue id with its version."""
    located = [one for one in report.issues if one.location and one.location.line and one.role != "background"]
    rules = sorted({one.rule or "unknown" for one in located})
    run = {
        "tool": {"driver": {"name": "rca", "version": report.tool.version, "rules": [{"id": rule} for rule in rules]}},
        "results": [_result(one) for one in located[:RESULTS]],
        "properties": {"verdict": report.verdict.summary, "withoutLocation": len(report.issues) - len(located)},
    }
    document = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}
    return in_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _result(issue: Issue) -> dict[str, object]:
    assert issue.location is not None
    return {
        "ruleId": issue.rule or "unknown",
        "level": LEVELS[issue.role],
        "message": {"text": f"{issue.title} ({issue.count} times, {issue.novelty})"},
        "partialFingerprints": {"rcaIssue/v1": issue.id},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": issue.location.file.lstrip("/")},
                    "region": {"startLine": max(issue.location.line or 1, 1)},
                }
            }
        ],
    }
