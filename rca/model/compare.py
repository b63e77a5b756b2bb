"""Comparisons: between two reports (Diff), and before against after a fix (FixVerdict)."""

from typing import Literal

from rca.model.base import Noun
from rca.model.report import Count

FixWord = Literal["fixed", "not_fixed", "improved", "no_recurrence_yet", "inconclusive"]


class IssueMove(Noun):
    """One issue in a comparison; a count is None where the issue does not occur."""

    id: str
    title: str
    rule: str | None = None
    before: int | None = None
    after: int | None = None
    first_at: str | None = None
    last_at: str | None = None


class ModeChange(Noun):
    """The same place fails in another way: a repaired symptom, or the next fault behind it."""

    before: IssueMove
    after: IssueMove
    because: str


class TestMoves(Noun):
    """Tests by what became of them, sorted by id; `both_passed` is a number because it is the boring one."""

    __test__ = False

    broken: tuple[str, ...] = ()  # passed, fails now
    fixed: tuple[str, ...] = ()  # failed, passes now
    still_failing: tuple[str, ...] = ()
    new_failing: tuple[str, ...] = ()  # not in A, fails in B
    gone: tuple[str, ...] = ()  # in A, not in B: says nothing of a fix
    skipped_now: tuple[str, ...] = ()  # ran in A, skipped in B: says nothing of a fix
    both_passed: int = 0


class Diff(Noun):
    """B compared with A. `notes` say what forbids or weakens the comparison."""

    new: tuple[IssueMove, ...] = ()
    fixed: tuple[IssueMove, ...] = ()
    still: tuple[IssueMove, ...] = ()
    changed: tuple[ModeChange, ...] = ()
    unknown: tuple[IssueMove, ...] = ()  # absent from B, but its tests did not run there: neither fixed nor still
    tests: TestMoves = TestMoves()
    comparable: bool = True
    notes: tuple[str, ...] = ()


class FixVerdict(Noun):
    """Did the fix hold? `p`: chance of seeing this little after, were it not fixed (thinned predictive)."""

    issue: str
    title: str
    verdict: FixWord
    p: float | None
    needs: str
    before: Count
    after: Count
    anchor: str
    reasons: tuple[str, ...] = ()
