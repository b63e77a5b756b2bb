"""Kinds: the structural signs that one issue led to another, and how much each of them weighs."""

from dataclasses import dataclass

WEIGHTS: dict[str, float] = {
    "chain": 0.98,  # "The above exception was the direct cause", "Caused by"
    "rule": 0.95,  # a rule declares that one leads to the other
    "kin": 0.94,  # one rule recognises both, in one service, and they do not differ in what it captured
    "trace": 0.90,  # both in one request
    "quotes": 0.85,  # the effect's text holds the cause's message
    "names": 0.85,  # the effect's text names the cause's service
    "joined": 0.80,  # a failing test joined to the cause by id or trace
    "context": 0.60,  # "During handling of the above exception"
    "instance": 0.60,  # the process that logged the cause died within a minute
    "url": 0.60,  # a failing test called the URL on which the cause was logged
    "test": 0.50,  # the cause was logged while the failing test ran
    "callee": 0.45,  # topology; times .8 for each further hop
    "frames": 0.40,  # raised at the same place
    "lift": 0.25,
    "order": 0.15,
}
"""Weight of a sign of full strength, from the measured arborescence; untested ones are named in the notes."""

NEEDS_TIME = frozenset({"kin", "names", "instance", "callee", "frames", "test", "context"})
"""Signs that say who could have led to whom, but not that it happened: these need events close in time as well."""

DIRECT = frozenset({"chain", "rule", "quotes", "trace", "joined", "url"})
"""Signs that tie single events to each other; what is no failure by itself is an effect only by one of these."""

SYMMETRIC = frozenset({"trace", "instance", "joined", "url", "test", "frames", "context"})
"""Signs that do not say which of the two is the cause."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One structural sign, its strength in 0..1, and the evidence refs that show it."""

    kind: str
    strength: float
    refs: tuple[str, ...] = ()
