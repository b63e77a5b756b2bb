"""The terminal report on one screen: what an engineer on call needs, the rest named and left to --verbose."""

import re
from collections.abc import Sequence

from rca.model import Cause, Issue, Pattern, Report
from rca.report.choose import LIKELY, by_id, likely, ranked
from rca.report.labels import file_names, labelled
from rca.report.telling import UNSHOWN, Told, terse, untriggered
from rca.report.words import at, change_name, clock, pct, place
from rca.safe import cut_short

SUBJECT = 40  # characters of a name that still asks; a message would repeat the answer above it
ANSWER = 250  # characters of one answer: two lines and a half
MECHANISM = 420  # of what a rule explains
FIRST = 130  # of the first, whose text the next step names again
STATED = 260
DETECTED = 2
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z`“])")
_INSTANT = re.compile(r"(?<![\w\"'=<>/])(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")


SHORTER = {"Why did the tests not stop it before users met it?": "Why not by the tests?"}


def asked(question: str) -> str:
    """`Why InvalidStatus?` of `Why InvalidStatus: server rejected …?`: the answer before it has just said the rest."""
    question = SHORTER.get(question, question)
    if not question.startswith("Why ") or ": " not in question:
        return question if len(question) <= 100 else f"{cut_short(question.rstrip('?'), 90)}?"
    head = question.partition(": ")[0]
    return f"{head}?" if len(head) <= len("Why ") + SUBJECT else f"{cut_short(head, 80)}?"


def sentences(text: str, limit: int) -> str:
    """As many whole sentences as fit, at least the first; an ellipsis where some were left out."""
    parts = _SENTENCE.split(text)
    kept = parts[0]
    for part in parts[1:]:
        if len(kept) + 1 + len(part) > limit:
            return f"{_clauses(kept, limit)} …"
        kept = f"{kept} {part}"
    return kept if len(kept) <= limit else f"{_clauses(kept, limit)} …"


def _clauses(text: str, limit: int) -> str:
    """A sentence that is too long, up to the last semicolon that fits."""
    if len(text) <= limit:
        return text
    head, found, _ = text[:limit].rpartition("; ")
    return f"{head};" if found and len(head) > limit // 3 else cut_short(text, limit).rstrip("…").rstrip()


def answered(step: Told, number: int, known: dict[str, str]) -> str:
    """Question, answer and its source on two or three lines; an open question goes on with its check."""
    text = instants(sentences(_after_trigger(step), _limit(step, number)))
    source = f" [{based_on(step, known)}]"
    check = f" Check: {step.check}" if step.check else ""
    return f"{asked(step.question)} {text}{source}{check}"


def _limit(step: Told, number: int) -> int:
    if number == 1:
        return FIRST
    return MECHANISM if step.basis == "rule" else ANSWER


def _after_trigger(step: Told) -> str:
    """The answer; of "Why now?" without the first clause, where the trigger stands on its own line."""
    text = terse(step)
    named, found, rest = text.partition("; failures began ")
    return f"Failures began {rest}" if found and step.question == "Why now?" and " took effect " in named else text


def based_on(step: Told, known: dict[str, str]) -> str:
    """`observed: logs.jsonl:208`: one label, of the entry or test rather than of the rule that read it."""
    if step.basis == "open":
        return "open"
    shown = labelled(step.evidence, known, 4)
    rules = [label for label in shown if label.startswith("rule ")]
    others = [label for label in shown if not label.startswith("rule ")]
    if step.basis == "rule" and rules:
        return rules[0]
    return f"{step.basis}: {(others or rules)[0]}" if shown else step.basis


def noticed(steps: Sequence[Told]) -> list[Told]:
    """Of the detection branch what is answered, at most two; where nothing is, the first question."""
    return [step for step in steps if step.basis != "open"][:DETECTED] or list(steps[:1])


def headline(cause: Cause, report: Report) -> str:
    """What is wrong and where, without the message that the verdict has just said."""
    issue: Issue | None = by_id(report.issues).get(cause.issue or "")
    if issue is None or not issue.rule or cause.statement.startswith(UNSHOWN):
        return sentences(untriggered(cause), STATED)
    spot = place(cause.location) if cause.location else ""
    where = f", at {spot}" if spot and spot.partition(" ")[0] not in report.verdict.summary else ""
    home = f", in {' and '.join(issue.services[:3])}" if issue.services else ""
    return f"{cut_short(issue.title, STATED)}{where}{home}"


def blamed(cause: Cause, report: Report) -> str:
    """Which change brought a cause beside the first, on one line: `60 % the trigger, in it 30 % commit …; 39 % no recorded change`."""
    changes = by_id(report.changes)
    rows = [one for one in likely(report, cause.issue or "") if one.change in changes]
    best = [f"{pct(one.p)} {change_name(changes[one.change])}" for one in rows if one.change != cause.trigger][:1]
    whole = sum(
        one.p for one in report.suspects if one.issue == cause.issue and cause.trigger in {one.change, one.within}
    )
    if cause.trigger and whole >= LIKELY:
        best = [", in it ".join([f"{pct(whole)} the trigger", *best])]
    none = sum(one.p for one in report.no_change if one.issue == cause.issue)
    return "; ".join([*best, *([f"{pct(none)} no recorded change"] if none >= LIKELY else [])])


def others(report: Report) -> list[Issue]:
    """Issues that failed beside the causes, contributing ones first."""
    causes = {cause.issue for cause in report.causes}
    return [one for one in ranked(report.issues) if one.role != "background" and one.id not in causes]


def unspoken(report: Report) -> list[Pattern]:
    """Findings over several events that no why of a cause has told."""
    told = {ref for cause in report.causes for why in cause.whys for ref in why.evidence}
    return [one for one in report.patterns if f"rule:{one.rule}" not in told]


def instants(text: str) -> str:
    """Times inside a sentence to the second, as people write them; those in quotes belong to a command."""
    return _INSTANT.sub(r"\1 \2 UTC", text)


def between(since: str | None, until: str | None) -> str:
    """Two instants, the day of the second only where it is another one."""
    same = bool(since and until and since[:10] == until[:10])
    return f"{at(since)} to {clock(until) if same else at(until)} UTC"


def totals(report: Report) -> str:
    """`14 tests: 1 passed, 13 failed`; what there was none of is not said."""
    tests = report.tests
    if not tests.total:
        return "no test run among the inputs"
    counted = (("passed", tests.passed), ("failed", tests.failed), ("errors", tests.errors), ("skipped", tests.skipped))
    said = ", ".join(f"{number} {name}" for name, number in counted if number)
    return f"{tests.total} test{'' if tests.total == 1 else 's'}: {said}"


def inputs(report: Report) -> list[str]:
    """What was read on one line, and a line for each input of which something was lost or is to be known."""
    sources = report.coverage.sources
    read, skipped = sum(one.read for one in sources), sum(one.skipped for one in sources)
    twice = sum(one.duplicates for one in sources)
    lost = f"{skipped} skipped" if skipped else "none skipped"
    out = [
        f"read {read} records of {len(sources)} input{'' if len(sources) == 1 else 's'}, {lost}"
        + (f", {twice} twice" if twice else "")
    ]
    names = file_names(one.path for one in sources)
    for one in sources:
        reasons = [f"skipped {n}: {cut_short(reason, 80)}" for reason, n in one.skipped_reasons.items()]
        notes = [cut_short(note, 92) for note in one.notes[:2]]
        cut = [] if one.complete else ["incomplete"]
        if reasons or notes or cut:
            out.append(f"{names[one.path]}: {'; '.join([*cut, *reasons[:3], *notes])}")
    return out[:6] + ([f"+ {len(out) - 6} more inputs with notes"] if len(out) > 6 else [])
