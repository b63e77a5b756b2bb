"""The window: entries of all sources, put in time order, freed of duplicates, tracebacks joined, in bounded memory."""

from collections import Counter
from collections.abc import Iterator

import polars as pl

from rca.ingest import stitch
from rca.ingest.batch import Batch
from rca.ingest.order import ordered
from rca.ingest.spread import Spread
from rca.ingest.tally import Tally
from rca.model.piece import Occurrences

BUDGET = 32 << 20
"""Bytes of frame held: about 150,000 entries, 130 MB of JSON. Five times as much is in use at the peak: 344 MB in all."""
SEEN_MAX = 2_000_000  # identities of entries already given out that are remembered: 16 bytes each
_IDENTITY = ["log", "at", "insert_id"]
_FEW = ("payload", "service", "revision", "version", "instance", "log", "project", "resource", "logger", "method")
"""Columns of few values; held as numbers they take half the memory (215 instead of 470 bytes a row)."""


class Window:
    """Takes batches in any order and gives out occurrences.

    Everything that fits in `budget` is sorted as a whole, so the order of the inputs does not matter. Beyond it the half
    of the window that lies farthest from where the input is now is given out, except what may still grow.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._frames: list[pl.DataFrame] = []
        self._size = 0
        self._words = pl.Categorical(pl.Categories.random())
        self._seen: list[pl.DataFrame] = []
        self._forgot = False
        self._spread = Spread()
        self.tallies: dict[int, Tally] = {}
        self.duplicates: Counter[int] = Counter()

    def add(self, batch: Batch) -> Iterator[Occurrences]:
        """Take a batch in; give out what had to make room."""
        self.tallies[batch.tally.index] = batch.tally
        if batch.frame.height:
            held = batch.frame.with_columns(pl.col(_FEW).cast(self._words), stitch.interest().alias("interest"))
            self._frames.append(held)
            self._size += int(held.estimated_size())
        if self._size > self._budget:
            yield from self._give(batch)

    def close(self) -> Iterator[Occurrences]:
        """Give out the rest."""
        if self._frames:
            frame = self._sorted()
            found = stitch.find(frame)
            self._say(found, frame)
            yield _given(stitch.apply(frame, found))
        self._frames, self._size = [], 0

    def _sorted(self) -> pl.DataFrame:
        frames, self._frames = self._frames, []
        frame = pl.concat(frames)
        del frames  # the copy is made: at most two of them at any time keep the memory bounded
        return self._spread.masked(self._unique(ordered(frame, self.tallies)))

    def _unique(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without entries whose (log, time, insert id) came before. Equal times stand together, so only those are compared."""
        at = pl.col("at")
        known = pl.col("insert_id").is_not_null() & at.is_not_null()
        twins = (known & ((at == at.shift(1)) | (at == at.shift(-1)))).fill_null(value=False)
        again = frame.select(twins & ~pl.when(twins).then(pl.struct(_IDENTITY)).is_first_distinct()).to_series()
        if self._seen:
            again |= self._came_before(frame)
        if not again.any():
            return frame
        for source, count in frame.filter(again)["source"].value_counts().iter_rows():
            self.duplicates[source] += count
        return frame.filter(~again)

    def _came_before(self, frame: pl.DataFrame) -> pl.Series:
        """Rows already given out in an earlier half; equal time and equal 64-bit hash of log and insert id."""
        marked = _identities(frame).with_row_index("row")
        low, high = frame["at"].min(), frame["at"].max()
        hits = [
            marked.join(old.filter(pl.col("at").is_between(low, high)), on=["at", "who"], how="semi")["row"]
            for old in self._seen
        ]
        rows = pl.concat(hits).unique() if hits else pl.Series(dtype=pl.UInt32)
        return marked["row"].is_in(rows.implode()) & frame["insert_id"].is_not_null() & frame["at"].is_not_null()

    def _give(self, batch: Batch) -> Iterator[Occurrences]:
        """Half of the window, cut where no occurrence is open."""
        frame = self._sorted()
        found = stitch.find(frame)
        at = frame["at"]
        middle = at[int(at.count()) // 2]
        now = batch.frame["at"].median()
        forward = not isinstance(now, int | float) or middle is None or now >= middle
        held = _held(frame, found, middle, forward=forward)
        given = frame.filter(~held)
        if given.is_empty():
            held, given = pl.repeat(value=False, n=frame.height, eager=True), frame
        part = stitch.find(given)
        self._say(part, given)
        self._remember(given)
        kept = frame.filter(held)
        self._frames, self._size = [kept], int(kept.estimated_size())
        for tally in self.tallies.values():
            if tally.shuffled:
                tally.note(
                    "too large to be sorted as a whole: lines far apart in the file but close in time were not joined"
                )
        yield _given(stitch.apply(given, part))

    def _remember(self, given: pl.DataFrame) -> None:
        self._seen.append(_identities(given.filter(pl.col("insert_id").is_not_null())).sort("at"))
        while sum(part.height for part in self._seen) > SEEN_MAX:
            self._seen.pop(0)
            self._forgot = True

    def _say(self, found: stitch.Stitching, frame: pl.DataFrame) -> None:
        if self._forgot:
            for tally in self.tallies.values():
                tally.note(f"duplicates more than {SEEN_MAX:,} entries apart were not looked for")
        if found.interleaved:
            for index in (
                found.groups.filter("cut")
                .join(frame.select("source").with_row_index("leader"), on="leader")["source"]
                .unique()
            ):
                self.tallies[index].note(
                    "tracebacks of several threads ran into each other: their lines may be mixed up"
                )


def _given(frame: pl.DataFrame) -> Occurrences:
    return Occurrences(frame.drop("interest").with_columns(pl.col(_FEW).cast(pl.String)))


def _identities(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("at", pl.struct("log", "insert_id").hash(seed=0).alias("who"))


def _held(frame: pl.DataFrame, found: stitch.Stitching, middle: int | None, *, forward: bool) -> pl.Series:
    """True for rows to keep: the half the input is in, rows without a time, and occurrences that reach into it."""
    if middle is None:
        return pl.repeat(value=False, n=frame.height, eager=True)
    beyond = pl.col("at") >= middle if forward else pl.col("at") < middle
    keep = frame.select(beyond.fill_null(value=False)).to_series()
    if found.members.is_empty():
        return keep
    numbered = pl.DataFrame({"row": pl.Series(range(frame.height), dtype=pl.UInt32), "keep": keep})
    open_leaders = found.members.join(numbered, on="row").filter("keep")["leader"].unique()
    rows = found.members.filter(pl.col("leader").is_in(open_leaders.implode()))["row"]
    return keep | numbered["row"].is_in(rows.implode())
