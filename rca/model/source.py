"""Source: one input that was read, with its conservation count."""

from typing import Literal

from pydantic import Field, model_validator

from rca.model.base import Noun

SourceKind = Literal[
    "entries",  # Cloud Logging entries in any dialect
    "otlp",  # OpenTelemetry logs as JSON
    "lines",  # plain text logs
    "junit",  # any JUnit-like XML
    "console",  # console log of a test run
    "reportlog",  # pytest-reportlog and rca's own recorder
    "test-json",  # other runners' JSON or TAP
    "changes",  # change list
    "topology",
    "git",  # bundle or repository
    "report",  # an earlier rca report
    "digest",
    "unknown",
]


class Source(Noun):
    """One input read: what it was, how many records it held and what became of each of them.

    A record is a log entry, a line of plain text, a test case, a change or a commit, after the kind.
    """

    path: str
    kind: SourceKind
    read: int = 0
    kept: int = 0
    duplicates: int = 0
    skipped: int = 0
    skipped_reasons: dict[str, int] = Field(default_factory=dict)
    first_at: str | None = None  # RFC 3339 UTC
    last_at: str | None = None
    complete: bool = True  # False: something was cut, capped, sampled or timed out; a note says what
    notes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _conserve(self) -> "Source":
        if self.read != self.kept + self.duplicates + self.skipped:
            raise ValueError(f"{self.path}: read {self.read} != kept + duplicates + skipped")
        return self
