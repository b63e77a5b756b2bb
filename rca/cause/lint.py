"""Lint: the mechanical checks every report passes before it is written; a complaint is a defect of ours, not the user's."""

import re
from collections.abc import Iterator

from rca.cause.numbers import Records
from rca.model import Report

_BLAME = re.compile(
    r"\bhuman error\b|\bshould(?:n't| not)? have\b|\bfailed to\b|\bforgot\b|\bcareless|\bneglig"
    r"|\bsloppy\b|\bincompeten|\bat fault\b|\bto blame\b|\bblame[sd]?\b|\bmistake\b|\bculprit\b",
    re.IGNORECASE,
)
_PERSON = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{1,62}\w")
_AROUND = 12  # characters each side of a hit that must stand in the evidence for it to be a quotation


def lint(report: Report) -> tuple[str, ...]:
    """Complaints about a finished report, in a fixed order; empty when it may be written."""
    return tuple(
        dict.fromkeys(
            [
                *_refs(report),
                *_whys(report),
                *_depth(report),
                *_causes(report),
                *_language(report),
                *_sums(report),
                *_end_states(report),
            ]
        )
    )


def _refs(report: Report) -> Iterator[str]:
    """Every ref exists."""
    for name, refs in _cited(report):
        for ref in refs:
            if ref not in report.evidence:
                yield f"{name}: no evidence record for {ref}"
    for suspect in report.suspects:
        for reason in (*suspect.for_, *suspect.against):
            if not reason.evidence:
                yield f"suspect {suspect.change}: a reason without evidence: {reason.text[:60]}"


def _cited(report: Report) -> Iterator[tuple[str, tuple[str, ...]]]:
    for issue in report.issues:
        yield (f"issue {issue.id}", (*issue.evidence, *((issue.exemplar,) if issue.exemplar else ())))
    for suspect in report.suspects:
        for reason in (*suspect.for_, *suspect.against):
            yield (f"suspect {suspect.change}", reason.evidence)
    for failure in report.tests.failures:
        yield (f"failure {failure.id}", failure.evidence)
    for edge in report.graph:
        yield (f"edge {edge.cause} -> {edge.effect}", edge.evidence)
    for cause in report.causes:
        yield (f"cause {cause.rank}", cause.evidence)
        for why in cause.whys:
            yield (f"cause {cause.rank}, why {why.n} ({why.branch})", why.evidence)
        for alternative in cause.alternatives:
            yield (f"cause {cause.rank}, alternative", alternative.evidence)


def _whys(report: Report) -> Iterator[str]:
    """A why has evidence, or is open and carries its check; its figures occur in its evidence."""
    records = Records(report)
    for cause in report.causes:
        for why in cause.whys:
            name = f"cause {cause.rank}, why {why.n} ({why.branch})"
            if why.basis == "open" and not why.check:
                yield f"{name}: open without a check"
            if why.basis != "open" and not why.evidence:
                yield f"{name}: an answer without evidence"
            if why.basis == "rule" and why.branch == "detection":
                continue  # advice of a rule ("alert at 85 %"), not a figure of this incident
            for token in records.strange(why.answer, why.evidence, cause.issue):
                yield f"{name}: {token} is in no cited record"
        numbers = records.strange(cause.statement, cause.evidence, cause.issue)
        yield from (f"cause {cause.rank}: {token} is in no cited record" for token in numbers)


def _depth(report: Report) -> Iterator[str]:
    """A chain of causes stops where the evidence does, and no step is there to make it longer."""
    for cause in report.causes:
        stopped = False
        said: set[str] = set()
        for why in cause.whys:
            name = f"cause {cause.rank}, why {why.n} ({why.branch})"
            if why.basis != "open" and why.answer in said:
                yield f"{name}: says what a step before it has said"
            said.add(why.answer)
            if why.branch == "cause" and stopped and why.basis != "open":
                yield f"{name}: goes on where the evidence has stopped"
            stopped = stopped or (why.branch == "cause" and why.basis == "open")


def _causes(report: Report) -> Iterator[str]:
    """A symptom is not a cause, a cause leads to a symptom, and the status follows from what was found."""
    roles = {issue.id: issue.role for issue in report.issues}
    onward = {edge.cause for edge in report.graph if edge.kept}
    tested = {failure.issue for failure in report.tests.failures}
    supported = [cause for cause in report.causes if any(why.basis != "open" for why in cause.whys)]
    status = report.verdict.status
    if status == "cause_found" and not supported:
        yield "verdict cause_found, but no cause has an answered why"
    if status == "no_failure_found" and report.causes:
        yield "verdict no_failure_found, but there are causes"
    for cause in report.causes:
        if cause.issue is None:
            continue
        if cause.issue not in roles:
            yield f"cause {cause.rank}: no issue {cause.issue}"
        elif status == "cause_found" and roles[cause.issue] != "root":
            yield f"cause {cause.rank}: its issue is {roles[cause.issue]}, not root"
        elif status == "cause_not_in_evidence" and not any(why.basis == "open" for why in cause.whys):
            yield f"cause {cause.rank}: the cause is not in the evidence, yet nothing is open"
        problem = any(why.branch == "cause" and why.n == 1 for why in cause.whys)
        if not (problem or cause.issue in onward or cause.issue in tested):
            yield f"cause {cause.rank}: no path to a symptom"
        if cause.p > 0.98:
            yield f"cause {cause.rank}: p {cause.p} is above .98"


def _language(report: Report) -> Iterator[str]:
    """No blame wording and no persons, save in words quoted from the evidence."""
    quoted = " ".join(" ".join(item.text.split()) for item in report.evidence.values()).casefold()
    quoted += " ".join(f"{issue.title} {issue.template}" for issue in report.issues).casefold()
    for name, sentence in _sentences(report):
        flat = " ".join(sentence.split())
        for pattern in (_BLAME, _PERSON):
            for hit in pattern.finditer(flat):
                low, high = max(0, hit.start() - _AROUND), hit.end() + _AROUND
                near = (flat[low : hit.end()], flat[hit.start() : high])
                if not any(part.casefold() in quoted for part in near):
                    yield f"{name}: {hit.group()!r} speaks of persons or blame"


def _sentences(report: Report) -> Iterator[tuple[str, str]]:
    yield "verdict", report.verdict.summary
    for cause in report.causes:
        name = f"cause {cause.rank}"
        yield name, cause.statement
        for why in cause.whys:
            yield f"{name}, why {why.n}", why.question
            yield f"{name}, why {why.n}", why.answer
        for alternative in cause.alternatives:
            yield name, alternative.text
            yield name, alternative.rejected_because
    for action in report.actions:
        yield f"action {action.text[:40]!r}", action.text


def _sums(report: Report) -> Iterator[str]:
    """Probabilities sum to one; and the counts hold."""
    totals: dict[str, float] = {}
    for suspect in report.suspects:
        totals[suspect.issue] = totals.get(suspect.issue, 0.0) + suspect.p
    for answer in report.no_change:
        totals[answer.issue] = totals.get(answer.issue, 0.0) + answer.p
    for issue, total in sorted(totals.items()):
        if abs(total - 1.0) > 1e-6:
            yield f"issue {issue}: p of suspects and no change sum to {total:.6f}"
    yield from _counts(report)


def _counts(report: Report) -> Iterator[str]:
    """Records are conserved, times are in order, failures add up."""
    for source in report.coverage.sources:
        if source.read != source.kept + source.duplicates + source.skipped:
            yield f"{source.path}: read is not kept + duplicates + skipped"
    for row in report.issues:
        if row.first_at and row.last_at and row.first_at > row.last_at:
            yield f"issue {row.id}: first_at is after last_at"
    failures, listed = report.tests.failed + report.tests.errors, len(report.tests.failures)
    # a package that does not compile is no test: it counts as failed and as an error, and is listed once
    if not listed <= failures <= listed + report.tests.errors:
        yield f"tests: {failures} failures counted, {listed} listed"
    if not 0 <= report.coverage.explained <= report.coverage.failures:
        yield f"coverage: {report.coverage.explained} of {report.coverage.failures} failures explained"


def _end_states(report: Report) -> Iterator[str]:
    """An action belongs to a cause and says when it is done; an investigation asks a question."""
    ranks = {cause.rank for cause in report.causes}
    for action in report.actions:
        name = f"action {action.text[:60]!r}"
        if not action.done_when.strip():
            yield f"{name}: no end state"
        if action.cause not in ranks:
            yield f"{name}: belongs to no cause"
        if action.type == "investigate" and "?" not in action.text:
            yield f"{name}: an investigation without a question"
