"""Console logs of pytest, in all its verbosities."""

import re

from rca.ingest.clip import Clip
from rca.ingest.console_runner import BLOCK_KEPT, Runner
from rca.ingest.pyplace import place
from rca.ingest.reportlog import address
from rca.ingest.testdraft import Draft, Reading
from rca.model.case import Outcome

WORDS: dict[str, Outcome] = {
    "PASSED": "passed", "XPASS": "passed", "FAILED": "failed", "ERROR": "error", "SKIPPED": "skipped", "XFAIL": "skipped",
}  # fmt: skip
COUNTS: dict[str, Outcome] = {
    "passed": "passed", "xpassed": "passed", "failed": "failed", "error": "error", "errors": "error",
    "skipped": "skipped", "xfailed": "skipped",
}  # fmt: skip

_RESULT = re.compile(
    r"(?:\[gw\d{1,4}\] \[ {0,2}\d{1,3}%\] (PASSED|XPASS|FAILED|ERROR|SKIPPED|XFAIL) (\S[^ ]{0,400}\.py::.{1,1000}?)"
    r"|(\S[^ ]{0,400}\.py::.{1,1000}?) (PASSED|XPASS|FAILED|ERROR|SKIPPED|XFAIL)(?: \(.{0,500}\))?) {0,200}(?:\[ {0,2}\d{1,3}%\])?"
)
_SECTION = re.compile(
    r"={2,} (FAILURES|ERRORS|PASSES|short test summary info|warnings summary.{0,40}|test session starts|.{1,60}) ={2,}"
)
_HEADING = re.compile(r"_{2,} (.{1,2000}?) _{2,}")
_WHERE = re.compile(r"ERROR (?:at (setup|teardown) of|collecting) (.{1,1000})")
_SHORT = re.compile(r"(FAILED|ERROR) (\S.{0,2000}?)(?: - (.{0,4000}))?")
_SUMMARY = re.compile(
    r"(?:={2,} )?((?:\d{1,9} [a-z]{4,12}, ){0,12}\d{1,9} [a-z]{4,12}|no tests ran) in (\d{1,9}\.\d{1,3})s(?: \([\d:, a-z]{1,30}\))?(?: ={2,})?"
)
_COUNT = re.compile(r"(\d{1,9}) ([a-z]{4,12})")
_CAPTURED = re.compile(r"-{2,} (Captured .{1,60}) -{2,}")


class Pytest(Runner):
    """A session begins with its header and ends with the line of counts."""

    name = "pytest"
    marks = re.compile(
        r"(?:\d{1,9} [a-z]{4,12}, ){0,12}\d{1,9} (?:passed|failed|errors?|skipped) in \d{1,9}\.\d\ds$"
        r"|={2,} test session starts ={2,}|={2,} short test summary info ={2,}"
        r"|={2,} (?:\d{1,9} [a-z]{4,12}, ){0,12}\d{1,9} (?:passed|failed|errors?|skipped|warnings?) in [\d.]{1,12}s"
        r"|(?:FAILED|ERROR) \S{1,300}\.py(?:::\S| - |$)|\S{1,300}\.py::\S{1,300} (?:PASSED|FAILED|ERROR|SKIPPED)"
    )

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self.section = ""
        self.blocks: dict[str, list[Draft]] = {}  # by the heading's name, until a summary line gives the node id
        self.teardown: set[str] = set()  # names of tests whose teardown failed
        self.words: dict[str, set[Outcome]] = {}  # all results told of a node id
        self.into_output = False

    def line(self, line: str) -> None:
        """Take one line."""
        if line.startswith(("=", "_", "-")) or (line[:1].isdigit() and " in " in line):
            if self._rule(line):
                return
        elif self.section == "short test summary info" and (short := _SHORT.fullmatch(line)):
            self._short(short[1], short[2], short[3] or "")
            return
        elif not self.section and ".py::" in line and (result := _RESULT.fullmatch(line)):
            self._named(result[2] or result[3], WORDS[result[1] or result[4]])
            return
        if self.block is not None:
            self.block.add(line + "\n")

    def _rule(self, line: str) -> bool:
        """Headings and the line of counts; False for what is none."""
        if summary := _SUMMARY.fullmatch(line):
            self._summary(summary[1])
        elif section := _SECTION.fullmatch(line):
            self.open(None)
            if section[1] == "test session starts" and self.begun:
                self.close()
            self.begun = True
            self.section = (
                section[1] if section[1] in {"FAILURES", "ERRORS", "PASSES", "short test summary info"} else ""
            )
            if section[1].startswith("warnings summary"):
                self.section = "warnings"
        elif self.section in {"FAILURES", "ERRORS"} and (heading := _HEADING.fullmatch(line)):
            self._heading(heading[1])
        elif self.owner is not None and (captured := _CAPTURED.fullmatch(line)):
            owner = self.owner
            self.shut()
            earlier = owner.output
            self.owner, self.block = owner, Clip(BLOCK_KEPT)
            self.block.add(f"{earlier}\n{captured[1]}:\n" if earlier else f"{captured[1]}:\n")
            self.into_output = True
        else:
            return False
        return True

    def shut(self) -> None:
        """The block ends: it was the traceback, or what was captured."""
        if self.into_output and self.owner is not None and self.block is not None:
            self.owner.output = self.block.text().strip("\n")
            self.owner = self.block = None
        self.into_output = False
        super().shut()

    def _heading(self, told: str) -> None:
        where = _WHERE.fullmatch(told)
        name = where[2] if where else told
        draft = Draft()
        draft.outcome = "error" if where else "failed"
        if where is not None and where[1] == "teardown":
            self.teardown.add(name)
        self.blocks.setdefault(name.strip(), []).append(draft)
        self.open(draft)

    def describe(self, draft: Draft) -> None:
        """Pytest marks the lines of the error with E, and ends a traceback with file:line: Exception."""
        rows = draft.text.splitlines()
        errors = [row[1:].strip() for row in rows if row.startswith("E ")]
        native = next((row for row in reversed(rows) if row.strip() and not row.startswith((" ", "\t"))), "")
        draft.message = draft.message or (errors[0] if errors else native)[:2_000]
        if draft.file is None and (found := place(draft.text)) is not None:
            draft.file, draft.line = found

    def _named(self, node: str, outcome: Outcome) -> Draft:
        draft = self.case(node, outcome)
        self.words.setdefault(node, set()).add(outcome)
        if not draft.name:
            draft.suite = "pytest"
            draft.classname, draft.name = address(node)
            draft.file = node.partition("::")[0]
        return draft

    def _short(self, word: str, node: str, message: str) -> None:
        draft = self._named(node, WORDS[word])
        names = node.partition("::")[2].replace("::", ".") or node
        found = self.blocks.get(names) or self.blocks.get(node) or []
        block = next((block for block in found if block.outcome == WORDS[word]), None)
        if block is not None:
            found.remove(block)
            self._take(draft, block)
        else:
            draft.message = draft.message or message

    def _take(self, draft: Draft, block: Draft) -> None:
        draft.message = "\n".join(filter(None, (draft.message, block.message)))
        draft.text = "\n\n".join(filter(None, (draft.text, block.text)))
        draft.output = draft.output or block.output
        if block.line is not None:
            draft.file, draft.line = block.file, block.line

    def _summary(self, told: str) -> None:
        self.open(None)
        self.begun = self.summed = True
        for count, word in _COUNT.findall(told):
            if word in COUNTS:
                self.totals[COUNTS[word]] += int(count)
        self._unclaimed()
        self.flush()
        self.section = ""

    def close(self) -> None:
        """The log is over: what was told of failures counts without a summary, too."""
        self.open(None)
        self._unclaimed()
        super().close()

    def _unclaimed(self) -> None:
        """Blocks that no summary line names (-rN, old versions): a verbose result line, else the heading, names the test."""
        by_name: dict[str, str] = {}
        for node in self.cases:
            by_name.setdefault(node.partition("::")[2].replace("::", "."), node)
        for name, drafts in self.blocks.items():
            for block in drafts:
                node = by_name.get(
                    name, name if ".py" in name else f"{block.file or 'unknown'}::{name.replace('.', '::')}"
                )
                self._take(self._named(node, block.outcome), block)
        for node, outcomes in self.words.items():
            # a failed teardown counts beside the result of its test, "failed" or "passed": here they are one test
            if {"failed", "error"} <= outcomes:
                self.totals["failed"] -= 1
            elif "error" in outcomes and (
                "passed" in outcomes or node.partition("::")[2].replace("::", ".") in self.teardown
            ):
                self.totals["passed"] -= 1
        self.blocks, self.teardown, self.words = {}, set(), {}
