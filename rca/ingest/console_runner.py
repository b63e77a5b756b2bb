"""What the readers of console logs share: named cases of a session, its totals, and what the two say together."""

import re
from collections import Counter

from rca.ingest.clip import Clip, clip
from rca.ingest.testdraft import Draft, Reading
from rca.model.case import Outcome

BLOCK_KEPT = 60_000


class Runner:
    """Takes the lines of a log one after the other. Subclasses know one test runner's way of writing."""

    name = ""
    marks: re.Pattern[str]  # a line that only this runner writes

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.ready: list[Draft] = []
        self.cases: dict[str, Draft] = {}
        self.totals: Counter[Outcome] = Counter()
        self.summed = False  # a summary was seen in this session
        self.begun = False  # anything of this session was seen
        self.block: Clip | None = None  # the failure text that is being collected
        self.owner: Draft | None = None

    def line(self, line: str) -> None:
        """Take one line."""
        raise NotImplementedError

    def case(self, key: str, outcome: Outcome) -> Draft:
        """The session's case of that key; a worse outcome replaces a better one."""
        self.begun = True
        draft = self.cases.get(key)
        if draft is None:
            draft = self.cases[key] = Draft()
            draft.outcome = outcome
        elif outcome == "error" or draft.outcome == "passed":
            draft.outcome = outcome
        return draft

    def open(self, draft: Draft | None) -> None:
        """From here on lines belong to this case, until another opens or None is given."""
        self.shut()
        self.owner, self.block = draft, Clip(BLOCK_KEPT) if draft is not None else None

    def shut(self) -> None:
        """The block of failure text ends."""
        if self.owner is not None and self.block is not None:
            text = self.block.text().strip("\n")
            if len(text) > len(self.owner.text):
                self.owner.text = text
            self.describe(self.owner)
        self.owner = self.block = None

    def describe(self, draft: Draft) -> None:
        """Set the message of a case from its text, unless it has one."""
        draft.message = draft.message or clip(
            next((row.strip() for row in draft.text.splitlines() if row.strip()), ""), 2_000
        )

    def flush(self) -> None:
        """A session is over: cases that its summary counts and nobody named are counted, too."""
        self.shut()
        named = Counter(draft.outcome for draft in self.cases.values() if draft.is_test)
        for outcome, total in self.totals.items():
            unnamed = total - named[outcome]
            if unnamed > 0:
                self.reading.more[outcome] += unnamed
                if outcome in {"failed", "error"}:
                    self.reading.notes.append(
                        f"{self.name}: the summary counts {total} {outcome}, {named[outcome]} are named in the log"
                    )
        self.ready += self.cases.values()
        self.cases, self.totals = {}, Counter()
        self.summed = self.begun = False

    def close(self) -> None:
        """The log is over."""
        if self.begun and not self.summed:
            self.reading.incomplete(f"{self.name}: no summary follows the last results: the run or the log was cut")
        self.flush()
