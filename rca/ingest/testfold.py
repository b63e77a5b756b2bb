"""Drafts become a TestRun: repeats fold into attempts, ids are given, windows are inferred where the report has none."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rca.ingest.testdraft import HELD, SEVERITY, Draft, Reading, plausible
from rca.ingest.testids import Found, find
from rca.model.case import Attempt, TestCase, TestRun

_TEARDOWN = ("failed on teardown with", "test teardown failure")
"""How pytest begins the message of the second <testcase> that it writes when a test fails and its teardown, too."""

SECOND_NS = 1_000_000_000


def run(drafts: Iterator[Draft], reading: Reading, tally: dict[str, int]) -> TestRun:
    """The report as one run; `tally` gets what was read, kept, and how often tests were executed.

    Of a report with more than HELD cases the failures and their retries are kept, the rest is counted in `more`.
    """
    held: list[Draft] = []
    failures = 0
    for draft in drafts:
        if draft.outcome in {"failed", "error"}:
            failures += 1
            if reading.thin and failures > HELD:
                reading.more[draft.outcome] += 1
                continue
            reading.failing.add(draft.name)
        elif reading.thin and draft.name not in reading.failing:
            reading.more[draft.outcome] += 1
            continue
        held.append(draft)
        reading.thin = len(held) >= HELD
    tests = list(folded(held, by_identity=reading.by_identity))
    reading.more += Counter()  # drops the zeros
    more = sum(reading.more.values())
    tally["read"] = len(held) + more
    tally["kept"] = len(tests) + more
    tally["executions"] = sum(max(1, len(draft.attempts)) for _, draft in tests) + more
    if more and reading.thin:
        reading.notes.append(f"of {tally['read']} cases {len(held)} are kept one by one, {more} are counted only")
    if reading.thin and (reading.more["failed"] or reading.more["error"]):
        reading.incomplete(f"more than {HELD} failures: those beyond are counted only")
    return _run(tests, reading)


def _run(tests: list[tuple[str, Draft]], reading: Reading) -> TestRun:
    found = find([f"{draft.message}\n{draft.text}\n{draft.output}" for _, draft in tests])
    cases = tuple(_case(key, draft, reading, ids) for (key, draft), ids in zip(tests, found, strict=True))
    for case in cases:
        reading.began(case.start_ns)
        reading.began(case.end_ns)
    return TestRun(
        path=reading.path,
        source=reading.source,
        started_ns=reading.started_ns,
        ended_ns=reading.ended_ns,
        zone_known=reading.zone_known,
        cases=cases,
        more=dict(sorted(reading.more.items())),
    )


def folded(drafts: Iterable[Draft], *, by_identity: bool) -> Iterator[tuple[str, Draft]]:
    """Each test once with its id, in order of first appearance.

    A retry follows a failure: a further run after a pass is another test of that name (parameterised tests share names),
    unless the report gives both the same file and line, or names are unique by definition.
    """
    groups: dict[str, list[list[Draft]]] = {}
    for draft in drafts:
        name = draft.name or "(no name)"
        parts = (draft.suite, draft.classname if draft.classname != draft.suite else "", name)
        tests = groups.setdefault("::".join(filter(None, parts)), [])
        if tests and draft.name and _again(tests[-1][-1], draft, by_identity=by_identity):
            tests[-1].append(draft)
        else:
            tests.append([draft])
    for key, tests in groups.items():
        for number, attempts in enumerate(tests, 1):
            whole = attempts[0] if len(attempts) == 1 else merged(attempts, by_identity=by_identity)
            yield (key if number == 1 else f"{key}#{number}"), whole


def _again(earlier: Draft, later: Draft, *, by_identity: bool) -> bool:
    if by_identity or earlier.outcome in {"failed", "error"}:
        return True
    return (
        later.file is not None and later.line is not None and (earlier.file, earlier.line) == (later.file, later.line)
    )


def merged(attempts: list[Draft], *, by_identity: bool) -> Draft:
    """One draft of several runs of a test, which all stay as attempts.

    Retries: passed if any passed, else as the last one failed. Rows of one test (by identity): the worst one counts.
    """
    last = attempts[-1]
    if len(attempts) == 2 and last.outcome == "error" and last.message.startswith(_TEARDOWN):
        return _with_teardown(*attempts)
    failures = [draft for draft in attempts if draft.outcome in {"failed", "error"}]
    passes = [draft for draft in attempts if draft.outcome == "passed"]
    decides = passes[-1] if passes else failures[-1] if failures else last
    if by_identity:
        decides = max(attempts, key=lambda draft: SEVERITY[draft.outcome])
    if failures:
        decides.attempts = tuple(
            attempt
            for draft in attempts
            for attempt in draft.attempts
            or (Attempt(outcome=draft.outcome, duration_s=draft.duration_s, message=draft.message, text=draft.text),)
        )
    first = attempts[0]
    decides.span, decides.before_s = first.span, first.before_s
    if first.start_ns is not None:
        decides.start_ns = first.start_ns
    return decides


def _with_teardown(call: Draft, teardown: Draft) -> Draft:
    call.outcome = max(call.outcome, teardown.outcome, key=SEVERITY.__getitem__)
    call.message = "\n".join(filter(None, (call.message, teardown.message)))
    call.text = "\n\n".join(filter(None, (call.text, teardown.text)))
    call.output = "\n".join(dict.fromkeys(filter(None, (call.output, teardown.output))))
    return call


def _window(draft: Draft) -> tuple[int | None, int | None, str]:
    """Start and end of a case: as reported, else start_i = suite start + sum of earlier durations, stretched to the suite."""
    duration = draft.duration_s or 0.0
    if draft.start_ns is not None and plausible(draft.start_ns):
        end = draft.end_ns if draft.end_ns is not None else draft.start_ns + round(duration * SECOND_NS)
        return draft.start_ns, end, "reported"
    span = draft.span
    if span is None:
        return None, None, "none"
    if not span.sum_s:  # no case says how long it took: it ran at some time within the suite
        return span.start_ns, span.start_ns + round((span.time_s or 0.0) * SECOND_NS), "inferred"
    stretch = span.time_s / span.sum_s if span.time_s else 1.0
    start = span.start_ns + round(draft.before_s * stretch * SECOND_NS)
    # parallel workers make the sum exceed the suite's time: windows then overlap, but none is shorter than its test
    return start, start + round(duration * max(stretch, 1.0) * SECOND_NS), "inferred"


def _case(key: str, draft: Draft, reading: Reading, found: Found) -> TestCase:
    start, end, timed = _window(draft)
    return TestCase.model_validate({  # half the time of a call with as many keywords
        "id": key,
        "ref": f"test:{reading.source}:{key}",
        "suite": draft.suite,
        "classname": draft.classname,
        "name": draft.name or "(no name)",
        "outcome": draft.outcome,
        "duration_s": draft.duration_s,
        "message": draft.message,
        "text": draft.text,
        "output": draft.output,
        "file": draft.file,
        "line": draft.line,
        "start_ns": start,
        "end_ns": end,
        "timed": timed,
        "properties": draft.properties or {},
        "attempts": draft.attempts,
        "urls": found.urls,
        "traces": found.traces,
        "ids": found.ids,
        "is_test": draft.is_test,
    })  # fmt: skip
