"""Console logs of jest, vitest and mocha."""

import re
from typing import ClassVar

from rca.ingest.console_runner import Runner
from rca.ingest.testdraft import Draft
from rca.ingest.testtimes import seconds
from rca.model.case import Outcome

_PLACE = re.compile(r"\(?((?:/|\w:\\|\.{0,2}/|[\w@-])[^\s():]{1,400}\.[cm]?[jt]sx?):(\d{1,8}):\d{1,6}\)?")
_TICK = re.compile(r"(\s{1,40})([✓✔√✕✗×○✎])\s{1,3}(.{1,1000}?)(?: \(?(\d{1,9}(?:\.\d{1,3})? ?m?s)\)?)?")
TICKS: dict[str, Outcome] = {
    "✓": "passed",
    "✔": "passed",
    "√": "passed",
    "✕": "failed",
    "✗": "failed",
    "×": "failed",
    "○": "skipped",
    "✎": "skipped",
}
COUNTS: dict[str, Outcome] = {"passed": "passed", "failed": "failed", "skipped": "skipped", "todo": "skipped"}
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|skipped|todo)")


def place(draft: Draft) -> None:
    """File and line of a JavaScript failure: the first frame that is not of a dependency."""
    for row in draft.text.splitlines()[:200]:
        found = _PLACE.search(row[:500])
        if found is not None and "node_modules" not in row and draft.line is None:
            draft.file, draft.line = found[1], int(found[2])


class Jest(Runner):
    """Failures are blocks that begin with a bullet; "Tests: … total" ends a session."""

    name = "jest"
    marks = re.compile(
        r"Tests: {1,12}(?:\d{1,9} [a-z]{4,8}, ){0,6}\d{1,9} total$|(?:PASS|FAIL) \S{1,400}\.[cm]?[jt]sx?(?: \([\d.]{1,9} m?s\))?$| {2}● .{1,500} › "
    )

    _file = re.compile(r"(PASS|FAIL) {1,2}(?:\S{1,60} )?(\S{1,400}\.[cm]?[jt]sx?)(?: \([\d.]{1,9} m?s\))?")
    _bullet = re.compile(r" {2}● (.{1,2000})")
    _total = re.compile(r"Tests: {1,12}((?:\d{1,9} [a-z]{4,8}, ){0,6})\d{1,9} total")
    file = ""
    broken = 0

    def line(self, line: str) -> None:
        """Take one line."""
        if found := self._file.fullmatch(line):
            self.open(None)
            self.file, self.begun = found[2], True
        elif bullet := self._bullet.fullmatch(line):
            self._failure(bullet[1].strip())
        elif total := self._total.fullmatch(line):
            self._summary(total[1])
        elif line.startswith(("Test Suites:", "Snapshots:", "Summary of all failing tests")):
            self.open(None)
        elif self.block is not None:
            self.block.add(line + "\n")
        elif self.file and (tick := _TICK.fullmatch(line)) and TICKS[tick[2]] != "failed":
            draft = self._named(self.file, tick[3].strip().removeprefix("skipped "), TICKS[tick[2]])
            draft.duration_s = seconds(tick[4])

    def _named(self, file: str, name: str, outcome: Outcome) -> Draft:
        draft = self.case(f"{file}::{name}", outcome)
        draft.suite = draft.file = file
        *above, draft.name = name.split(" › ")
        draft.classname = " ".join(above)
        return draft

    def _failure(self, name: str) -> None:
        if name.startswith(("Console", "Validation", "Deprecation")):
            self.open(None)
            return
        self.broken += name == "Test suite failed to run" and f"{self.file}::{name}" not in self.cases
        outcome: Outcome = "error" if name == "Test suite failed to run" else "failed"
        self.open(self._named(self.file, name, outcome))

    def describe(self, draft: Draft) -> None:
        """The first line that says something; the first own frame."""
        super().describe(draft)
        if draft.line is None:
            draft.file, kept = None, draft.file
            place(draft)
            draft.file = draft.file or kept

    def _summary(self, told: str) -> None:
        self.open(None)
        for count, word in _COUNT.findall(told):
            self.totals[COUNTS[word]] += int(count)
        self.totals["error"] += self.broken
        self.summed, self.broken = True, 0
        self.flush()


class Vitest(Jest):
    """Failures are told after all files, each below "FAIL file > suite > test"."""

    name = "vitest"
    marks = re.compile(
        r" {0,8}Test Files {1,4}(?:\d{1,9} [a-z]{4,8} \| ){0,4}\d{1,9} [a-z]{4,8} \(\d{1,9}\)| {0,3}(?:FAIL|❯|✓) {1,3}\S{1,300}\.[cm]?[jt]sx? (?:> |\(\d{1,6} tests?)"
    )

    _file = re.compile(
        r" {0,3}(❯|✓|FAIL) {1,3}(?:\|[^|]{1,60}\| )?(\S{1,400}\.[cm]?[jt]sx?)(?: > (.{1,2000})|(?: \[ \S{1,400} \])| \(.{0,200})"
    )
    _total = re.compile(r" {0,8}Tests {1,4}((?:\d{1,9} [a-z]{4,8}(?: \| )?){1,5}) \(\d{1,9}\).{0,40}")
    _other = re.compile(r" {0,8}Test Files |⎯{3,}.{0,60}⎯{2,}")

    def line(self, line: str) -> None:
        """Take one line."""
        if found := self._file.fullmatch(line):
            self.file = found[2]
            self.begun = True
            if found[1] == "FAIL":
                name = (found[3] or "Test suite failed to run").replace(" > ", " › ")
                self._failure(name)
        elif total := self._total.fullmatch(line):
            self._summary(total[1])
        elif self._other.match(line):
            self.open(None)
        elif self.block is not None:
            self.block.add(line + "\n")


class Mocha(Runner):
    """The counts come first, then the numbered failures, so that a session ends at the end of the log or the next counts."""

    name = "mocha"
    marks = re.compile(r"\s{2,4}\d{1,9} passing \([\d.]{1,9} ?(?:ms|s|m|h)\)$")

    _counts = re.compile(r"\s{2,4}(\d{1,9}) (passing|failing|pending)(?: \(.{1,20}\))?")
    _number = re.compile(r"\s{2,4}(\d{1,6})\) (.{1,1000})")
    counts: ClassVar[dict[str, Outcome]] = {"passing": "passed", "failing": "failed", "pending": "skipped"}
    heading: list[str] | None = None
    failing = False

    def line(self, line: str) -> None:
        """Take one line."""
        if counts := self._counts.fullmatch(line):
            if counts[2] == "passing" and self.summed:
                self.flush()
            self.open(None)
            self.totals[self.counts[counts[2]]] += int(counts[1])
            self.begun = self.summed = True
            self.failing = counts[2] == "failing"
        elif self.failing and (number := self._number.fullmatch(line)):
            self.open(None)
            self._titles(number[2].strip())
        elif self.heading is not None:
            if line.strip():
                self._titles(line.strip())
        elif self.block is not None:
            self.block.add(line + "\n")
        elif not self.summed and (tick := _TICK.fullmatch(line)) and TICKS[tick[2]] == "passed":
            draft = self.case(f"::{tick[3].strip()}", "passed")
            draft.name, draft.duration_s = tick[3].strip(), seconds(tick[4])

    def _titles(self, title: str) -> None:
        """A failure's titles stand one below the other; the last ends with a colon."""
        self.heading = [*(self.heading or []), title]
        if title.endswith(":") or len(self.heading) > 20:
            *above, name = self.heading
            self.heading = None
            name = name.rstrip(":")
            draft = self.case(" ".join([*above, name]), "failed")
            draft.classname, draft.name = " ".join(above), name
            self.open(draft)

    def describe(self, draft: Draft) -> None:
        """The first line that says something; the first own frame."""
        super().describe(draft)
        place(draft)

    def flush(self) -> None:
        """A session is over."""
        super().flush()
        self.failing, self.heading = False, None
