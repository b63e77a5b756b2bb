"""SARIF 2.1.0: issues that have a location in own code; what has none is left out and counted."""

import json
from urllib.parse import quote

from rca.model import Issue, Report
from rca.report.annotations import located
from rca.report.defuse import in_json
from rca.report.kinds import issue_classes

RESULTS = 5000  # what GitHub shows of one run
LEVELS = {"root": "error", "contributing": "warning", "symptom": "note", "background": "none"}


def to_sarif(report: Report) -> str:
    """One result per issue with a file and line; `partialFingerprints` holds the issue id with its version."""
    found, classes = located(report), issue_classes(report)
    failing = sum(one.role != "background" for one in report.issues)
    titles = {one.rule or "unknown": one.title for one in reversed(found)}
    driver = {
        "name": "rca",
        "version": report.tool.version,
        "rules": [_rule(rule, titles[rule]) for rule in sorted(titles)],
    }
    run = {
        "tool": {"driver": driver},
        "results": [_result(one, classes.get(one.id, "unknown")) for one in found[:RESULTS]],
        "properties": {"verdict": report.verdict.summary, "withoutLocation": failing - len(found)},
    }
    document = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}
    return in_json(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"


def _rule(rule: str, title: str) -> dict[str, object]:
    """A rule as GitHub wants it: three texts beside the id."""
    shown = f"rca rules show {rule}" if rule != "unknown" else "No rule knows it: it is grouped by its own signature."
    return {
        "id": rule,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": shown},
    }


def _result(issue: Issue, kind: str) -> dict[str, object]:
    assert issue.location is not None
    return {
        "ruleId": issue.rule or "unknown",
        "level": LEVELS[issue.role],
        "message": {"text": f"{issue.title} ({issue.count} times, {issue.novelty}; {kind})"},
        "partialFingerprints": {"rcaIssue/v1": issue.id},
        "properties": {"role": issue.role, "novelty": issue.novelty, "class": kind, "tests": len(issue.tests)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(issue.location.file.replace("\\", "/").lstrip("/"))},
                    "region": {"startLine": max(issue.location.line or 1, 1)},
                }
            }
        ],
    }
