"""What can go wrong for a user, named by the user's mistake, and the exit status it leads to."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The process exit statuses of the contract; a code is never reused for another meaning."""

    DONE = 0
    FAIL_ON = 1
    UNUSABLE = 2
    NO_ACCESS = 3
    PARTIAL = 4
    INTERRUPTED = 130


class RcaError(Exception):
    """One line for the user: where it is, what is wrong, what to do.

    `where` names the file and, as far as known, line, byte offset or field; it may be empty.
    """

    code = ExitCode.UNUSABLE

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        """`where: what; hint`, leaving out the empty parts."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}; {self.hint}" if self.hint else head


class UsageError(RcaError):
    """An option or argument that cannot be understood."""


class InputUnusableError(RcaError):
    """A path that does not exist, cannot be read, or holds nothing that rca understands."""


class RuleUnusableError(RcaError):
    """A rule file that does not load; one bad rule refuses the whole set."""


class NoAccessError(RcaError):
    """A live source that refused us."""

    code = ExitCode.NO_ACCESS


class PartialDataError(RcaError):
    """Under --strict: something was cut, skipped or missing."""

    code = ExitCode.PARTIAL
