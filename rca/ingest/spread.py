"""Spread: a private key that a program printed line by line is several log entries; each loses its part of the key.

One entry alone cannot be recognised, so this must happen here, where neighbours are still neighbours.
"""

from dataclasses import dataclass, field

import polars as pl

from rca.redact.blocks import Lines

STREAM = ["log", "service", "instance"]
BEGIN = "PRIVATE KEY"


@dataclass(slots=True)
class Spread:
    """The keys that are open at the end of a batch, by stream."""

    open: dict[tuple[object, ...], Lines] = field(default_factory=dict)

    def masked(self, rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
        """`rows` (ROWS schema, in time order) with such keys masked; one literal search when there is none."""
        begins = rows["message"].str.contains(BEGIN, literal=True).fill_null(value=False)
        if not self.open and not begins.any():
            return rows
        streams = origins.select(STREAM).rows()
        messages = rows["message"].to_list()
        changed = False
        for row, origin in enumerate(rows["origin"]):
            text, stream = messages[row], streams[origin]
            state = self.open.get(stream)
            if text is None or (state is None and BEGIN not in text):
                continue
            state = state or Lines()
            shown = "\n".join(state.take(line) for line in text.split("\n"))
            changed, messages[row] = changed or shown != text, shown
            self.open[stream] = state
            if not state.left:
                del self.open[stream]
        return rows.with_columns(pl.Series("message", messages, pl.String)) if changed else rows
