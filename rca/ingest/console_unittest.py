"""Console logs of unittest and Django's test runner."""

import re

from rca.ingest.console_runner import Runner
from rca.ingest.testdraft import Draft
from rca.model.case import Outcome

WORDS: dict[str, Outcome] = {"ok": "passed", "FAIL": "failed", "ERROR": "error", "unexpected success": "failed"}

_RESULT = re.compile(r"(\w{1,300}) \(([\w.<>-]{1,500})\)(?: \[.{0,300}\])?(?: \.\.\. (.{0,500}))?")
_ENDING = re.compile(r".{0,500} \.\.\. (ok|FAIL|ERROR|skipped .{0,300}|expected failure|unexpected success)")
_BLOCK = re.compile(r"(ERROR|FAIL): (\w{1,300}) \(([\w.<>-]{1,500})\)(.{0,500})")
_RAN = re.compile(r"Ran (\d{1,9}) tests? in (\d{1,9}\.\d{1,3})s")
_VERDICT = re.compile(r"(OK|FAILED)(?: \(([a-z =,\d]{1,200})\))?")
_FRAME = re.compile(r'\s{1,8}File "([^"\n]{1,1000})", line (\d{1,8})')


class Unittest(Runner):
    """A session ends with OK or FAILED after "Ran N tests"."""

    name = "unittest"
    marks = re.compile(
        r"Ran \d{1,9} tests? in \d{1,9}\.\d{1,3}s$|(?:ERROR|FAIL): \w{1,300} \([\w.]{1,500}\)|\w{1,300} \([\w.]{1,500}\) \.\.\. (?:ok|FAIL|ERROR)$"
    )

    ran: int | None = None
    pending: Draft | None = None

    def line(self, line: str) -> None:
        """Take one line."""
        if line.startswith("="):
            self.open(None)
        elif block := _BLOCK.fullmatch(line):
            self.open(self._named(block[2], block[3], "error" if block[1] == "ERROR" else "failed"))
            if block[4] and self.block is not None:  # a subtest's parameters
                self.block.add(block[4].strip() + "\n")
        elif ran := _RAN.fullmatch(line):
            self.open(None)
            self.ran = int(ran[1])
        elif self.ran is not None and (verdict := _VERDICT.fullmatch(line)):
            self._verdict(verdict[2] or "")
        elif self.block is not None:
            if not line.startswith("-----"):
                self.block.add(line + "\n")
        elif result := _RESULT.fullmatch(line):
            self.pending = self._named(result[1], result[2], "passed")
            self._result(result[3] or "")
        elif self.pending is not None and (ending := _ENDING.fullmatch(line)):  # the second line is the docstring
            self._result(ending[1])

    def _named(self, name: str, place: str, outcome: Outcome) -> Draft:
        """Python 3.11 and later repeat the method in the brackets, earlier ones do not."""
        classname = place.removesuffix(f".{name}")
        draft = self.case(f"{classname}::{name}", outcome)
        draft.classname, draft.name = classname, name
        return draft

    def _result(self, told: str) -> None:
        if self.pending is None or not told:
            return
        if told.startswith("skipped") or told == "expected failure":
            self.pending.outcome = "skipped"
            self.pending.message = told.removeprefix("skipped").strip(" '\"")
        else:
            self.pending.outcome = WORDS.get(told, self.pending.outcome)
        self.pending = None

    def describe(self, draft: Draft) -> None:
        """The last line of the traceback at the margin is the error; the frame above it is the place."""
        rows = draft.text.splitlines()
        start = next((number for number, row in enumerate(rows) if row.startswith("Traceback")), -1)
        heads = ("Traceback", "During", "The above")
        error = next((row for row in rows[start + 1 :] if row[:1].strip() and not row.startswith(heads)), "")
        draft.message = draft.message or error[:2_000]
        frames = [found for row in rows if (found := _FRAME.match(row))]
        if frames:
            draft.file, draft.line = frames[-1][1], int(frames[-1][2])

    def _verdict(self, told: str) -> None:
        counts = {
            key: int(value)
            for part in told.split(",")
            if "=" in part
            for key, _, value in [part.strip().partition("=")]
        }
        bad = [draft.outcome for draft in self.cases.values() if draft.outcome in {"failed", "error"}]
        # failing tests are all named; subtests that fail are counted one by one, but belong to one test
        self.totals["failed"] = counts.get("unexpected successes", 0)
        self.totals["skipped"] = counts.get("skipped", 0) + counts.get("expected failures", 0)
        # the set-up of a class that failed is an error, but not among the tests that ran
        outside = sum(draft.name.startswith(("setUpClass", "setUpModule", "tearDown")) for draft in self.cases.values())
        self.totals["passed"] = max(0, (self.ran or 0) + outside - len(bad) - self.totals["skipped"])
        self.summed, self.ran = True, None
        self.flush()
