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
    TEXT_KEPT,
    judge,
    line_number,
)
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


class Suite:
    """An open suite element."""

    __slots__ = ("failed", "name", "out", "span", "stated", "under")

    def __init__(self, name: str, span: Span | None, *, stated: bool, under: bool) -> None:
        self.name = name
        self.span = span
        self.stated = stated  # it states totals
        self.under = under  # an outer suite states totals that cover it
        self.failed: list[Draft] = []  # the first two: whether there is exactly one is all that matters
        self.out = ""


class Junit:
    """Handlers for one document."""

    parser: XMLParserType

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ready: list[Draft] = []
        self.suites: list[Suite] = [Suite("", None, stated=False, under=False)]
        self.case: Draft | None = None
        self.results: list[tuple[str, dict[str, str], str]] = []
        self.outputs: list[str] = []
        self.open: tuple[str, dict[str, str]] = ("", {})  # the element whose text is being collected
        self.text = Clip(TEXT_KEPT)
        self.nested = 0  # elements inside it
        self.other = 0  # open elements of no meaning here
        self.root: dict[str, str] = {}

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        """An element opens."""
        if self.open[0]:
            self._deeper(nested=1)
        elif tag == "testcase":
            self._case(attrs)
        elif tag in RESULTS or tag in RERUNS or tag in OUTPUTS or tag == "property":
            self.open = (tag, attrs)
            self.text = Clip(TEXT_KEPT)
            self.parser.CharacterDataHandler = self.text.add
        elif tag in {"testsuite", "testsuites"}:
            self._suite(tag, attrs)
        elif ":" in tag:
            self.start(tag.rpartition(":")[2], attrs)
        elif tag != "properties":
            self._deeper(other=1)

    def end(self, tag: str) -> None:
        """An element closes."""
        if self.open[0]:
            if self.nested:
                self.nested -= 1
            else:
                self._text_done()
        elif tag == "testcase":
            self._case_done()
        elif tag in {"testsuite", "testsuites"}:
            self._suite_done()
        elif ":" in tag:
            self.end(tag.rpartition(":")[2])
        elif tag != "properties":
            self.other -= 1

    def close(self, *, cut: bool) -> None:
        """The document is over."""
        if cut and self.case is not None:
            self.reading.skipped["test case cut off in the middle"] += 1
        if "tests" in self.root and not self.reading.declared:
            self._declare(self.root)

    def _deeper(self, *, nested: int = 0, other: int = 0) -> None:
        self.nested += nested
        self.other += other
        if max(self.nested, self.other, len(self.suites)) > DEEPEST:
            line = self.parser.CurrentLineNumber
            raise InputUnusableError(
                f"elements are nested deeper than {DEEPEST}",
                where=f"{self.reading.path}:{line}",
                hint="no test runner writes such a report",
            )

    def _suite(self, tag: str, attrs: dict[str, str]) -> None:
        self._deeper()
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
        self.suites.append(Suite(name, span, stated=stated, under=under))
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
            suite.failed[
                0
            ].output = suite.out  # Gradle and Surefire capture per class: with one failure it can only be its
        if self.suites:
            self.suites[-1].failed = (self.suites[-1].failed + suite.failed)[:2]

    def _case(self, attrs: dict[str, str]) -> None:
        suite = self.suites[-1]
        case = self.case = Draft()
        get = attrs.get
        case.suite = suite.name
        case.classname = plain(clip(get("classname") or get("class") or "", NAME_KEPT))
        case.name = plain(clip(get("name", ""), NAME_KEPT))
        given = get("time") or get("duration")
        duration = case.duration_s = seconds(given)
        if duration is None and given:
            self.reading.seen["durations that are none"] += 1
        if "file" in attrs or "filepath" in attrs:
            case.file = get("file") or get("filepath") or None
        if "line" in attrs or "lineno" in attrs:
            case.line = line_number(get("line") or get("lineno"))
        if "timestamp" in attrs:
            case.start_ns, zoned = instant(attrs["timestamp"])
            self.reading.zone_known = self.reading.zone_known and zoned
        span = suite.span
        if span is not None:
            case.span = span
            case.before_s = span.sum_s
            span.sum_s += duration or 0.0
        status = get("status") or get("result")
        if status:
            self.results.append(("status", attrs, ""))
        if len(attrs) > 3 and not _KNOWN.issuperset(attrs):
            case.properties = {
                k: clip(v, NAME_KEPT) for k, v in list(attrs.items())[:PROPERTIES_KEPT] if k not in _KNOWN
            }

    def _text_done(self) -> None:
        tag, attrs = self.open
        self.open = ("", {})
        self.parser.CharacterDataHandler = None
        text = plain(self.text.text())
        if tag == "property":
            self._property(attrs, text)
        elif tag in OUTPUTS:
            self._output(text)
        elif self.case is not None:
            self.results.append((tag, attrs, text))
        elif RESULTS.get(tag) in {"failed", "error"}:  # the suite itself failed, in its set-up: one failing case
            suite = self.suites[-1]
            self.case = Draft()
            self.case.suite, self.case.classname, self.case.name = suite.name, suite.name, "(suite)"
            self.case.span = suite.span
            self.results.append((tag, attrs, text))
            self._case_done()

    def _property(self, attrs: dict[str, str], text: str) -> None:
        if self.case is None:
            return
        held = self.case.properties = self.case.properties or {}
        if len(held) < PROPERTIES_KEPT:
            value = plain(attrs.get("value", "")) or text.strip()
            held[clip(attrs.get("name", ""), NAME_KEPT)] = clip(value, NAME_KEPT)

    def _output(self, text: str) -> None:
        if self.case is None:
            self.suites[-1].out = clip("\n".join(filter(None, (self.suites[-1].out, text.strip()))), TEXT_KEPT)
        elif text.strip() and text not in self.outputs:  # pytest may write the same system-out twice
            self.outputs.append(text)

    def _case_done(self) -> None:
        case = self.case
        if case is None:
            return
        self.case = None
        if self.results:
            judge(case, self.results)
            self.results = []
        if self.outputs:
            case.output = clip(
                "\n".join(self.outputs), PASSED_KEPT if case.outcome in {"passed", "skipped"} else TEXT_KEPT
            )
            self.outputs = []
        if case.outcome in {"failed", "error"} and len(self.suites[-1].failed) < 2:
            self.suites[-1].failed.append(case)
        self.ready.append(case)
