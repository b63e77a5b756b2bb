"""Judgements: suspects with their reasons, the answers "no change", causes with their whys, and actions."""

from typing import Literal

from pydantic import Field

from rca.model.base import Noun
from rca.model.signature import Frame

SuspectVerdict = Literal["explains", "compatible", "contradicts", "no_data"]
Basis = Literal["observed", "rule", "timing", "open"]
Branch = Literal["cause", "detection"]
ActionType = Literal["mitigate", "prevent", "detect", "investigate"]


class Count(Noun):
    """A number of failures and what could have failed in the same time."""

    count: int
    exposure: float
    unit: str = "requests"  # requests | tests | entries | seconds


class Ratio(Noun):
    """Rate after over rate before, with a 95 % interval; None where it cannot be computed."""

    estimate: float | None
    low: float | None
    high: float | None


class Reason(Noun):
    """One point for or against a suspect, with the evidence it stands on."""

    text: str
    evidence: tuple[str, ...] = ()
    weight: float | None = None  # natural log of the Bayes factor, where there is one


class Suspect(Noun):
    """A change that may explain an issue."""

    issue: str
    change: str
    p: float
    verdict: SuspectVerdict
    gap_s: float | None = None  # first failure minus the change going live; negative: failures came first
    before: Count
    after: Count
    rate_ratio: Ratio
    for_: tuple[Reason, ...] = Field(default=(), alias="for")
    against: tuple[Reason, ...] = ()
    words: str = ""
    within: str | None = None  # a commit: the deploy that brought it. p is shared between the two, never counted twice


class NoChange(Noun):
    """The answers "no recorded change explains this"; with the suspects' p they sum to 1."""

    issue: str
    p: float
    kind: Literal["constant", "unknown_onset", "periodic"]
    text: str = ""


class Why(Noun):
    """One question and its answer. basis "open": nothing shows it; `check` would settle it."""

    n: int
    question: str
    answer: str
    basis: Basis
    evidence: tuple[str, ...] = ()
    check: str | None = None
    branch: Branch = "cause"


class Alternative(Noun):
    """An answer that was considered, and why it was not chosen."""

    text: str
    rejected_because: str
    evidence: tuple[str, ...] = ()


class Cause(Noun):
    """A ranked cause; `p` is the probability that it is a root of the failures it is linked to."""

    rank: int
    label: Literal["primary", "secondary", "tertiary"]
    issue: str | None
    statement: str
    location: Frame | None = None
    p: float
    words: str
    basis: str  # "Analytic basis: high|moderate|low", with the signs that decided it
    suspects: tuple[str, ...] = ()  # change ids, best first
    whys: tuple[Why, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    trigger: str | None = None  # change id
    evidence: tuple[str, ...] = ()


class Action(Noun):
    """Something to do, tied to a cause, with an end state that can be checked."""

    priority: Literal["P0", "P1", "P2"]
    type: ActionType
    text: str
    cause: int | None = None  # rank of the cause
    done_when: str
