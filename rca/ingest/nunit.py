"""NUnit 2 and 3 results."""

import re

from rca.ingest.testdraft import Draft, Reading, Span
from rca.ingest.testtimes import instant, seconds
from rca.ingest.xmltree import Node, TreeDialect, number
from rca.model.case import Outcome

OUTCOMES: dict[str, Outcome] = {
    "passed": "passed", "success": "passed", "warning": "passed",
    "failed": "failed", "failure": "failed", "error": "error", "cancelled": "error",
    "skipped": "skipped", "ignored": "skipped", "inconclusive": "skipped", "notrunnable": "skipped", "explicit": "skipped",
}  # fmt: skip
"""Values of `result`. NUnit 3 says Failed for errors, too (label="Error"), and its own totals count them as failed."""

PLACE = re.compile(r" (?:in|à|bei) ([^\n]{1,400}\.(?:cs|fs|vb)):(?:line|Zeile|ligne|línea)? ?(\d{1,8})")


class NUnit(TreeDialect):
    """`test-results` (2), `test-run` (3), or a bare `test-suite`."""

    records = frozenset({"test-case"})

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        reading.by_identity = True
        self.span: Span | None = None

    def opened(self, node: Node) -> None:
        """The outermost container states the totals, and (NUnit 2) when the run was."""
        if len(self.containers) == 1:
            keys = (("tests", ("total",)), ("failed", ("failed", "failures")), ("errors", ("errors",)))
            for key, names in keys:
                self.reading.declared[key] += number(node.get(*names))
            left_out = (
                ("skipped", "inconclusive", "ignored", "invalid")
                if node.tag != "test-results"
                else ("not-run", "inconclusive")
            )
            self.reading.declared["skipped"] += sum(number(node.get(name)) for name in left_out)
            if node.get("date") and node.get("time"):
                at, _ = instant(f"{node.get('date')}T{node.get('time')}")
                self.reading.zone_known = False
                self.span = Span(at, None) if at is not None else None

    def record(self, node: Node) -> None:
        """One test case."""
        case = Draft()
        case.suite = self.outer("test-results", "name") or self._assembly()
        full = node.get("fullname", "name")
        case.classname = node.get("classname") or _class_of(full)
        case.name = full.removeprefix(case.classname + ".") if case.classname else full
        case.outcome = _outcome(node)
        case.duration_s = seconds(node.get("duration", "time"))
        case.start_ns, zoned = instant(node.get("start-time"))
        case.end_ns, _ = instant(node.get("end-time"))
        self.reading.zone_known = self.reading.zone_known and zoned
        if self.span is not None and case.start_ns is None:
            case.span, case.before_s = self.span, self.span.sum_s
            self.span.sum_s += case.duration_s or 0.0
        case.message = node.read("failure/message") or node.read("reason/message")
        case.text = "\n".join(filter(None, (case.message, node.read("failure/stack-trace"))))
        case.output = node.read("output")
        if place := PLACE.search(case.text[-8_000:]):
            case.file, case.line = place[1], int(place[2])
        case.properties = _properties(node)
        self.ready.append(case)

    def _assembly(self) -> str:
        return next((node.get("name") for node in self.containers if node.tag == "test-suite"), "")


def _class_of(full: str) -> str:
    """The class of "Name.Space.Class.Method(args)": what precedes the last dot before the arguments."""
    return full.partition("(")[0].rpartition(".")[0]


def _outcome(node: Node) -> Outcome:
    result = node.get("result").lower()
    if result in OUTCOMES:
        return OUTCOMES[result]
    if node.get("executed").lower() == "false":
        return "skipped"
    return "failed" if node.get("success").lower() == "false" or node.find("failure") is not None else "passed"


def _properties(node: Node) -> dict[str, str]:
    found = {"label": node.get("label")} if node.get("label") else {}
    holder = node.find("properties")
    if holder is not None:
        found.update({item.get("name"): item.get("value") for item in list(holder.all("property"))[:60]})
    return found
