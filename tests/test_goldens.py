"""Ten goldens: the incident document of each recorded incident, as text that people review.

Rewritten by one command only, and then read as prose: `python tests/test_goldens.py [SCENARIO…]`.
"""

import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest

from rca import rules
from rca.gather import Request, gather
from rca.pipeline import Settings, analyze
from rca.report import render
from rca.report.schema import SHIPPED, json_schema

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = sorted(path.parent.name for path in (ROOT / "fixtures").glob("*/answer.json"))


def rendered(scenario: str) -> tuple[str, str]:
    """(Markdown, JSON) of a scenario, made as `rca analyze fixtures/SCENARIO/input` makes them at the project's root."""
    given = f"fixtures/{scenario}/input"
    back = Path.cwd()
    os.chdir(ROOT)  # paths in the report are those of the command line
    try:
        facts = gather(Request(paths=[given]))
        report = analyze(facts, rules.load([rules.builtin()]), Settings(command=f"rca analyze {given}"))
    finally:
        os.chdir(back)
    # the content hash of the rules changes with every rule, and says nothing of this incident
    report = report.model_copy(update={"tool": report.tool.model_copy(update={"version": "0", "rules": "0"})})
    return render(report, "md"), render(report, "json")


def golden(scenario: str) -> Path:
    return ROOT / "fixtures" / scenario / "expected.md"


def test_the_shipped_schema_is_what_the_models_say() -> None:
    assert SHIPPED.read_text(encoding="utf-8") == json_schema(), "run: python -m rca.report.schema"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_incident_document_is_the_one_that_was_reviewed(scenario: str) -> None:
    markdown, data = rendered(scenario)
    jsonschema.validate(json.loads(data), json.loads(SHIPPED.read_text(encoding="utf-8")))
    assert markdown == golden(scenario).read_text(encoding="utf-8"), (
        f"if meant: python tests/test_goldens.py {scenario}"
    )


if __name__ == "__main__":
    for name in sys.argv[1:] or SCENARIOS:
        golden(name).write_text(rendered(name)[0], encoding="utf-8")
