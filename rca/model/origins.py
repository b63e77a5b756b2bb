"""Origins: log entries are held narrow, with a number in place of what tells where they came from."""

import polars as pl

from rca.model.frames import ENTRIES, ORIGINS, ROWS

Row = tuple[str | None, ...]


def narrowed(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """ROWS and ORIGINS of a frame in the ENTRIES schema; rows keep their order."""
    code, firsts = coded(frame.select(pl.struct(ORIGINS.names()).hash(seed=0)).to_series())
    rows = frame.select(code.alias("origin"), *(name for name in ROWS if name != "origin")).cast(ROWS)
    return rows, frame.select(ORIGINS.names())[firsts].cast(ORIGINS)


def widened(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """The ENTRIES frame of rows and their origins."""
    where = rows["origin"]
    return rows.select(
        origins[name].gather(where).alias(name) if name in ORIGINS else pl.col(name) for name in ENTRIES.names()
    )


def coded(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each value its number among the distinct ones (UInt32), in order of appearance; and where each came first."""
    firsts = values.arg_unique().sort()
    known = pl.DataFrame({"value": values.gather(firsts)}).with_row_index("code")
    codes = values.to_frame("value").join(known, on="value", how="left", nulls_equal=True, maintain_order="left")
    return codes["code"], firsts


class Registry:
    """Origins of many frames under one numbering."""

    def __init__(self) -> None:
        self._numbers: dict[Row, int] = {}

    def number(self, origins: pl.DataFrame) -> pl.Series:
        """The number of each row of an ORIGINS frame, new ones at the end."""
        numbers = [self._numbers.setdefault(row, len(self._numbers)) for row in origins.iter_rows()]
        return pl.Series(numbers, dtype=pl.UInt32)

    @property
    def frame(self) -> pl.DataFrame:
        """All of them, each in the row of its number."""
        return pl.DataFrame(list(self._numbers), schema=ORIGINS, orient="row")
