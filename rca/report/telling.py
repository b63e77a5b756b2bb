"""Whys, causes and reasons as they are read: rule sentences that belong together told in one breath, ids by name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rca.model import Action, Cause, Reason, Report, Why
from rca.report.words import change_short

JOINS = {"Why is that?": "", "What made it possible?": "What made it possible: "}  # question → words that replace it
UNKNOWN = "UNKNOWN: "
UNSHOWN = "Not in the evidence. Best statement: "
TRIGGER = re.compile(r" (?:Set off by|Nearest change:) .{0,400}$")
LINKED = re.compile(r": a rule declares that one leads to the other[^.]{0,300}\.$")
SECOND = re.compile(
    r" (?=(?:Set off by|Nearest change:|Cause 1:|Best statement:|It recurs:|No recorded change|No change is) )"
)
TITLES = {"cause": "Why", "detection": "Why was it not noticed earlier"}


@dataclass(frozen=True, slots=True)
class Told:
    """One step of the whys: a question and its answer, or several answers of one basis that follow each other."""

    question: str
    answer: str
    basis: str
    evidence: tuple[str, ...]
    check: str | None


def told(whys: Sequence[Why]) -> list[Told]:
    """Whys of one branch in order; a question of JOINS joins the answer before it when both stand on the same basis."""
    found: list[Told] = []
    for why in whys:
        last = found[-1] if found else None
        if last and why.question in JOINS and why.basis == last.basis and not (why.check or last.check):
            found[-1] = Told(
                last.question,
                f"{last.answer} {JOINS[why.question]}{why.answer}",
                last.basis,
                tuple(dict.fromkeys((*last.evidence, *why.evidence))),
                None,
            )
        else:
            found.append(Told(why.question, known(why.answer), why.basis, why.evidence, why.check))
    return found


def terse(step: Told) -> str:
    """The answer without the reasons for its link where a rule, named behind it, is the first of them."""
    return LINKED.sub(".", step.answer) if any(ref.startswith("rule:") for ref in step.evidence) else step.answer


def branches(cause: Cause) -> list[tuple[str, list[Told]]]:
    """(heading, steps) for each branch that has any."""
    parts = [(title, [why for why in cause.whys if why.branch == name]) for name, title in TITLES.items()]
    return [(title, told(whys)) for title, whys in parts if whys]


def known(answer: str) -> str:
    """An answer without the mark that the basis `open` already shows."""
    rest = answer.removeprefix(UNKNOWN)
    rest = (
        rest.removesuffix("; the check shows what is behind it.") + "." if rest.endswith("what is behind it.") else rest
    )
    return rest if rest == answer else rest[:1].upper() + rest[1:]


def untriggered(cause: Cause) -> str:
    """The statement without what stands elsewhere: the change has a line of its own, and so has the status."""
    bare = cause.statement.removeprefix(UNSHOWN)
    return TRIGGER.sub("", bare) if cause.trigger else bare


def lead(summary: str) -> tuple[str, str]:
    """The verdict in two: what broke, and what more is known of it."""
    first, *rest = SECOND.split(summary, maxsplit=1)
    return first, "".join(rest)


def heading(cause: Cause, pct: str) -> str:
    """Label, words and probability of a cause; what the evidence does not show gets none of them."""
    if cause.statement.startswith(UNSHOWN):
        return "OPEN"
    return f"{cause.label.upper()} CAUSE, {cause.words} ({pct})"


def named(text: str, report: Report) -> str:
    """`text` with ids of changes replaced by what a reader calls them."""
    for change in sorted(report.changes, key=lambda one: (-len(one.id), one.id)):
        if change.id in text:
            text = text.replace(change.id, f"the {change_short(change)}")
    return text


def unsaid(reasons: Sequence[Reason], cause: Cause | None) -> list[Reason]:
    """Reasons that no why of the cause has said already."""
    said = " ".join(why.answer for why in cause.whys) if cause else ""
    return [one for one in reasons if one.text.rstrip(".") not in said]


def to_do(report: Report) -> list[Action]:
    """Actions but those that only repeat what a why has said: its check, or what would have seen it."""
    whys = [why for cause in report.causes for why in cause.whys]
    checks = [why.check for why in whys if why.check]
    answers = {why.answer for why in whys if why.branch == "detection"}
    return [
        one
        for one in report.actions
        if not (one.type == "investigate" and any(text in one.text for text in checks))
        and not (one.type == "detect" and one.text in answers)
    ]


def ended(text: str) -> str:
    """One sentence with exactly one full stop at its end."""
    bare = text.rstrip(" .;,:")
    return f"{bare}." if bare and bare[-1] not in "?!`" else bare


def open_questions(report: Report) -> list[tuple[str, Told]]:
    """(heading, question) of whys that nothing answers, each question once."""
    found: dict[str, tuple[str, Told]] = {}
    for cause in report.causes:
        for _, steps in branches(cause):
            for step in steps:
                if step.basis == "open":
                    found.setdefault(f"{step.question} {step.check}", (cause.label, step))
    return list(found.values())
