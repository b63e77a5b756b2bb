"""What the stages after clustering pass on: an issue with its single occurrences, and what was found out about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rca.model.report import Action, Cause, Edge, Issue, NoChange, Novelty, Role, Suspect, Verdict
from rca.model.signature import Finding, Signature


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time it happened. `ref` is its evidence ref: "log:<source>:<line>" or "test:<run>:<case id>"."""

    ref: str
    at: int | None  # ns
    service: str | None = None
    revision: str | None = None
    instance: str | None = None
    trace: str | None = None
    test: str | None = None  # case id, when it comes from a test
    severity: int = 0
    text: str = ""  # raw text, capped
    status: int | None = None
    url: str | None = None
    log: str | None = None


@dataclass(frozen=True, slots=True)
class Occurring:
    """An issue, its signature, the rule that named it, and its occurrences in time order.

    `occurrences` is capped (the earliest are kept); `issue.count` is the true number.
    """

    issue: Issue
    signature: Signature
    finding: Finding | None
    occurrences: tuple[Occurrence, ...]
    failing: bool = True  # looks like a failure (False: noted only because a rule or a contrast wants it)
    members: tuple[str, ...] = ()  # other signature ids folded into it


@dataclass(frozen=True, slots=True)
class Link:
    """A failing test and a log occurrence that belong together, and by what they were joined."""

    test: str  # case id
    ref: str  # evidence ref of the case
    issue: str  # issue of the log occurrence
    occurrence: str  # evidence ref of the log occurrence
    by: str  # trace | id | url | window | text


@dataclass(frozen=True, slots=True)
class Links:
    """All joins of tests and logs. `skew_s` is log clock minus test clock where it could be estimated."""

    links: tuple[Link, ...] = ()
    skew_s: float | None = None
    joined_share: float | None = None  # of the tests that could be joined at all


@dataclass(frozen=True, slots=True)
class Correlation:
    """Suspects (highest p first within an issue) and the answers "no change"; per issue all p sum to 1."""

    suspects: tuple[Suspect, ...] = ()
    no_change: tuple[NoChange, ...] = ()
    novelty: Mapping[str, Novelty] = field(default_factory=dict)

    def rolled(self, issue: str) -> tuple[Suspect, ...]:
        """Suspects of one issue with the p of commits added to the deploy that brought them, highest p first.

        `suspects` divides the p of a deploy among its commits and itself ("something else in it"); who asks for the
        deploy as a whole, asks here. With the issue's `no_change` these p sum to 1 as well.
        """
        brought: dict[str, float] = {}
        own = [one for one in self.suspects if one.issue == issue]
        for one in own:
            if one.within is not None:
                brought[one.within] = brought.get(one.within, 0.0) + one.p
        whole = [
            one.model_copy(update={"p": one.p + brought.get(one.change, 0.0)}) for one in own if one.within is None
        ]
        return tuple(sorted(whole, key=lambda one: (-one.p, one.change)))


@dataclass(frozen=True, slots=True)
class Explanation:
    """Roles, causal graph, causes, actions and the verdict."""

    verdict: Verdict
    roles: Mapping[str, Role] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    causes: tuple[Cause, ...] = ()
    actions: tuple[Action, ...] = ()
    explained: frozenset[str] = frozenset()  # refs of failing cases that belong to a cause with evidence
    missing: tuple[str, ...] = ()
