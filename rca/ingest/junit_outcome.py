"""What a JUnit case's result elements say together: outcome, message, text and attempts."""

import re

from rca.ingest.clip import clip
from rca.ingest.framing import unframed
from rca.ingest.pyplace import place
from rca.ingest.testdraft import SEVERITY, Draft
from rca.ingest.testtimes import seconds
from rca.ingest.xmltext import plain
from rca.model.case import Attempt, Outcome

TEXT_KEPT = 100_000
PASSED_KEPT = 1_000
"""Head and tail of the output of a failing and of a passing case, as the Jenkins junit plug-in keeps it."""
NAME_KEPT = 2_000
MESSAGE_KEPT = 20_000
PROPERTIES_KEPT = 64
RESULTS_KEPT = 200

RESULTS: dict[str, Outcome] = {
    "failure": "failed",
    "error": "error",
    "skipped": "skipped",
    "skip": "skipped",
    "ignored": "skipped",
    "disabled": "skipped",
}
RERUNS: dict[str, Outcome] = {
    "rerunFailure": "failed",
    "rerunError": "error",
    "flakyFailure": "failed",
    "flakyError": "error",
}
"""Surefire: flaky… are the failed attempts of a case that passed in the end, rerun… of one that never did."""

OUTPUTS = {"system-out", "system-err"}

STATUSES: dict[str, Outcome] = {
    "disabled": "skipped", "notrun": "skipped", "skipped": "skipped", "suppressed": "skipped", "ignored": "skipped",
    "pending": "skipped", "failed": "failed", "fail": "failed", "failure": "failed", "error": "error",
    "errored": "error", "broken": "error",
}  # fmt: skip
"""Values of `status` and `result`: GoogleTest, CTest, cppunit-like; "disabled" wins over a failure element."""


_CLASS = re.compile(r"^[A-Z]\w{0,80}(?:::[A-Z]\w{0,80}){0,8}$")


def judge(case: Draft, results: list[tuple[str, dict[str, str], str]]) -> None:
    """Set outcome, message, text and attempts of a case from its result elements, the worst of which counts."""
    outcome: Outcome = "passed"
    messages: list[str] = []
    texts: list[str] = []
    for tag, attrs, text in results:
        message = plain(
            clip(attrs.get("message", "") or (attrs.get("type", "") if not text.strip() else ""), MESSAGE_KEPT)
        )
        if tag in RERUNS:
            case.attempts += (
                Attempt(
                    outcome=RERUNS[tag], message=message, text=text.strip("\n"), duration_s=seconds(attrs.get("time"))
                ),
            )
            continue
        if tag in RESULTS:
            found = RESULTS[tag]
            messages.append(message)
            texts.append(_told(attrs, message, text.strip("\n")))
            case.file = case.file or attrs.get("file")
            case.line = case.line or line_number(attrs.get("line"))
        else:
            found = (
                STATUSES.get((attrs.get("result") or "").lower())
                or STATUSES.get((attrs.get("status") or "").lower())
                or "passed"
            )
        outcome = max(outcome, found, key=SEVERITY.__getitem__)
    # a disabled test that carries a failure was not run: status decides
    disabled = any(tag == "status" and (attrs.get("status") or "").lower() == "disabled" for tag, attrs, _ in results)
    case.outcome = "skipped" if disabled else outcome
    case.message = "\n".join(dict.fromkeys(filter(None, messages)))
    case.text = clip("\n\n".join(dict.fromkeys(filter(str.strip, texts))), TEXT_KEPT)
    if not case.message and case.text:
        case.message = case.text.strip().split("\n", 1)[0][:MESSAGE_KEPT]
    if (
        case.file is None
        and case.outcome in {"failed", "error"}
        and (spot := place(case.text, case.classname)) is not None
    ):
        case.file, case.line = spot  # pytest's xunit2 has no file
    if case.attempts:
        case.attempts += (
            Attempt(outcome=case.outcome, duration_s=case.duration_s, message=case.message, text=case.text),
        )


def _told(attrs: dict[str, str], message: str, text: str) -> str:
    """The text of one result; the lines with which a runner only frames it would hide what failed."""
    if text.startswith("=== RUN"):
        return unframed(text) or text
    if text.startswith("Failure/Error:") and message:  # RSpec quotes the source first, and names the class in `type`
        named = attrs.get("type", "")
        return f"{named}: {message}\n{text}" if _CLASS.match(named) else f"{message}\n{text}"
    return text


def line_number(text: str | None) -> int | None:
    """A line number, or None for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
