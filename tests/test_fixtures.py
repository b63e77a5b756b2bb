"""Ten incidents that really ran: verdict, cause and guilty change come out as they are known by construction."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rca import rules
from rca.gather import Request, gather
from rca.model import Report
from rca.pipeline import Settings, analyze
from rca.report.as_json import json_schema, to_json

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
SCENARIOS = sorted(path.parent.name for path in FIXTURES.glob("*/answer.json"))


def answer(scenario: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FIXTURES / scenario / "answer.json").read_text())
    return loaded


@cache
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(FIXTURES / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings())


def told(report: Report, rank: int) -> str:
    """What the report says of its cause of that rank: statement, exemplar and the evidence cited."""
    cause = next((one for one in report.causes if one.rank == rank), None)
    if cause is None:
        return ""
    cited = [report.evidence[ref].text for ref in cause.evidence if ref in report.evidence]
    return "\n".join([cause.statement, *cited])


def beside(report: Report) -> str:
    """What the report says beside its primary cause: other causes, and what the primary led to."""
    led_to = [one for one in report.issues if one.role in {"root", "contributing", "symptom"}]
    shown = [report.evidence[one.exemplar].text for one in led_to if one.exemplar in report.evidence]
    return "\n".join([told(report, 2), told(report, 3), *(one.title for one in led_to), *shown])


def test_all_ten_scenarios_are_there() -> None:
    assert len(SCENARIOS) == 10


GUILTY = [
    name
    for name in SCENARIOS
    if re.search(r"chat-backend-\d+-\w+|auth-service-\d+-\w+", str(answer(name).get("change")))
]
SLOW = {"fix-then-regress"}  # its table fills for minutes: compatible in time, not more


@pytest.mark.parametrize("scenario", sorted(set(GUILTY) - SLOW))
def test_the_guilty_change_is_likely_and_no_other_change_is(scenario: str) -> None:
    revision = re.search(r"[a-z-]+-\d{5}-\w+", str(answer(scenario)["change"]))
    report = report_of(scenario)
    primary = report.causes[0].issue
    shares: dict[str, float] = {}
    for one in report.suspects:
        if one.issue == primary:
            shares[one.within or one.change] = shares.get(one.within or one.change, 0.0) + one.p
    assert revision is not None
    assert max(p for change, p in shares.items() if revision[0] in change) >= 0.55
    assert max([p for change, p in shares.items() if revision[0] not in change], default=0.0) <= 0.2


@pytest.mark.parametrize("scenario", ["innocent-deploy", "healthy", "nothing-in-logs", "no-subprotocol"])
def test_an_innocent_change_is_not_blamed(scenario: str) -> None:
    report = report_of(scenario)
    assert [one.change for one in report.suspects if one.p >= 0.5] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_recorded_incident_gets_the_answer_known_by_construction(scenario: str) -> None:
    truth, report = answer(scenario), report_of(scenario)
    assert report.verdict.status == truth["verdict"]
    if truth["primary_regex"] and truth["verdict"] == "cause_found":
        assert re.search(truth["primary_regex"], told(report, 1))
    if truth.get("secondary_regex"):
        assert re.search(truth["secondary_regex"], beside(report))
    jsonschema.validate(json.loads(to_json(report)), json.loads(json_schema()))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_report_breaks_its_own_lint(scenario: str) -> None:
    assert [one for one in report_of(scenario).coverage.missing if "own check" in one] == []
