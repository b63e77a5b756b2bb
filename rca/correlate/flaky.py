"""Flaky or regression: the outcomes of one test before and after, weighed with Beta priors (section 6 of the notes)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rca.model import TestRun


@dataclass(frozen=True, slots=True)
class History:
    """Outcomes of one test up to its last green run and after it; `mixed`: it passed and failed within one run."""

    failed_before: int
    passed_before: int
    failed_after: int
    passed_after: int
    mixed: bool

    @property
    def log_factor(self) -> float:
        """Ln of the Bayes factor of a regression against a flake; positive: it broke."""
        f0, s0, f1, s1 = self.failed_before, self.passed_before, self.failed_after, self.passed_after
        broke = _beta(0.3 + f0, 6 + s0) - _beta(0.3, 6) + _beta(3 + f1, 0.6 + s1) - _beta(3, 0.6)
        return broke - (_beta(0.6 + f0 + f1, 3 + s0 + s1) - _beta(0.6, 3))

    @property
    def flaky(self) -> float:
        """Probability of a flake, even odds before the evidence; passing and failing in one run is direct evidence."""
        return 0.98 if self.mixed else min(0.98, 1.0 / (1.0 + math.exp(min(self.log_factor, 60.0))))


def _beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def history(test: str, runs: Sequence[TestRun]) -> History | None:
    """The outcomes of a test over `runs` (oldest first); None when it has never run, or only once."""
    marks: list[bool] = []
    mixed = False
    for run in runs:
        for case in run.cases:
            if case.id != test or case.outcome == "skipped":
                continue
            tries = {attempt.outcome in {"failed", "error"} for attempt in case.attempts}
            mixed |= len(tries | {case.outcome in {"failed", "error"}}) > 1
            marks.append(case.outcome in {"failed", "error"})
    if len(marks) < 2 and not mixed:
        return None
    last_green = max((i for i, red in enumerate(marks) if not red), default=-1)
    before, after = marks[: last_green + 1], marks[last_green + 1 :]
    return History(sum(before), len(before) - sum(before), sum(after), 0, mixed)
