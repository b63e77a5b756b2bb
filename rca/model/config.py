"""Config: what a project says of itself: its own code, its rules, its vocabulary, what its tests are worth to it."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from rca.model.base import Noun
from rca.model.measure import percent, quantity

Strings = tuple[str, ...]
Statistic = Literal["max", "mean", "median", "p90", "p95", "p99"]


def _one_or_many(value: Any) -> Any:
    """A list may be written as its only item."""
    return (value,) if isinstance(value, str) else value


def _nonempty(value: Strings) -> Strings:
    if any(not item.strip() for item in value):
        raise ValueError("holds an empty text")
    return value


Globs = Annotated[Strings, BeforeValidator(_one_or_many)]


class Priority(Noun):
    """Tests that matter alike: `tests` are globs (only `*` is special) over a test's id, name or suite.

    A test belongs to the first priority in the file that names it. `target` is a pass rate in percent.
    """

    name: str = Field(min_length=1)
    tests: Globs
    impact: str = ""
    target: Annotated[float | None, BeforeValidator(percent)] = None

    _tests = field_validator("tests")(_nonempty)


class Target(Noun):
    """A success criterion: the pass rate (percent) of the tests, or of the suites, that the globs name."""

    name: str = ""
    tests: Globs = ()
    suites: Globs = ()
    target: Annotated[float, BeforeValidator(percent)]

    @model_validator(mode="after")
    def _named(self) -> Self:
        if bool(self.tests) == bool(self.suites):
            raise ValueError("needs `tests` or `suites`, and not both")
        return self


class Performance(Noun):
    """A limit for the duration of tests in seconds, or for a number that they record as a property."""

    name: str = Field(min_length=1)
    tests: Globs
    property: str = ""
    statistic: Statistic = "max"
    at_most: Annotated[float | None, BeforeValidator(quantity)] = None
    at_least: Annotated[float | None, BeforeValidator(quantity)] = None

    _tests = field_validator("tests")(_nonempty)

    @model_validator(mode="after")
    def _limited(self) -> Self:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("needs `at_most` or `at_least`, and not both")
        return self


class Redaction(Noun):
    """What personal data may be shown; credentials are masked whatever this says."""

    keep: tuple[Literal["emails", "addresses"], ...] = ()


class Linking(Noun):
    """Where a commit ({sha}) and an issue ({id}) can be looked up."""

    commit: str = ""
    issue: str = ""

    @field_validator("commit", "issue")
    @classmethod
    def _https(cls, value: str, info: Any) -> str:
        place = "{sha}" if info.field_name == "commit" else "{id}"
        if value and not (value.startswith("https://") and place in value and value.isprintable() and " " not in value):
            raise ValueError(f"is not an https address with {place} in it")
        return value


class Config(Noun):
    """rca.toml. `file` is where it was found, "" when there is none; `hash` is that of its content."""

    rules: Globs = ()  # folders, relative to the file
    silence: Globs = ()  # rule ids
    own: Globs = ()  # packages or folders whose frames are the project's own
    services: dict[str, Globs] = Field(default_factory=dict)  # name to be shown → names in the logs (globs)
    priorities: tuple[Priority, ...] = ()
    targets: tuple[Target, ...] = ()
    performance: tuple[Performance, ...] = ()
    redact: Redaction = Redaction()
    links: Linking = Linking()
    file: str = ""
    hash: str = ""

    _lists = field_validator("rules", "silence", "own")(_nonempty)

    @field_validator("services")
    @classmethod
    def _aliases(cls, value: dict[str, Strings]) -> dict[str, Strings]:
        for name, aliases in value.items():
            if not name.strip() or not aliases or any(not alias.strip("* ") for alias in aliases):
                raise ValueError(f"'{name}' needs names of services, not `*` alone")
        return value

    @field_validator("priorities")
    @classmethod
    def _unique(cls, value: tuple[Priority, ...]) -> tuple[Priority, ...]:
        names = [one.name for one in value]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"'{twice}' is named twice")
        return value
