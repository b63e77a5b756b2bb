"""The window: entries of all sources, put in time order, freed of duplicates, tracebacks joined, in bounded memory."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from rca.ingest import stitch
from rca.ingest.batch import Batch, registered
from rca.ingest.order import ordered
from rca.ingest.spread import Spread
from rca.ingest.tally import Tally
from rca.model.origins import Registry
from rca.model.piece import Occurrences

BUDGET = 32 << 20
"""Bytes of rows held: about 150,000 entries, 130 MB of JSON. Several times as much is in use at the peak."""
SEEN_MAX = 2_000_000  # identities of entries already given out that are remembered: 16 bytes each


class Window:
    """Takes batches in any order and gives out occurrences.

    Everything that fits in `budget` is sorted as a whole, so the order of the inputs does not matter. Beyond it the half
    of the window that lies farthest from where the input is now is given out, except what may still grow.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._frames: list[pl.DataFrame] = []
        self._size = 0
        self._origins = Registry()
        self._seen: list[pl.DataFrame] = []
        self._forgot = False
        self._spread = Spread()
        self.tallies: dict[int, Tally] = {}
        self.duplicates: Counter[int] = Counter()

    def add(self, batch: Batch) -> Iterator[Occurrences]:
        """Take a batch in; give out what had to make room."""
        self.tallies[batch.tally.index] = batch.tally
        if batch.rows.height:
            flags = stitch.interest(batch.rows, batch.origins)
            held = registered(batch, self._origins).with_columns(flags)
            self._frames.append(held)
            self._size += int(held.estimated_size())
        if self._size > self._budget:
            yield from self._give(batch)

    def close(self) -> Iterator[Occurrences]:
        """Give out the rest."""
        if self._frames:
            origins = self._origins.frame
            rows = self._sorted(origins)
            found = stitch.find(rows, origins)
            self._say(found, rows)
            yield _given(stitch.apply(rows, found), origins)
        self._frames, self._size = [], 0

    def _sorted(self, origins: pl.DataFrame) -> pl.DataFrame:
        frames, self._frames = self._frames, []
        rows = pl.concat(frames, rechunk=True)
        del frames  # the copy is made: at most two of them at any time keep the memory bounded
        return self._spread.masked(self._unique(ordered(rows, self.tallies), origins), origins)

    def _unique(self, rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
        """Without entries whose (log, time, insert id) came before. Equal times stand together, so only those are compared."""
        at = pl.col("at")
        known = pl.col("insert_id").is_not_null() & at.is_not_null()
        twins = rows.select((known & ((at == at.shift(1)) | (at == at.shift(-1)))).fill_null(value=False))["insert_id"]
        among = rows.select("at", "insert_id", "origin", "source").with_row_index("row").filter(twins)
        log = origins["log"].gather(among["origin"])
        again = [among.filter(~_first(among.select("at", "insert_id", log)))["row"]]
        if self._seen:
            again.append(self._came_before(rows, origins))
        lost = pl.concat(again).unique()
        if lost.is_empty():
            return rows
        for source, count in rows["source"].gather(lost).value_counts().iter_rows():
            self.duplicates[source] += count
        return rows.with_row_index("row").filter(~pl.col("row").is_in(lost.implode())).drop("row")

    def _came_before(self, rows: pl.DataFrame, origins: pl.DataFrame) -> pl.Series:
        """Numbers of rows already given out in an earlier half; equal time and equal 64-bit hash of log and insert id."""
        low, high = rows["at"].min(), rows["at"].max()
        near = [part for old in self._seen if (part := old.filter(pl.col("at").is_between(low, high))).height]
        if not near:
            return pl.Series(dtype=pl.UInt32)
        marked = _identities(rows, origins).with_row_index("row").filter(rows["insert_id"].is_not_null())
        return pl.concat([marked.join(part, on=["at", "who"], how="semi")["row"] for part in near])

    def _give(self, batch: Batch) -> Iterator[Occurrences]:
        """Half of the window, cut where no occurrence is open."""
        origins = self._origins.frame
        rows = self._sorted(origins)
        found = stitch.find(rows, origins)
        at = rows["at"]
        middle = at[int(at.count()) // 2]
        now = batch.rows["at"].median()
        forward = not isinstance(now, int | float) or middle is None or now >= middle
        held = _held(rows, found, middle, forward=forward)
        if held.all():
            held = pl.repeat(value=False, n=rows.height, eager=True)
        part = found.within(~held)
        given = rows.with_row_index("row").filter(~held)
        self._say(part, rows)
        self._remember(given, origins)
        kept = rows.filter(held)
        self._frames, self._size = [kept], int(kept.estimated_size())
        for tally in self.tallies.values():
            if tally.shuffled:
                tally.note(
                    "too large to be sorted as a whole: lines far apart in the file but close in time were not joined"
                )
        yield _given(stitch.apply(given, part).drop("row"), origins)

    def _remember(self, given: pl.DataFrame, origins: pl.DataFrame) -> None:
        self._seen.append(_identities(given.filter(pl.col("insert_id").is_not_null()), origins))
        while sum(part.height for part in self._seen) > SEEN_MAX:
            self._seen.pop(0)
            self._forgot = True

    def _say(self, found: stitch.Stitching, rows: pl.DataFrame) -> None:
        if self._forgot:
            for tally in self.tallies.values():
                tally.note(f"duplicates more than {SEEN_MAX:,} entries apart were not looked for")
        if found.interleaved:
            for index in rows["source"].gather(found.groups.filter("cut")["leader"]).unique().sort():
                self.tallies[index].note(
                    "tracebacks of several threads ran into each other: their lines may be mixed up"
                )


def _given(rows: pl.DataFrame, origins: pl.DataFrame) -> Occurrences:
    return Occurrences(rows.drop("interest"), origins)


def _first(rows: pl.DataFrame) -> pl.Series:
    return rows.select(pl.struct(pl.all()).is_first_distinct()).to_series()


def _identities(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    log = origins["log"].hash(seed=1).gather(rows["origin"])
    return pl.DataFrame({"at": rows["at"], "who": rows["insert_id"].hash(seed=0) ^ log})


def _held(rows: pl.DataFrame, found: stitch.Stitching, middle: int | None, *, forward: bool) -> pl.Series:
    """True for rows to keep: the half the input is in, rows without a time, and occurrences that reach into it."""
    if middle is None:
        return pl.repeat(value=False, n=rows.height, eager=True)
    beyond = pl.col("at") >= middle if forward else pl.col("at") < middle
    keep = rows.select(beyond.fill_null(value=False)).to_series()
    if found.members.is_empty():
        return keep
    reaching = found.members.filter(keep.gather(found.members["row"]))["leader"]
    members = found.members.filter(pl.col("leader").is_in(reaching.unique().implode()))["row"]
    return keep.scatter(members, True)
