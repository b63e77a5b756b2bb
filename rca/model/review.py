"""Impact and targets: what the failing tests are worth to the project, and which of its criteria are met."""

from rca.model.base import Noun


class Impact(Noun):
    """Tests of one priority of the configuration; `met` is None where there is no target, or nothing to judge by."""

    priority: str
    impact: str = ""
    total: int = 0
    passed: int = 0
    failed: int = 0  # failures and errors
    skipped: int = 0
    target: str = ""
    actual: str = ""
    met: bool | None = None
    failing: tuple[str, ...] = ()  # ids of the failing tests, at most FAILING_KEPT


class Criterion(Noun):
    """A success criterion or performance target of the configuration against what the tests show."""

    name: str
    target: str
    actual: str
    met: bool | None = None
