"""The class of each failure: caused by this change, flaky, infrastructure, still failing, seen before, or unknown.

A failure has the class of its cause: what a test shows is a symptom, so the kept edges of the causal graph are followed
from each cause to its symptoms. Without a cause only its own issue speaks for it.
"""

from collections.abc import Iterable, Mapping, Sequence

from rca.model import Cause, Edge, Issue, TestCase, TestRun
from rca.model.report import Novelty

FAILING = ("failed", "error")
BLAMED = 0.5  # as for a trigger: likelier than all other answers together
FLAKY = 0.8  # "very likely" (correlation notes, section 8): a suggestion to quarantine needs more than even odds
STORM_SHARE = 0.8  # a run with more failures says something of the environment, not of single tests (Trunk)
STORM_CASES = 10
OUTSIDE = ("env.", "gcp.", "k8s.", "platform.", "tls.")  # families of rules about what the code runs on
STORES = (  # rules about a store that is away or full, as against one that is used wrongly
    "db.connection-failed",
    "db.server-closed",
    "db.store-refused",
    "db.too-many-connections",
)


class Classes:
    """What is known of each issue, ready to be asked for each failing case."""

    def __init__(
        self,
        issues: Iterable[Issue],
        *,
        causes: Sequence[Cause],
        edges: Sequence[Edge],
        novelty: Mapping[str, Novelty],
        blamed: Mapping[str, float],
        flaky: Mapping[str, float],
    ) -> None:
        """`blamed`: issue → p of its best change; `flaky`: test → probability of a flake, from earlier outcomes."""
        self._rules = {one.id: one.rule or "" for one in issues}
        self._novelty, self._blamed, self._flaky = novelty, blamed, flaky
        self._cause = _owners(causes, edges)

    def of(self, run: TestRun, case: TestCase, issue: str | None) -> str:
        """this_change | flaky | infrastructure | already_failing | seen_before | unknown, the first that holds."""
        if any(attempt.outcome == "passed" for attempt in case.attempts):
            return "flaky"
        cause = self._cause.get(issue or "")
        if cause.trigger if cause else self._blamed.get(issue or "", 0.0) >= BLAMED:
            return "this_change"
        storm = _storm(run)
        if self._flaky.get(case.id, 0.0) >= FLAKY and not storm:  # a run with nearly all red is no flake data
            return "flaky"
        names = [name for name in (cause.issue if cause else None, issue) if name]
        outside = _outside(self._rules.get(names[0], "")) if names else False
        return self._past(names) or ("infrastructure" if outside or (storm and cause is None) else "unknown")

    def _past(self, names: Sequence[str]) -> str:
        known = {self._novelty.get(name, "unknown") for name in names}
        if known & {"ongoing", "escalating"}:
            return "already_failing"
        return "seen_before" if "regressed" in known else ""


def _owners(causes: Sequence[Cause], edges: Sequence[Edge]) -> dict[str, Cause]:
    """Issue → the first cause from which kept edges lead to it."""
    after: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kept:
            after.setdefault(edge.cause, []).append(edge.effect)
    found: dict[str, Cause] = {}
    for cause in causes:
        waiting = [cause.issue] if cause.issue else []
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = cause
                waiting += after.get(name, ())
    return found


def _storm(run: TestRun) -> bool:
    failing = sum(case.outcome in FAILING for case in run.cases)
    return len(run.cases) >= STORM_CASES and failing > STORM_SHARE * len(run.cases)


def _outside(rule: str) -> bool:
    return rule.startswith(OUTSIDE) or rule in STORES
