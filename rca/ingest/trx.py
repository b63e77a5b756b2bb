"""MSTest and VSTest results (.trx)."""

from rca.ingest.nunit import PLACE
from rca.ingest.testdraft import HELD, Draft, Reading
from rca.ingest.testtimes import instant, seconds
from rca.ingest.xmltree import Node, TreeDialect, number
from rca.model.case import Outcome

OUTCOMES: dict[str, Outcome] = {
    "passed": "passed", "completed": "passed", "warning": "passed", "passedbutrunaborted": "passed",
    "failed": "failed", "timeout": "failed",
    "error": "error", "aborted": "error", "disconnected": "error",
    "notexecuted": "skipped", "inconclusive": "skipped", "notrunnable": "skipped", "pending": "skipped", "inprogress": "skipped",
}  # fmt: skip


class Trx(TreeDialect):
    """`TestRun`. Classes are named only after all results, so that cases wait for them (at most HELD of them)."""

    records = frozenset({"UnitTestResult", "UnitTest", "Counters", "RunInfo", "Times"})

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.waiting: list[Draft] = []
        self._by_test: dict[str, list[Draft]] = {}

    def record(self, node: Node) -> None:
        """A result, a definition, or a fact about the run."""
        if node.tag == "UnitTestResult":
            self._result(node)
        elif node.tag == "UnitTest":
            self._define(node)
        elif node.tag == "Counters":
            for key, name in (
                ("tests", "total"),
                ("failed", "failed"),
                ("errors", "error"),
                ("skipped", "notExecuted"),
            ):
                self.reading.declared[key] += number(node.get(name))
        elif node.tag == "RunInfo" and node.get("outcome").lower() in {"error", "failed", "aborted"}:
            case = Draft()
            case.suite, case.name, case.outcome = self._suite(), "(run)", "error"
            case.text = node.read("Text")
            case.message = case.text.partition("\n")[0]
            self.waiting.append(case)
        elif node.tag == "Times":
            for name in ("start", "finish"):
                self.reading.began(instant(node.get(name))[0])

    def _suite(self) -> str:
        return next((node.get("name") for node in self.containers if node.tag == "TestRun"), "")

    def _result(self, node: Node) -> None:
        inner = node.find("InnerResults")
        if inner is not None and inner.find("UnitTestResult") is not None:  # a data-driven test: its rows are the tests
            for row in inner.all("UnitTestResult"):
                self._result(row)
            return
        case = Draft()
        case.suite = self._suite()
        case.name = node.get("testName")
        case.outcome = OUTCOMES.get(node.get("outcome").lower(), "error")
        case.duration_s = seconds(node.get("duration"))
        case.start_ns, zoned = instant(node.get("startTime"))
        case.end_ns, _ = instant(node.get("endTime"))
        self.reading.zone_known = self.reading.zone_known and zoned
        case.message = node.read("Output/ErrorInfo/Message")
        case.text = "\n".join(filter(None, (case.message, node.read("Output/ErrorInfo/StackTrace"))))
        parts = (node.read(f"Output/{part}") for part in ("StdOut", "StdErr", "DebugTrace"))
        case.output = "\n".join(filter(None, parts))
        if place := PLACE.search(case.text[-8_000:]):
            case.file, case.line = place[1], int(place[2])
        self.waiting.append(case)
        self._by_test.setdefault(node.get("testId"), []).append(case)
        if len(self.waiting) > HELD:
            self._release()

    def _define(self, node: Node) -> None:
        method = node.find("TestMethod")
        if method is None:
            return
        classname = method.get("className").partition(",")[0]
        for case in self._by_test.get(node.get("id"), ()):
            case.classname = classname
            case.name = case.name.removeprefix(classname + ".")

    def _release(self) -> None:
        self.ready += self.waiting
        self.waiting, self._by_test = [], {}

    def close(self, *, cut: bool) -> None:
        """The document is over."""
        super().close(cut=cut)
        self._release()
