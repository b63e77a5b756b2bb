"""Console logs of go test and cargo test."""

import re
from typing import ClassVar

from rca.ingest.clip import Clip
from rca.ingest.console_runner import BLOCK_KEPT, Runner
from rca.ingest.gotest import describe as describe_go
from rca.ingest.jsonevents import panic_line
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import seconds
from rca.model.case import Outcome

_RUST_PLACE = re.compile(r"panicked at (?:'.{0,2000}', )?([^\s:]{1,400}\.rs):(\d{1,8}):\d{1,6}")


class Go(Runner):
    """Results come before the line of their package; what a test prints comes before its result (-v) or below it."""

    name = "go test"
    marks = re.compile(
        r"=== RUN {3}\S|\s{0,40}--- (?:PASS|FAIL|SKIP): \S{1,400} \([\d.]{1,9}s\)$|(?:ok {2}|FAIL)\t\S{1,400}\t(?:[\d.]{1,9}s|\(cached\))|FAIL\t\S{1,400} \[(?:build|setup) failed\]$"
    )

    _run = re.compile(r"=== (RUN|CONT|NAME|PAUSE) {1,3}(\S{1,600})")
    _result = re.compile(r"\s{0,40}--- (PASS|FAIL|SKIP): (\S{1,600}) \(([\d.]{1,9}s)\)")
    _package = re.compile(r"(ok {2}|FAIL|\?   )\t(\S{1,400})(?:\t(.{0,300})| (\[(?:build|setup) failed\]))")
    words: ClassVar[dict[str, Outcome]] = {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.printed: dict[str, Clip] = {}  # by test
        self.current = ""
        self.loose = Clip(BLOCK_KEPT)  # what is printed outside of any test: the compiler, a panic

    def line(self, line: str) -> None:
        """Take one line."""
        if run := self._run.fullmatch(line):
            self.current, self.begun = run[2], True
        elif result := self._result.fullmatch(line):
            self.current = result[2]
            draft = self.case(result[2], self.words[result[1]])
            draft.name, draft.duration_s = result[2], seconds(result[3])
        elif package := self._package.fullmatch(line):
            self._ended(package[2], failed=package[1] == "FAIL", broken=bool(package[4]))
        elif line not in {"PASS", "FAIL"}:
            to = (
                self.printed.setdefault(self.current, Clip(BLOCK_KEPT))
                if self.current and self._of_test(line)
                else self.loose
            )
            to.add(line + "\n")

    def _of_test(self, line: str) -> bool:
        return self.current not in self.cases or line.startswith((" ", "\t", "panic:", "goroutine"))

    def _ended(self, package: str, *, failed: bool, broken: bool) -> None:
        self.begun = self.summed = True
        running = [name for name in self.printed if name and name not in self.cases]
        for name in running:
            draft = self.case(name, "failed" if failed else "passed")
            draft.name = name
        for name, draft in self.cases.items():
            draft.suite = package
            told = self.printed[name].text() if name in self.printed else ""
            if draft.outcome == "failed":
                draft.text = told.strip("\n") or self.loose.text().strip("\n")
                describe_go(draft, draft.text)
            elif draft.outcome == "skipped":
                draft.message = told.strip()[:2_000]
        if failed and not any(draft.outcome == "failed" for draft in self.cases.values()):
            draft = self.case("(package)", "error" if broken else "failed")
            draft.suite, draft.name, draft.is_test = package, "(package)", False
            draft.text = self.loose.text().strip("\n")
            describe_go(draft, "\n".join(row for row in draft.text.splitlines() if not row.startswith("# ")))
        self.printed, self.current, self.loose = {}, "", Clip(BLOCK_KEPT)
        self.flush()


class Cargo(Runner):
    """Each test binary runs its tests, then prints what the failed ones said, then its counts."""

    name = "cargo test"
    marks = re.compile(
        r"running \d{1,9} tests?$|test result: (?:ok|FAILED)\. \d{1,9} passed; |test \S{1,400} \.\.\. (?:ok|FAILED|ignored)"
    )

    _result = re.compile(
        r"test (\S{1,600})(?: - should panic)?(?: - .{1,200})? \.\.\. (ok|FAILED|ignored)(?:, (.{0,500}))?.{0,100}"
    )
    _stdout = re.compile(r"---- (\S{1,600})(?: - .{1,200})? (?:stdout|stderr) ----")
    _total = re.compile(r"test result: (?:ok|FAILED)\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored; .{0,200}")
    _binary = re.compile(r"\s{0,12}(?:Running|Doc-tests) (.{1,400}?)(?: \(.{0,400}\))?")
    words: ClassVar[dict[str, Outcome]] = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}
    binary = ""

    def line(self, line: str) -> None:
        """Take one line."""
        if result := self._result.fullmatch(line):
            draft = self._named(result[1], self.words[result[2]])
            draft.message = result[3] or ""
        elif stdout := self._stdout.fullmatch(line):
            self.open(self._named(stdout[1], "failed"))
        elif total := self._total.fullmatch(line):
            self.open(None)
            self.totals.update({"passed": int(total[1]), "failed": int(total[2]), "skipped": int(total[3])})
            self.summed = True
            self.flush()
        elif binary := self._binary.fullmatch(line):
            self.binary = binary[1].removeprefix("unittests ")
        elif line == "failures:":
            self.open(None)
        elif self.block is not None:
            self.block.add(line + "\n")

    def _named(self, path: str, outcome: Outcome) -> Draft:
        draft = self.case(path, outcome)
        draft.suite = self.binary
        draft.classname, _, draft.name = path.rpartition("::")
        return draft

    def describe(self, draft: Draft) -> None:
        """What the panic says and where."""
        draft.message = panic_line(draft.text)
        if found := _RUST_PLACE.search(draft.text[:20_000]):
            draft.file, draft.line = found[1], int(found[2])
        super().describe(draft)
