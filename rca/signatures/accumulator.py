"""Accumulator: digests of parts are merged as they come, and counted while the next part is being read."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from rca.model.digest import Digest
from rca.signatures.events import full, not_later
from rca.signatures.merge import merge
from rca.signatures.tally import tally_rows

AT_ONCE = 8  # digests merged at the least: a digest is a few MB
APART = 50_000  # rows that are worth a thread


class Accumulator:
    """Digests added one by one; few are held at any time, and no row is merged more often than need be.

    The first is what was merged so far. When the later ones together are as large, all become one: so the work is twice
    the size of the result, however many there are. Parts are merged in the order in which they came, but merging is
    commutative anyhow.
    """

    def __init__(self) -> None:
        self._held: list[Digest] = []
        self._full: pl.DataFrame | None = None  # groups of events that take no later ones
        self._pool: ThreadPoolExecutor | None = None
        self._counted: Callable[[], Digest] | None = None

    def count(self, rows: pl.DataFrame, origins: pl.DataFrame) -> None:
        """Take in rows in the ROWS schema. Many are counted in a thread of their own: polars leaves Python's lock free."""
        self._settle()
        if rows.height < APART:
            self.add(tally_rows(rows, origins))
            return
        self._pool = self._pool or ThreadPoolExecutor(1, "rca-count")
        future: Future[Digest] = self._pool.submit(tally_rows, rows, origins)
        self._counted = future.result

    def add(self, digest: Digest) -> None:
        """Take a digest in."""
        news = digest.events if self._full is None else not_later(digest.events, self._full)
        self._held.append(replace(digest, events=news))
        first, *later = (_size(one) for one in self._held)
        if len(later) >= AT_ONCE - 1 and sum(later) >= first:
            self._held = [merge(self._held)]
            self._full = full(self._held[0].events)

    @property
    def digest(self) -> Digest:
        """The digest of all of them."""
        self._settle()
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None
        self._held = [merge(self._held)]
        return self._held[0]

    def _settle(self) -> None:
        if self._counted is not None:
            counted, self._counted = self._counted, None
            self.add(counted())


def _size(digest: Digest) -> int:
    return digest.cells.height + 4 * digest.events.height  # an event has four times as many columns
