"""xUnit.net results, v1 to v3, and those who write the same form (Fixie)."""

from rca.ingest.nunit import PLACE
from rca.ingest.testdraft import Draft, Reading, Span
from rca.ingest.testtimes import instant, seconds
from rca.ingest.xmltree import Node, TreeDialect, number
from rca.model.case import Outcome

OUTCOMES: dict[str, Outcome] = {"pass": "passed", "fail": "failed", "skip": "skipped", "notrun": "skipped"}


class XUnit(TreeDialect):
    """`assemblies` or one `assembly`. A theory's rows share type and method: they are one test, its worst row counts."""

    records = frozenset({"test", "error"})

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        reading.by_identity = True
        self.span: Span | None = None

    def opened(self, node: Node) -> None:
        """An assembly states its totals and when it was run."""
        if node.tag != "assembly":
            return
        for key, name in (("tests", "total"), ("failed", "failed"), ("errors", "errors"), ("skipped", "skipped")):
            self.reading.declared[key] += number(node.get(name))
        at, zoned = instant(node.get("start-rtf") or f"{node.get('run-date')}T{node.get('run-time')}")
        self.span = Span(at, seconds(node.get("time"))) if at is not None else None
        self.reading.zone_known = self.reading.zone_known and (at is None or zoned)

    def record(self, node: Node) -> None:
        """A test, or an error outside of any test (a fixture's clean-up)."""
        case = Draft()
        case.suite = self.outer("assembly", "name").replace("\\", "/").rpartition("/")[2]
        display = node.get("name")
        if node.tag == "error":
            case.classname, case.name, case.outcome = display, f"({node.get('type') or 'error'})", "error"
        else:
            case.classname = node.get("type") or display.partition("(")[0].rpartition(".")[0]
            case.name = node.get("method") or display
            case.outcome = OUTCOMES.get(node.get("result").lower(), "failed" if node.find("failure") else "passed")
        case.duration_s = seconds(node.get("time"))
        case.start_ns, _ = instant(node.get("start-rtf"))
        case.end_ns, _ = instant(node.get("finish-rtf"))
        if self.span is not None and case.start_ns is None:
            case.span, case.before_s = self.span, self.span.sum_s
            self.span.sum_s += case.duration_s or 0.0
        failure = node.find("failure")
        kind = failure.get("exception-type") if failure is not None else ""
        case.message = node.read("failure/message") or node.read("reason") or node.read("reason/message")
        told = case.message if not kind or kind in case.message else f"{kind}: {case.message}"
        case.text = "\n".join(filter(None, (told if failure is not None else "", node.read("failure/stack-trace"))))
        case.output = node.read("output")
        if place := PLACE.search(case.text[-8_000:]):
            case.file, case.line = place[1], int(place[2])
        case.file = node.get("source-file") or case.file
        traits = node.find("traits")
        properties = {item.get("name"): item.get("value") for item in list(traits.all("trait"))[:60]} if traits else {}
        if display and display != f"{case.classname}.{case.name}":
            properties["display"] = display
        case.properties = properties
        self.ready.append(case)
