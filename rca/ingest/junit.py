"""JUnit XML in all its dialects: elements become drafts, one pass, whatever the nesting."""

from pyexpat import XMLParserType

from rca.errors import InputUnusableError
from rca.ingest.clip import Clip, clip
from rca.ingest.junit_outcome import (
    NAME_KEPT,
    OUTPUTS,
    PASSED_KEPT,
    PROPERTIES_KEPT,
    RERUNS,
    RESULTS,
    RESULTS_KEPT,
    TEXT_KEPT,
    judge,
    line_number,
)
from rca.ingest.junit_suite import Suite
from rca.ingest.testdraft import Draft, Reading, Span
from rca.ingest.testtimes import instant, seconds
from rca.ingest.xmltext import plain
from rca.ingest.xmlwalk import DEEPEST

TOTALS = (
    ("tests", ("tests",)),
    ("failed", ("failures",)),
    ("errors", ("errors",)),
    ("skipped", ("skipped", "skip", "skips", "disabled", "ignored")),
)
_KNOWN = {"classname", "class", "name", "time", "duration", "file", "filepath", "line", "lineno", "status", "result",
          "timestamp", "assertions", "id", "package"}  # fmt: skip

_BASIC = frozenset({"classname", "name", "time"})
_SUITES = frozenset({"testsuite", "testsuites"})
_TEXTS = frozenset({*RESULTS, *RERUNS, *OUTPUTS, "property"})


class Junit:
    """Handlers for one document."""

    parser: XMLParserType

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ready: list[Draft] = []
        self.prefix = ""
        self.suites: list[Suite] = [Suite("", "", None, stated=False, under=False)]
        self.case: dict[str, str] | None = None  # attributes of the open case
        self.before_s = 0.0
        self.duration_s: float | None = None
        self.results: list[tuple[str, dict[str, str], str]] = []
        self.outputs: list[str] = []
        self.properties: dict[str, str] = {}
        self.open = ""  # the element whose text is being collected
        self.open_attrs: dict[str, str] = {}
        self.listening = False  # its text is wanted
        self.text = Clip(TEXT_KEPT)
        self.nested: list[str] = []  # elements inside it
        self.other: list[str] = []  # open elements of no meaning here
        self.root: dict[str, str] = {}
        self.passed = 0  # passes that are only counted

    @property
    def path(self) -> list[str]:
        """Names of the open elements, asked for only where the XML is broken."""
        case = ["testcase"] if self.case is not None else []
        opened = [self.open] if self.open else []
        names = [*(suite.tag for suite in self.suites[1:]), *case, *self.other, *opened, *self.nested]
        return [f"{self.prefix}{name}" for name in names]

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element opens."""
        if self.open:
            self._deeper(self.nested, tag)
        elif tag == "testcase":
            self._case(attrs)
        elif tag in _TEXTS:
            self.open, self.open_attrs = tag, attrs
            if tag in OUTPUTS and self.reading.thin and not self.results:
                self.listening = False  # most likely a pass that will only be counted
            else:
                self.listening = True
                self.text.reset()
                self.parser.CharacterDataHandler = self.text.add
        elif tag in _SUITES:
            self._suite(tag, attrs)
        elif ":" in tag:
            prefix, _, local = tag.rpartition(":")
            self.prefix = f"{prefix}:"
            self.start(local, attrs)
        else:
            self._deeper(self.other, tag)

    def end(self, tag: str) -> None:
        """An element closes."""
        if self.open:
            if self.nested:
                self.nested.pop()
            elif self.listening:
                self._text_done()
            else:
                self.open = ""
        elif tag == "testcase":
            self._case_done()
        elif tag in _SUITES:
            self._suite_done()
        elif ":" in tag:
            self.end(tag.rpartition(":")[2])
        else:
            self.other.pop()

    def close(self, *, cut: bool) -> None:
        """The document is over."""
        self.reading.more["passed"] += self.passed
        if cut and self.case is not None:
            self.reading.skipped["test case cut off in the middle"] += 1
        if "tests" in self.root and not self.reading.declared:
            self._declare(self.root)

    def _deeper(self, names: list[str], tag: str) -> None:
        names.append(tag)
        if len(names) + len(self.suites) > DEEPEST:
            raise InputUnusableError(
                f"elements are nested deeper than {DEEPEST}",
                where=f"{self.reading.path}:{self.parser.CurrentLineNumber}",
                hint="no test runner writes such a report",
            )

    def _suite(self, tag: str, attrs: dict[str, str]) -> None:
        self._deeper([], tag)
        outer = self.suites[-1]
        at, zoned = instant(attrs.get("timestamp"))
        span = outer.span
        if at is not None:
            span = Span(at, seconds(attrs.get("time")))
            self.reading.zone_known = self.reading.zone_known and zoned
        if tag == "testsuites":
            self.root = attrs
        stated = tag == "testsuite" and "tests" in attrs
        under = outer.stated or outer.under
        name = clip(attrs.get("name") or attrs.get("id") or outer.name, NAME_KEPT)
        self.suites.append(Suite(tag, name, span, stated=stated, under=under))
        if stated and not under:
            self._declare(attrs)

    def _declare(self, attrs: dict[str, str]) -> None:
        for key, names in TOTALS:
            counts = [
                int(value) for name in names if (value := attrs.get(name, "").strip()).isdecimal() and len(value) < 10
            ]
            self.reading.declared[key] += sum(counts)

    def _suite_done(self) -> None:
        suite = self.suites.pop()
        if suite.out and len(suite.failed) == 1 and not suite.failed[0].output:
            # Gradle and Surefire capture output per class: with one failure it can only be that one's
            suite.failed[0].output = suite.out
        if self.suites:
            self.suites[-1].failed = (self.suites[-1].failed + suite.failed)[:2]

    def _case(self, attrs: dict[str, str]) -> None:
        self.case = attrs
        given = attrs.get("time") or attrs.get("duration")
        duration = self.duration_s = seconds(given)
        if duration is None and given:
            self.reading.seen["durations that are none"] += 1
        span = self.suites[-1].span
        if span is not None:
            self.before_s = span.sum_s
            span.sum_s += duration or 0.0

    def _text_done(self) -> None:
        tag, attrs = self.open, self.open_attrs
        self.open = ""
        self.parser.CharacterDataHandler = None
        text = plain(self.text.text())
        if tag == "property":
            self._property(attrs, text)
        elif tag in OUTPUTS:
            self._output(text)
        elif self.case is not None:
            if len(self.results) < RESULTS_KEPT:
                self.results.append((tag, attrs, text))
        elif RESULTS.get(tag) in {"failed", "error"}:  # the suite itself failed, in its set-up: one failing case
            name = self.suites[-1].name
            self.results.append((tag, attrs, text))
            self._case({"classname": name, "name": "(suite)"})
            self._case_done()

    def _property(self, attrs: dict[str, str], text: str) -> None:
        if self.case is not None and len(self.properties) < PROPERTIES_KEPT:
            value = plain(attrs.get("value", "")) or text.strip()
            self.properties[clip(attrs.get("name", ""), NAME_KEPT)] = clip(value, NAME_KEPT)

    def _output(self, text: str) -> None:
        if self.case is None:
            self.suites[-1].out = clip("\n".join(filter(None, (self.suites[-1].out, text.strip()))), TEXT_KEPT)
        elif text.strip() and text not in self.outputs:  # pytest may write the same system-out twice
            self.outputs.append(text)

    def _case_done(self) -> None:
        attrs, self.case = self.case, None
        if attrs is None:
            return
        if "status" in attrs or "result" in attrs:
            self.results.append(("status", attrs, ""))
        if self.reading.thin and not self.results and attrs.get("name", "") not in self.reading.failing:
            self.passed += 1
        else:
            self.ready.append(self._draft(attrs))
        if self.results or self.outputs or self.properties:
            self.results, self.outputs, self.properties = [], [], {}

    def _draft(self, attrs: dict[str, str]) -> Draft:
        case, suite, get = Draft(), self.suites[-1], attrs.get
        case.suite = suite.name
        case.classname = plain(clip(get("classname") or get("class") or "", NAME_KEPT))
        case.name = plain(clip(get("name", ""), NAME_KEPT))
        case.duration_s = self.duration_s
        case.span, case.before_s = suite.span, self.before_s
        if not _BASIC.issuperset(attrs):
            case.file = get("file") or get("filepath") or None
            case.line = line_number(get("line") or get("lineno"))
            case.start_ns, zoned = instant(get("timestamp"))
            self.reading.zone_known = self.reading.zone_known and zoned
            if not _KNOWN.issuperset(attrs):
                others = [(key, clip(value, NAME_KEPT)) for key, value in attrs.items() if key not in _KNOWN]
                self.properties = {**dict(others[:PROPERTIES_KEPT]), **self.properties}
        if self.properties:
            case.properties = self.properties
        if self.results:
            judge(case, self.results)
        failed = case.outcome in {"failed", "error"}
        if self.outputs:
            case.output = clip("\n".join(self.outputs), TEXT_KEPT if failed else PASSED_KEPT)
        if failed and len(suite.failed) < 2:
            suite.failed.append(case)
        return case
