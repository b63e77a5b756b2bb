"""JSON of rspec, pytest-json-report and cucumber."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.clip import clip
from rca.ingest.jsonsource import document, mapping, natural, objects, real, strings, text
from rca.ingest.junit_outcome import TEXT_KEPT
from rca.ingest.reportlog import PHASES, address
from rca.ingest.testdraft import SEVERITY, Draft, Reading
from rca.ingest.xmltext import plain
from rca.model.case import Outcome
from rca.when import from_epoch

RSPEC: dict[str, Outcome] = {"passed": "passed", "failed": "failed", "pending": "skipped"}
STEPS: dict[str, Outcome] = {
    "passed": "passed", "failed": "failed", "ambiguous": "failed", "undefined": "error",
    "skipped": "skipped", "pending": "skipped", "untested": "skipped",
}  # fmt: skip


def rspec(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """Rspec's json formatter; errors outside of examples (a file that does not load) are one error."""
    report = mapping(document(data, reading))
    summary = mapping(report.get("summary"))
    for key, name in (("tests", "example_count"), ("failed", "failure_count"), ("skipped", "pending_count")):
        reading.declared[key] = int(real(summary.get(name)) or 0)
    for example in objects(report.get("examples")):
        case = Draft()
        case.file = text(example.get("file_path")) or None
        case.line = natural(example.get("line_number"))
        name, full = text(example.get("description")), text(example.get("full_description"))
        case.suite = (case.file or "").removeprefix("./")
        case.classname = full.removesuffix(name).strip() if name else ""
        case.name = name or full
        case.outcome = RSPEC.get(text(example.get("status")), "error")
        case.duration_s = real(example.get("run_time"))
        exception = mapping(example.get("exception"))
        case.message = plain(clip(text(exception.get("message")), TEXT_KEPT)).strip() or text(
            example.get("pending_message")
        )
        if exception:
            head = ": ".join(filter(None, (text(exception.get("class")), case.message)))
            case.text = plain(clip("\n".join(filter(None, (head, text(exception.get("backtrace"))))), TEXT_KEPT))
        yield case
    outside = int(real(summary.get("errors_outside_of_examples_count")) or 0)
    if outside:
        case = Draft()
        case.name, case.outcome = "(outside of examples)", "error"
        case.text = plain(clip("\n".join(strings(report.get("messages"))), TEXT_KEPT))
        case.message = case.text.strip().partition("\n")[0]
        reading.declared["tests"] += 1
        yield case


def pytest_json(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """pytest-json-report: phases as objects; failed collectors are errors."""
    report = mapping(document(data, reading))
    created, took = real(report.get("created")), real(report.get("duration"))
    if created:
        reading.began(from_epoch(float(created)))
        reading.began(from_epoch(float(created) - (took or 0.0)))
    for test in objects(report.get("tests")):
        case = Draft()
        case.suite = "pytest"
        node = text(test.get("nodeid"))
        case.classname, case.name = address(node)
        case.file = node.partition("::")[0] or None
        line = natural(test.get("lineno"))
        case.line = line + 1 if line is not None else None
        for when in PHASES:
            _phase(case, when, mapping(test.get(when)))
        if text(test.get("outcome")) in {"xfailed", "skipped"}:
            case.outcome = "skipped"
        yield case
    for collector in objects(report.get("collectors")):
        if collector.get("outcome") == "failed":
            case = Draft()
            case.suite, case.outcome = "pytest", "error"
            case.classname, case.name = address(text(collector.get("nodeid")))
            case.text = plain(clip(text(collector.get("longrepr")), TEXT_KEPT))
            case.message = next((row[1:].strip() for row in case.text.splitlines() if row.startswith("E ")), "")
            yield case


def _phase(case: Draft, when: str, phase: dict[str, Any]) -> None:
    outcome = text(phase.get("outcome"))
    found: Outcome = "passed"
    if outcome == "failed":
        found = "failed" if when == "call" else "error"
    elif outcome == "skipped":
        found = "skipped"
    case.outcome = max(case.outcome, found, key=SEVERITY.__getitem__)
    if when == "call":
        case.duration_s = real(phase.get("duration"))
    if found != "passed":
        case.message = plain(clip(text(mapping(phase.get("crash")).get("message")), TEXT_KEPT)) or case.message
        case.text = "\n\n".join(filter(None, (case.text, plain(clip(text(phase.get("longrepr")), TEXT_KEPT)))))
    parts = (text(phase.get(key)) for key in ("stdout", "stderr"))
    case.output = clip("\n".join(filter(None, (case.output, *parts))), TEXT_KEPT)


def cucumber(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """Cucumber's json: a scenario is a test; its worst step or hook decides."""
    for feature in objects(document(data, reading)):
        for scenario in objects(feature.get("elements")):
            if scenario.get("type") == "background":
                continue
            case = Draft()
            case.suite, case.name = text(feature.get("name")), text(scenario.get("name"))
            case.file = text(feature.get("uri")) or None
            case.line = natural(scenario.get("line"))
            taken = 0.0
            for step in [
                *objects(scenario.get("before")),
                *objects(scenario.get("steps")),
                *objects(scenario.get("after")),
            ]:
                result = mapping(step.get("result"))
                outcome = STEPS.get(text(result.get("status")), "error")
                taken += (real(result.get("duration")) or 0.0) / 1e9
                if SEVERITY[outcome] > SEVERITY[case.outcome]:
                    case.outcome = outcome
                    case.text = plain(clip(text(result.get("error_message")), TEXT_KEPT))
                    told = text(step.get("keyword")) + text(step.get("name"))
                    case.message = case.text.strip().partition("\n")[0] or f"{outcome}: {told}".strip()
            case.duration_s = taken or None
            yield case
