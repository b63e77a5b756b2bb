"""One printed exception while it is being put together from the lines of a stream."""

from collections.abc import Callable
from dataclasses import dataclass, field
from re import Pattern
from typing import Final

from rca.ingest import grammar as g

LINES_MAX = 10_000
SIZE_MAX = 1 << 20  # characters of one occurrence
BURST_NS = 200_000  # lines of one write follow each other within tens of microseconds on Cloud Run
CLOSE_NS = 50_000_000  # still clearly the same print
SYNTAX_LINES = 5  # place, source line, caret, message
TAIL_MAX = 20  # lines of free text beneath an exception line (notes, messages of several lines)

Rule = Callable[["Joining", str, int], str | None]

FRAMES: Final = "frames"  # expects frames or the exception line
CLOSED: Final = "closed"  # the exception line was seen
CHAIN: Final = "chain"  # "The above exception …" was seen: a traceback follows
GROUP: Final = "group"  # inside an exception group
MORE: Final = "more"  # languages whose heads come first and whose ends are not marked


@dataclass(slots=True, eq=False)
class Joining:
    """Rows that belong together so far, in a grammar, with the state the last line left it in."""

    language: str
    state: str
    rows: list[int]
    last_at: int
    last_row: int
    headless: bool = False
    ambiguous: bool = False
    after_file: bool = False
    size: int = 0
    tail: int = 0
    pending: list[int] = field(default_factory=list)  # blank lines: kept only when something follows

    def next_state(self, line: str, gap: int, *, adjacent: bool) -> str | None:
        """State after `line`, or None when it does not belong here. `gap` in ns; `adjacent`: no stranger in between."""
        if len(self.rows) >= LINES_MAX or self.size >= SIZE_MAX:
            return None
        if self.language == "python":
            return _python(self, line, gap, adjacent=adjacent)
        return _other(self, line, gap, adjacent=adjacent)

    def add(self, row: int, line: str, state: str, at: int) -> None:
        """Take a row in."""
        self.rows += [*self.pending, row]
        self.pending.clear()
        self.tail = self.tail + 1 if state == self.state == CLOSED else 0
        self.state = state
        self.after_file = bool(g.PY_FILE.match(line))
        self.last_at, self.last_row = at, row
        if g.PY_SYNTAX.match(line) and len(self.rows) <= SYNTAX_LINES:
            self.headless = False  # the parser's own report has no head

    @property
    def partial(self) -> bool:
        """The head or the end is missing, or lines of two threads could not be told apart."""
        unfinished = self.language == "python" and self.state in {FRAMES, CHAIN}
        return self.headless or self.ambiguous or unfinished or len(self.rows) >= LINES_MAX or self.size >= SIZE_MAX


def _python(self: Joining, line: str, gap: int, *, adjacent: bool) -> str | None:
    if self.state == GROUP and (g.PY_GROUP.match(line) or (g.is_indented(line) and not g.PYTHON.search(line))):
        return GROUP
    if g.PYTHON.search(line):
        return opened(line) if self.state == CHAIN else None
    if g.PY_CHAIN.match(line):
        return CHAIN
    if self.state == FRAMES:
        ended = CLOSED if g.PY_CLOSE.match(line) and not g.is_record(line) else None
        return FRAMES if g.is_indented(line) else ended
    return CLOSED if self.state == CLOSED and adjacent and _belongs_beneath(self, line, gap) else None


def _belongs_beneath(self: Joining, line: str, gap: int) -> bool:
    """Details of a driver, an indented rest of the message, or free text of the very same write."""
    if g.is_detail(line):
        return True
    if g.PY_FILE.match(line):
        return False
    if g.is_indented(line):
        return gap <= CLOSE_NS
    return gap <= BURST_NS and self.tail < TAIL_MAX and not g.is_record(line) and not g.is_alarm(line)


_MORE: Final[dict[str, tuple[Pattern[str], ...]]] = {
    "at": (g.STACK_AT, g.AT_MORE),
    "go": (g.GO_MORE,),
    "rust": (g.RUST_MORE,),
    "ruby": (g.RUBY_MORE,),
    "php": (g.PHP_MORE,),
}


def _other(self: Joining, line: str, gap: int, *, adjacent: bool) -> str | None:
    if any(pattern.match(line) for pattern in _MORE[self.language]):
        return MORE
    if g.is_indented(line) and adjacent and gap <= CLOSE_NS:
        return MORE
    if len(self.rows) == 1 and adjacent and gap <= CLOSE_NS and self.language in {"rust", "go"}:
        return None if g.is_record(line) else MORE  # the message stands on the line beneath the head
    return None


def opened(line: str) -> str:
    """The state a Python head leaves behind."""
    return GROUP if line.lstrip(" |").startswith("+ Exception Group") else FRAMES


_HEADS: Final = (("go", g.GO), ("rust", g.RUST), ("ruby", g.RUBY), ("php", g.PHP))


def language_of(line: str) -> str | None:
    """The language whose head this line is; the `at` family is told by what follows, see `stitch`."""
    if g.PYTHON.search(line):
        return "python"
    return next((name for name, head in _HEADS if head.search(line)), None)
