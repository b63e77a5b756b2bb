"""A suite element of a JUnit report while it is open."""

from rca.ingest.testdraft import Draft, Span


class Suite:
    """An open suite element."""

    __slots__ = ("failed", "name", "out", "span", "stated", "tag", "under")

    def __init__(self, tag: str, name: str, span: Span | None, *, stated: bool, under: bool) -> None:
        self.tag = tag
        self.name = name
        self.span = span
        self.stated = stated  # it states totals
        self.under = under  # an outer suite states totals that cover it
        self.failed: list[Draft] = []  # the first two: whether there is exactly one is all that matters
        self.out = ""
