"""Iteration: one turn of the test–deploy–fix loop, so that several can be laid side by side."""

from rca.model.base import Noun


class Iteration(Noun):
    """One test run (or one analysis without tests) in the loop.

    `suites` holds (name, passed, executed) per suite; `open` (issue id, title) of the issues that failed in it; `changes`
    the titles of deploys and config changes that took effect since the iteration before; `moves` what became of the
    issues since then, in words that never say "fixed": one green run proves nothing.
    """

    at: str | None  # start, RFC 3339 UTC
    label: str
    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    suites: tuple[tuple[str, int, int], ...] = ()
    open: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    remembered: bool = False  # from the memory, not from these inputs
