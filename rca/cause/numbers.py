"""Numbers: every figure in a sentence must stand in the records that the sentence cites."""

import re
from collections.abc import Iterable

from rca.model import Report

_CLOCK = re.compile(r"\b\d{2}:\d{2}:\d{2}(?:\.\d+)?")
_SAID = re.compile(r"(?<![\w.\-:/])\d+(?:\.\d+)?(?![\w\-]|\.\d)")
_HELD = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_UNITS = (1.0, 60.0, 3600.0)  # a duration in seconds may be said in minutes or hours


class Records:
    """The figures of a report, by evidence ref and by issue; built once per report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._texts = {ref: " ".join(_strings(item)) for ref, item in report.evidence.items()}
        self._issue_text = {issue.id: issue.model_dump_json() for issue in report.issues}
        self._issues_of: dict[str, list[str]] = {}
        for issue in report.issues:
            for ref in {*issue.evidence, issue.exemplar or ""}:
                self._issues_of.setdefault(ref, []).append(issue.id)
        self._change_text = {f"change:{change.id}": change.model_dump_json() for change in report.changes}
        tests = report.tests
        self._failures = tests.failed + tests.errors
        self._counts = {tests.total, tests.passed, tests.failed, tests.errors, tests.skipped, len(report.issues)}
        self._figures: dict[str, set[float]] = {}
        for suspect in report.suspects:
            before, after = suspect.before, suspect.after
            row = {suspect.p, before.count, before.exposure, after.count, after.exposure, suspect.gap_s}
            row |= {suspect.rate_ratio.estimate, suspect.rate_ratio.low, suspect.rate_ratio.high}
            self._figures.setdefault(suspect.issue, set()).update(abs(value) for value in row if value is not None)
        brought: dict[tuple[str, str], float] = {}
        for suspect in report.suspects:
            key = (suspect.issue, suspect.within or suspect.change)
            brought[key] = brought.get(key, 0.0) + suspect.p
        for (issue_id, _), p in brought.items():
            self._figures[issue_id].add(p)
        rest: dict[str, float] = {}
        for answer in report.no_change:
            rest[answer.issue] = rest.get(answer.issue, 0.0) + answer.p
        for issue_id, p in rest.items():
            self._figures.setdefault(issue_id, set()).add(p)
        for answer in report.no_change:
            self._figures.setdefault(answer.issue, set()).add(answer.p)
            self._issue_text[answer.issue] = f"{self._issue_text.get(answer.issue, '')} {answer.text}"
        for edge in report.graph:
            self._figures.setdefault(edge.effect, set()).add(edge.weight)

    def strange(self, sentence: str, refs: Iterable[str], issue: str | None) -> tuple[str, ...]:
        """Figures of the sentence that occur neither in the cited records nor in the counts of the report."""
        refs, sentence = tuple(refs), _THOUSANDS.sub("", sentence)
        issues = {name for ref in refs for name in self._issues_of.get(ref, ())} | ({issue} if issue else set())
        corpus = " ".join(
            [self._texts.get(ref, "") + " " + self._change_text.get(ref, "") for ref in refs]
            + [self._issue_text.get(name, "") for name in sorted(issues)]
        )
        corpus = _THOUSANDS.sub("", corpus)
        values = {value for name in issues for value in self._figures.get(name, ())} | self._counts
        tested = any(ref.startswith("test:") for ref in refs) or issue is not None
        found = [clock for clock in _CLOCK.findall(sentence) if clock not in corpus]
        held = set(_HELD.findall(corpus))
        for token in _SAID.findall(_CLOCK.sub(" ", sentence)):
            counted = tested and "." not in token and int(token[:12]) <= self._failures
            if token not in held and not counted and not _rounded(token, values):
                found.append(token)
        return tuple(dict.fromkeys(found))


def _rounded(token: str, values: Iterable[float]) -> bool:
    """Whether the token is one of the values, rounded to as many digits as it shows."""
    digits = len(token.partition(".")[2])
    said = float(token)
    return any(abs(round(value / unit, digits) - said) < 1e-9 for value in values for unit in _UNITS)


def _strings(item: object) -> Iterable[str]:
    for name in ("text", "at", "source", "line", "service", "revision", "insert_id"):
        value = getattr(item, name, None)
        if value is not None:
            yield str(value)
