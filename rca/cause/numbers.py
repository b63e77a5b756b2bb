"""Numbers: every figure in a sentence must stand in the records that the sentence cites."""

import re
from collections.abc import Iterable

from rca.model import Report
from rca.when import to_ns

_CLOCK = re.compile(r"\b\d{2}:\d{2}:\d{2}(?:\.\d+)?")
_SAID = re.compile(r"(?<![\w.\-:/])\d+(?:\.\d+)?(?![\w\-]|\.\d)")
_HELD = re.compile(r"\d+(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_DURATION = re.compile(r"\b(\d{1,9}(?:\.\d{1,3})?) (d|h|min|s|ms)(?: (\d{1,2}) (h|min|s))?\b")
_STEPS = {"d": 86_400.0, "h": 3_600.0, "min": 60.0, "s": 1.0, "ms": 0.001}


class Records:
    """The figures of a report, by evidence ref and by issue; built once per report."""

    def __init__(self, report: Report) -> None:
        self._texts = {ref: " ".join(_strings(item)) for ref, item in report.evidence.items()}
        self._issue_text = {issue.id: issue.model_dump_json() for issue in report.issues}
        self._change_text = {f"change:{change.id}": change.model_dump_json() for change in report.changes}
        self._issues_of: dict[str, list[str]] = {}
        self._figures: dict[str, set[float]] = {issue.id: set() for issue in report.issues}
        for issue in report.issues:
            for ref in {*issue.evidence, issue.exemplar or ""}:
                self._issues_of.setdefault(ref, []).append(issue.id)
            first, last = to_ns(issue.first_at or ""), to_ns(issue.last_at or "")
            if first is not None and last is not None:
                self._figures[issue.id].add((last - first) / 1e9)
        tests = report.tests
        self._failures = tests.failed + tests.errors
        self._counts = {tests.total, tests.passed, tests.failed, tests.errors, tests.skipped, len(report.issues)}
        self._add_suspects(report)
        self._add_answers(report)
        for edge in report.graph:
            self._figures.setdefault(edge.effect, set()).add(edge.weight)

    def _add_suspects(self, report: Report) -> None:
        brought: dict[tuple[str, str], float] = {}
        for suspect in report.suspects:
            before, after, ratio = suspect.before, suspect.after, suspect.rate_ratio
            row = {suspect.p, before.count, before.exposure, after.count, after.exposure, suspect.gap_s}
            row |= {ratio.estimate, ratio.low, ratio.high}
            self._figures.setdefault(suspect.issue, set()).update(abs(value) for value in row if value is not None)
            key = (suspect.issue, suspect.within or suspect.change)
            brought[key] = brought.get(key, 0.0) + suspect.p
        for (issue, _), p in brought.items():
            self._figures[issue].add(p)

    def _add_answers(self, report: Report) -> None:
        rest: dict[str, float] = {}
        for answer in report.no_change:
            rest[answer.issue] = rest.get(answer.issue, 0.0) + answer.p
            self._figures.setdefault(answer.issue, set()).add(answer.p)
            self._issue_text[answer.issue] = f"{self._issue_text.get(answer.issue, '')} {answer.text}"
        for issue, p in rest.items():
            self._figures[issue].add(p)

    def strange(self, sentence: str, refs: Iterable[str], issue: str | None) -> tuple[str, ...]:
        """Figures of the sentence that occur neither in the cited records nor in the counts of the report."""
        refs = tuple(refs)
        issues = {name for ref in refs for name in self._issues_of.get(ref, ())} | ({issue} if issue else set())
        texts = [self._texts.get(ref, "") + " " + self._change_text.get(ref, "") for ref in refs]
        corpus = _THOUSANDS.sub("", " ".join([*texts, *(self._issue_text.get(name, "") for name in sorted(issues))]))
        values = {value for name in issues for value in self._figures.get(name, ())} | self._counts
        tested = any(ref.startswith("test:") for ref in refs) or issue is not None
        said = _THOUSANDS.sub("", sentence)
        found = [clock for clock in _CLOCK.findall(said) if clock not in corpus]
        held = set(_HELD.findall(corpus))
        for token in _SAID.findall(_without_durations(_CLOCK.sub(" ", said), values)):
            counted = tested and "." not in token and int(token[:12]) <= self._failures
            if token not in held and not counted and not _rounded(token, values):
                found.append(token)
        return tuple(dict.fromkeys(found))


def _without_durations(sentence: str, values: Iterable[float]) -> str:
    """The sentence without the durations that are one of the values (seconds), to the precision they are said in."""
    known = tuple(values)

    def kept(match: re.Match[str]) -> str:
        amount, unit, more, small = match.groups()
        seconds = float(amount) * _STEPS[unit] + (float(more) * _STEPS[small] if more else 0.0)
        step = _STEPS[small or unit] * 10.0 ** -len(amount.partition(".")[2])
        return " " if any(abs(value - seconds) <= 0.51 * step for value in known) else match[0]

    return _DURATION.sub(kept, sentence)


def _rounded(token: str, values: Iterable[float]) -> bool:
    """Whether the token is one of the values, rounded to as many digits as it shows."""
    digits = len(token.partition(".")[2])
    said = float(token)
    return any(abs(round(value, digits) - said) < 1e-9 for value in values)


def _strings(item: object) -> Iterable[str]:
    for name in ("text", "at", "source", "line", "service", "revision", "insert_id"):
        value = getattr(item, name, None)
        if value is not None:
            yield str(value)
