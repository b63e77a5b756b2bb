"""The door of the test report readers: what kind of report some bytes are, and reading them into test runs."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Literal

from rca.errors import InputUnusableError
from rca.ingest import console, jsonreports, reportlog, xmlreports
from rca.ingest.jsonsource import first_keys, utf8
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.testfold import run
from rca.model.case import TestRun
from rca.model.piece import Cases, Piece
from rca.model.source import Source
from rca.when import rfc3339

ReportKind = Literal["junit", "console", "reportlog", "test-json"]

READERS: dict[str, Callable[[BinaryIO, Reading], Iterator[Draft]]] = {
    "junit": xmlreports.read,
    "console": console.read,
    "reportlog": reportlog.read,
    "test-json": jsonreports.read,
}


def recognise(head: bytes, name: str) -> ReportKind | None:  # noqa: ARG001 - the interface offers the name; content decides
    """Kind of the report that begins with `head` (up to 64 KiB), or None. The name is never asked."""
    if xmlreports.recognise(head):
        return "junit"
    shown = utf8(head).decode("utf-8", "replace")
    keys = first_keys(shown)
    if reportlog.recognise(keys):
        return "reportlog"
    if jsonreports.recognise(head):
        return "test-json"
    return "console" if not keys and console.recognise(shown) else None


def read(kind: str, source: int, path: str, data: BinaryIO) -> Iterator[Piece]:
    """The run of one report, then its Source, for which read == kept + duplicates + skipped in test cases.

    Raises InputUnusableError when nothing of it can be used.
    """
    reading = Reading(path=path, source=source)
    tally = {"read": 0, "kept": 0, "executions": 0}
    try:
        reader = READERS[kind]
    except KeyError:
        raise InputUnusableError(f"{kind!r} is no kind of test report", where=path) from None
    found = run(reader(data, reading), reading, tally)
    yield Cases(found.model_copy(update={"declared": _declared(reading, tally)}))
    yield _source(kind, reading, tally)


def _declared(reading: Reading, tally: dict[str, int]) -> dict[str, int]:
    """Totals that the report states, when they differ from the cases that are there."""
    stated = dict(reading.declared)
    if stated.get("tests", tally["read"]) in tally.values():  # some count retries, some do not
        return {}
    reading.notes.append(f"the report states {stated['tests']} tests, {tally['read']} test cases are in it")
    return stated


def _source(kind: str, reading: Reading, tally: dict[str, int]) -> Source:
    skipped = sum(reading.skipped.values())
    notes = [*reading.notes, *(f"{count} {what}" for what, count in sorted(reading.seen.items()) if count)]
    return Source.model_validate(
        {
            "path": reading.path,
            "kind": kind,
            "read": tally["read"] + skipped,
            "kept": tally["kept"],
            "duplicates": tally["read"] - tally["kept"],
            "skipped": skipped,
            "skipped_reasons": dict(sorted(reading.skipped.items())),
            "first_at": rfc3339(reading.started_ns) if reading.started_ns is not None else None,
            "last_at": rfc3339(reading.ended_ns) if reading.ended_ns is not None else None,
            "complete": reading.complete,
            "notes": tuple(notes),
        }
    )


def counts(*runs: TestRun) -> dict[str, int]:
    """Tests, failed, errors and skipped of some runs together (`TestRun.counts` says how)."""
    total = {"tests": 0, "failed": 0, "errors": 0, "skipped": 0}
    for report in runs:
        found = report.counts()
        for key in total:
            total[key] += found["total" if key == "tests" else key]
    return total


__all__ = ["Draft", "ReportKind", "counts", "read", "recognise"]
