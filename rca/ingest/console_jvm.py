"""Console logs of maven (surefire, failsafe) and gradle."""

import re
from typing import ClassVar

from rca.ingest.console_runner import Runner
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testtimes import seconds
from rca.model.case import Outcome

_FRAME = re.compile(r"\s{1,20}at [\w.$/<>@-]{1,400}\((\w{1,200}\.(?:java|kt|groovy|scala)):(\d{1,8})\)")
_LEVEL = re.compile(r"\[(?:INFO|ERROR|WARNING|WARN)\] ?")


def place(draft: Draft) -> None:
    """File and line of the first frame in a class of the test's own name, else of the first frame."""
    frames = [found for row in draft.text.splitlines()[:400] if (found := _FRAME.match(row))]
    own = draft.classname.rpartition(".")[2].partition("$")[0]
    found = next((frame for frame in frames if frame[1].partition(".")[0] == own), frames[0] if frames else None)
    if found is not None:
        draft.file, draft.line = found[1], int(found[2])


class Maven(Runner):
    """Each class has a line of counts, each module a line of totals without a time; the totals stand."""

    name = "maven"
    marks = re.compile(
        r"(?:\[\w{4,7}\] {0,4})?(?: T E S T S$|Tests run: \d{1,9}, Failures: \d{1,9}, Errors: \d{1,9}, Skipped: \d{1,9})"
    )

    _run = re.compile(
        r"\s{0,4}Tests run: (\d{1,9}), Failures: (\d{1,9}), Errors: (\d{1,9}), Skipped: (\d{1,9})(?:, Flakes: (\d{1,9}))?(.{0,1000})"
    )
    _failed = re.compile(
        r"(?:(?P<full>[\w.$]{1,500})\.(?P<method>[\w$\[\](), -]{1,500}?)|(?P<older>[\w$\[\], -]{1,500}?)\((?P<place>[\w.$]{1,500})\))"
        r" {1,4}(?:-- )?Time elapsed: (?P<time>[\d.,]{1,12}) s(?:ec)? {1,4}<<< (?P<word>FAILURE|ERROR)!"
    )

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.by_class = [0, 0, 0, 0]

    def line(self, line: str) -> None:
        """Take one line."""
        level = _LEVEL.match(line)
        text = line[level.end() :] if level else line
        if failed := self._failed.fullmatch(text):
            self._failure(failed)
        elif run := self._run.fullmatch(text):
            self.open(None)
            self.begun = True
            counts = [int(run[number]) for number in range(1, 5)]
            if "Time elapsed" in run[6]:
                self.by_class = [a + b for a, b in zip(self.by_class, counts, strict=True)]
            else:
                self._total(counts)
        elif self.block is not None:
            if level is not None or not text.strip():
                self.open(None)
            else:
                self.block.add(text + "\n")

    def _failure(self, found: re.Match[str]) -> None:
        classname = found["full"] or found["place"]
        name = (found["method"] or found["older"] or "").strip()
        draft = self.case(f"{classname}::{name}", "error" if found["word"] == "ERROR" else "failed")
        draft.suite, draft.classname, draft.name = classname, classname, name
        draft.duration_s = seconds(found["time"].replace(",", "."))
        self.open(draft)

    def describe(self, draft: Draft) -> None:
        """The exception's line; the frame in the test."""
        super().describe(draft)
        place(draft)

    def _total(self, counts: list[int]) -> None:
        run, failures, errors, skipped = counts
        found: dict[Outcome, int] = {"failed": failures, "error": errors, "skipped": skipped}
        self.totals.update(found)
        self.totals["passed"] += run - failures - errors - skipped
        self.summed, self.by_class = True, [0, 0, 0, 0]
        self.flush()

    def close(self) -> None:
        """The log is over; without a total the lines of the classes stand."""
        if any(self.by_class):
            run, failures, errors, skipped = self.by_class
            self.totals.update(
                {"failed": failures, "error": errors, "skipped": skipped, "passed": run - failures - errors - skipped}
            )
        super().close()


class Gradle(Runner):
    """One line for each result that it logs, the exception indented below; the counts only when something failed."""

    name = "gradle"
    marks = re.compile(
        r"(?:[a-z][\w$]{0,60}\.){0,12}[A-Z][\w$]{0,120} > .{1,1200} (?:FAILED|PASSED|SKIPPED)$"
        r"|> Task :[\w:-]{0,200}[tT]est(?: FAILED)?$|\d{1,9} tests completed(?:, \d{1,9} failed)?"
    )

    _result = re.compile(r"(.{1,1200}) (FAILED|PASSED|SKIPPED)(?: \(([\d.]{1,12}m?s)\))?")
    _executor = re.compile(r"Gradle Test Run .{1,200} > Gradle Test Executor \d{1,6} > ")
    _total = re.compile(r"(\d{1,9}) tests? completed(?:, (\d{1,9}) failed)?(?:, (\d{1,9}) skipped)?")
    words: ClassVar[dict[str, Outcome]] = {"FAILED": "failed", "PASSED": "passed", "SKIPPED": "skipped"}

    def line(self, line: str) -> None:
        """Take one line."""
        if line.startswith((" ", "\t")) and self.block is not None:
            self.block.add(line + "\n")
        elif total := self._total.fullmatch(line):
            self.open(None)
            count, failed, skipped = (int(part or 0) for part in total.groups())
            self.totals.update({"failed": failed, "skipped": skipped, "passed": count - failed - skipped})
            self.summed = True
            self.flush()
        elif " > " in line and not line.startswith(">") and (result := self._result.fullmatch(line)):
            told = result[1]
            if executor := self._executor.match(told):
                told = told[executor.end() :]
            classname, _, name = told.rpartition(" > ")
            draft = self.case(told, self.words[result[2]])
            draft.classname, draft.name = classname.strip(), name.strip()
            draft.duration_s = seconds(result[3])
            self.open(draft if result[2] == "FAILED" else None)
        elif line.startswith(("BUILD SUCCESSFUL", "BUILD FAILED")):
            self.open(None)
            self.summed = True
        elif line.strip():
            self.open(None)

    def describe(self, draft: Draft) -> None:
        """The exception's line; the frame in the test."""
        draft.text = "\n".join(row.removeprefix("    ") for row in draft.text.splitlines())
        super().describe(draft)
        place(draft)
