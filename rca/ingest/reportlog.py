"""JSON lines of a pytest run: pytest-reportlog, and rca's own recorder. Both give real start and stop of every phase."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from rca.ingest.clip import clip
from rca.ingest.jsonsource import listed, mapping, natural, objects, real, strings, text, values
from rca.ingest.junit_outcome import PASSED_KEPT, TEXT_KEPT
from rca.ingest.testdraft import SEVERITY, Draft, Reading
from rca.ingest.xmltext import plain
from rca.model.case import Attempt, Outcome
from rca.when import from_epoch

_PY = re.compile(r"\.py$")
PHASES = ("setup", "call", "teardown")


def recognise(keys: dict[str, str]) -> bool:
    """Whether the outermost keys of the first line are those of a record of either kind."""
    return "$report_type" in keys or "rca_record" in keys or ("nodeid" in keys and "when" in keys and "outcome" in keys)


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The tests of a run; one that began and never ended (the process died in it) is an error."""
    record = _Record(reading)
    for line in values(data, reading):
        yield from record.take(line)
    for draft in record.running.values():
        if draft.outcome == "passed":  # of its phases so far; the others never came
            draft.outcome = "error"
            draft.message = "no result: the run ended while this test ran"
        yield record.finished(draft)
    if not record.ended:
        reading.incomplete("the record has no end: the run was killed, or still runs")


class _Record:
    """The tests that run while the lines come in; workers interleave them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.running: dict[str, Draft] = {}
        self.retried: dict[tuple[str, str], list[Attempt]] = {}
        self.ended = False

    def take(self, line: dict[str, Any]) -> Iterator[Draft]:
        """One line; yields the test that it completes."""
        kind, when, node = text(line.get("$report_type")), text(line.get("when")), text(line.get("nodeid"))
        self.reading.began(_ns(line.get("start")))
        if kind == "CollectReport" or when == "collect":
            if line.get("outcome") == "failed":
                yield _collection(node, line)
        elif when == "start":
            self.running.setdefault(node, _begun(node, line))
        elif when in PHASES and node:
            draft = self.running.setdefault(node, _begun(node, line))
            _phase(draft, when, line)
            if when == "teardown":
                yield self.finished(self.running.pop(node))
            elif line.get("outcome") == "rerun":
                del self.running[node]
                self.retried.setdefault((draft.classname, draft.name), []).append(_attempt(draft))
        elif when == "end" or kind == "SessionFinish":
            self.ended = True
            self.reading.began(_ns(line.get("stop")))

    def finished(self, draft: Draft) -> Draft:
        """The test with its earlier attempts."""
        earlier = self.retried.pop((draft.classname, draft.name), None)
        if earlier:
            draft.attempts = (*earlier, _attempt(draft))
        if draft.outcome == "passed":
            draft.output = clip(draft.output, PASSED_KEPT)
        return draft


def address(node: str) -> tuple[str, str]:
    """Class name and name of a node id, as pytest's own JUnit XML writes them, so that both name a test alike."""
    path, bracket, parameters = node.partition("[")
    names = path.split("::")
    names[0] = _PY.sub("", names[0].replace("/", "."))
    names[-1] += bracket + parameters
    return ".".join(names[:-1]), names[-1]


def _ns(value: Any) -> int | None:
    number = real(value)
    return from_epoch(float(number)) if number else None


def _begun(node: str, line: dict[str, Any]) -> Draft:
    draft = Draft()
    draft.suite = "pytest"
    draft.classname, draft.name = address(node)
    draft.start_ns = _ns(line.get("start"))
    location = line.get("location")
    if isinstance(location, list) and len(location) == 3:
        draft.file = text(location[0]) or None
        draft.line = location[1] + 1 if isinstance(location[1], int) else None
    else:
        draft.file = text(line.get("file")) or None
        draft.line = natural(line.get("line"))
    return draft


def _phase(draft: Draft, when: str, line: dict[str, Any]) -> None:
    outcome = text(line.get("outcome"))
    found: Outcome = "passed"
    if outcome in {"failed", "rerun"}:
        found = "failed" if when == "call" else "error"
    elif outcome == "skipped":
        found = "skipped"
    draft.outcome = max(draft.outcome, found, key=SEVERITY.__getitem__)
    message, whole = told(line)
    if found != "passed":
        draft.message = "\n".join(filter(None, (draft.message, message)))
        draft.text = clip("\n\n".join(filter(None, (draft.text, whole))), TEXT_KEPT)
    if when == "call" or draft.duration_s is None:
        draft.duration_s = real(line.get("duration"))
    if draft.start_ns is None:
        draft.start_ns = _ns(line.get("start"))
    draft.end_ns = _ns(line.get("stop")) or draft.end_ns
    sections = line.get("sections")
    parts = (
        [f"{part[0]}:\n{part[1].rstrip()}" for part in sections if _pair(part)] if isinstance(sections, list) else []
    )
    # every phase repeats the sections of the phases before it: the last, longest form stands
    draft.output = plain(clip("\n".join(parts), TEXT_KEPT)) or draft.output
    pairs = line.get("properties") or line.get("user_properties")
    if isinstance(pairs, list):
        found_properties = {
            str(pair[0])[:200]: str(pair[1])[:2_000] for pair in pairs[:64] if isinstance(pair, list) and len(pair) == 2
        }
        draft.properties = found_properties or draft.properties
    reason = text(line.get("xfail")) or text(line.get("wasxfail"))
    if reason and not draft.message:
        draft.message = reason


def _pair(part: Any) -> bool:
    return isinstance(part, list) and len(part) == 2 and all(isinstance(item, str) for item in part)


def told(line: dict[str, Any]) -> tuple[str, str]:
    """Message and text of a line's `longrepr`: a string, a skip's [path, line, reason], or the parts of a traceback."""
    longrepr = line.get("longrepr")
    message = text(line.get("message"))
    if isinstance(longrepr, str):
        return plain(message or _last_error(longrepr)), plain(longrepr)
    if isinstance(longrepr, list) and len(longrepr) == 3:
        return text(longrepr[2]), f"{longrepr[0]}:{longrepr[1]}: {longrepr[2]}"
    parts = mapping(longrepr)
    if not parts:
        return message, ""
    if "longrepr" in parts:  # a collection error
        whole = text(parts["longrepr"])
        return plain(_last_error(whole)), plain(whole)
    chain = [item for item in listed(parts.get("chain")) if isinstance(item, list) and item]
    traces = [mapping(item[0]) for item in chain] or [mapping(parts.get("reprtraceback"))]
    words = [text(item[2]) if len(item) > 2 else "" for item in chain]
    lines: list[str] = []
    for number, trace in enumerate(traces):
        lines += _entries(trace)
        if number < len(words) and words[number]:
            lines += ["", words[number], ""]
    crash = mapping(parts.get("reprcrash"))
    return plain(message or text(crash.get("message"))), plain("\n".join(lines))


def _entries(trace: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for entry in objects(trace.get("reprentries")):
        part = mapping(entry.get("data"))
        lines += strings(part.get("lines"))
        place = mapping(part.get("reprfileloc"))
        if place:
            lines += ["", f"{place.get('path')}:{place.get('lineno')}: {place.get('message')}"]
    return lines


def _last_error(whole: str) -> str:
    """The first line that pytest marks with E, else the last line."""
    lines = whole.strip().splitlines()
    marked = next((line[1:].strip() for line in lines if line.startswith("E ")), "")
    return clip(marked or (lines[-1].strip() if lines else ""), 2_000)


def _collection(node: str, line: dict[str, Any]) -> Draft:
    draft = _begun(node, line)
    draft.outcome = "error"
    draft.message, draft.text = told(line)
    draft.end_ns = _ns(line.get("stop")) or draft.start_ns
    draft.file = draft.file or node or None
    return draft


def _attempt(draft: Draft) -> Attempt:
    return Attempt(outcome=draft.outcome, duration_s=draft.duration_s, message=draft.message, text=draft.text)
