"""Objects of LogEntries: each distinct `resource` is decoded once, a payload only where there is one.

Nested columns are what costs when polars reads JSON lines: with `resource` and `labels` as structs 300,000 entries took
1.7 CPU seconds, with their JSON as text .56.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one column: `fields` has a row for each, `where` their row for each entry, null for none.

    `own`: every entry has one of its own, in the order of the entries.
    """

    where: pl.Series
    fields: pl.DataFrame
    own: bool = False

    @property
    def absent(self) -> bool:
        """No entry has one."""
        return self.fields.is_empty()

    def spread(self, *exprs: pl.Expr) -> pl.DataFrame:
        """Columns of `fields` for every entry."""
        made = self.fields.select(exprs)
        if self.absent:
            return made.clear(self.where.len())
        if self.own:
            return made
        return made.select(pl.all().gather(self.where))

    def some(self, rows: pl.Series) -> "Objects":
        """The objects of some entries."""
        return Objects(self.where.gather(rows), self.fields)

    def flags(self, expr: pl.Expr) -> pl.Series:
        """A condition on `fields` for every entry; false where there is no object."""
        return self.spread(expr.alias("flag"))["flag"].fill_null(value=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """LogEntries as read: `texts` are the columns of text and, as JSON, the objects; `objects` are these decoded."""

    texts: pl.DataFrame
    objects: Mapping[str, Objects]

    @property
    def height(self) -> int:
        """How many entries."""
        return self.texts.height


def read(
    lines: bytes,
    schema: pl.Schema,
    repeated: frozenset[str],
    absent: frozenset[str] = frozenset(),
    feeds: int | None = None,
) -> Raw:
    """JSON lines to the columns of `schema`; raises a polars error when any line is not an object of that shape.

    `feeds` is the number of line feeds in `lines`, from those who have counted them.

    Of a `repeated` object the text only tells which lines have the same one: polars writes it without escapes, so the
    object itself is read from the first line that has it. Columns in `absent` are not expected: whether there are any is
    looked up as text, which is cheaper, and when there are they are read after all.
    """
    texts = repeated | absent
    told = pl.Schema({name: pl.String() if name in texts else kind for name, kind in schema.items()})
    frame = pl.read_ndjson(io.BytesIO(lines), schema=told).rechunk()  # a hundred pieces slow down whatever follows
    if any(frame[name].null_count() < frame.height for name in absent):
        return read(lines, schema, repeated, feeds=feeds)
    structs = {name: kind for name, kind in schema.items() if isinstance(kind, pl.Struct)}
    objects = {name: _given(frame[name], kind) for name, kind in structs.items() if name not in repeated}
    whole = frame.height == (lines.count(b"\n") if feeds is None else feeds)
    for name in sorted(repeated):
        objects[name] = _repeated(name, structs[name], frame[name], lines, whole=whole)
    return Raw(frame, objects)


def coded(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each row the place of its text among the distinct texts, null for none; and the first row of each of these."""
    codes = column.cast(pl.Categorical(pl.Categories.random())).to_physical()
    firsts = codes.arg_unique()
    firsts = firsts.filter(codes.gather(firsts).is_not_null())
    return codes, firsts.gather(codes.gather(firsts).arg_sort())


def _repeated(name: str, kind: pl.Struct, column: pl.Series, lines: bytes, *, whole: bool) -> Objects:
    """`whole`: every line is a row. What repeats is met early, so that only the beginning has to be cut into lines."""
    where, firsts = coded(column)
    latest = firsts.max()
    most = int(latest) + 1 if whole and isinstance(latest, int) else -1
    cut = lines.split(b"\n", most) if firsts.len() else []
    rows = cut if whole else [one for one in cut if one.strip()]
    some = b"\n".join(rows[row] for row in firsts)
    found = pl.read_ndjson(io.BytesIO(some), schema={name: kind}) if some else pl.DataFrame(schema={name: kind})
    return Objects(where, found[name].struct.unnest())


def given(frame: pl.DataFrame, names: tuple[str, ...]) -> Raw:
    """The same of columns that are structs already."""
    return Raw(frame, {name: _given(frame[name]) for name in names})


def _given(column: pl.Series, kind: pl.Struct | None = None) -> Objects:
    if kind is not None and column.dtype != kind:
        return Objects(
            pl.repeat(None, column.len(), dtype=pl.UInt32, eager=True), pl.DataFrame(schema=kind.to_schema())
        )
    own = not column.null_count()
    return Objects(_places(column), (column if own else column.drop_nulls()).struct.unnest(), own)


def _places(column: pl.Series) -> pl.Series:
    present = column.is_not_null()
    if present.all():
        return pl.int_range(column.len(), dtype=pl.UInt32, eager=True)
    return pl.select(pl.when(present).then(present.cum_sum().cast(pl.UInt32) - 1)).to_series()
