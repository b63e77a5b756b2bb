"""Reads a report that a test has written down."""

import io
from typing import NamedTuple

from rca.ingest import testreports
from rca.model.case import TestCase, TestRun
from rca.model.piece import Cases
from rca.model.source import Source


class Read(NamedTuple):
    """What came of a report."""

    kind: str
    run: TestRun
    source: Source

    def case(self, name: str) -> TestCase:
        """The one case of that name."""
        (found,) = [case for case in self.run.cases if case.name == name]
        return found

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Tests, failed, errors, skipped."""
        found = testreports.counts(self.run)
        return found["tests"], found["failed"], found["errors"], found["skipped"]


def report(text: str | bytes, path: str = "report") -> Read:
    """Recognise and read it."""
    raw = text.encode() if isinstance(text, str) else text
    kind = testreports.recognise(raw[:65_536], path)
    assert kind is not None, "not recognised"
    cases, source = testreports.read(kind, 3, path, io.BytesIO(raw))
    assert isinstance(cases, Cases)
    assert isinstance(source, Source)
    return Read(kind, cases.run, source)
