"""Results as Jenkins stores or serves them, and TestNG's own report."""

from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import instant, seconds
from rca.ingest.xmltree import Node, TreeDialect
from rca.model.case import Outcome


class Jenkins(TreeDialect):
    """`result` (junitResult.xml) and `testResult` (its remote API). A case failed when it has error details or a stack."""

    records = frozenset({"case", "name", "timestamp"})

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.suite = ""

    def record(self, node: Node) -> None:
        """The name of the open suite, or a case."""
        if node.tag == "name":
            self.suite = node.text().strip()
            return
        if node.tag == "timestamp":
            self.reading.began(instant(node.text())[0])
            return
        case = Draft()
        case.suite, case.classname = self.suite, node.read("className")
        case.name = node.read("testName") or node.read("name")
        case.duration_s = seconds(node.read("duration"))
        failed = node.find("errorDetails") is not None or node.find("errorStackTrace") is not None
        status = node.read("status").upper()
        if node.read("skipped") == "true" or status == "SKIPPED":
            case.outcome = "skipped"
        elif failed or status in {"FAILED", "REGRESSION"}:
            case.outcome = "failed"
        case.text = node.read("errorStackTrace")
        case.message = node.read("errorDetails") or node.read("skippedMessage") or case.text.partition("\n")[0]
        case.output = "\n".join(filter(None, (node.read("stdout"), node.read("stderr"))))
        self.ready.append(case)


TESTNG: dict[str, Outcome] = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}


class TestNG(TreeDialect):
    """`testng-results`. Configuration methods are no tests, but one that fails is an error."""

    __test__ = False
    records = frozenset({"test-method"})

    def record(self, node: Node) -> None:
        """One test method."""
        case = Draft()
        case.outcome = TESTNG.get(node.get("status").upper(), "failed")
        if node.get("is-config") == "true":
            if case.outcome != "failed":
                return
            case.outcome = "error"
        case.suite = self.outer("suite", "name")
        case.classname, case.name = self.outer("class", "name"), node.get("name")
        took = seconds(node.get("duration-ms"))
        case.duration_s = took / 1000 if took is not None else None
        case.start_ns, _ = instant(node.get("started-at"))
        case.end_ns, _ = instant(node.get("finished-at"))
        exception = node.find("exception")
        if exception is not None:
            case.text = node.read("exception/full-stacktrace")
            case.message = node.read("exception/message") or exception.get("class")
        case.output = "\n".join(line.text().strip() for line in (node.find("reporter-output") or node).all("line"))
        self.ready.append(case)
