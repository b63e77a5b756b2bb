"""One stream (a log of one instance) in time order: which of its lines belong together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rca.ingest import grammar as g
from rca.ingest.joining import BURST_NS, CLOSE_NS, CLOSED, FRAMES, GROUP, MORE, Joining, language_of, opened

GAP_NS = 1_000_000_000
ALONE_NS = 2_000_000_000  # nothing else is open: the last line of a real traceback came 1.08 s after its frames
INSIDE_MAX = 2_000  # lines of one entry that are looked at
LOOK_BACK = 3
MESSAGE_MAX = 8  # lines of a message between a Java head and its first frame


@dataclass(slots=True)
class Stream:
    """Texts and times (ns; null times stand still) of neighbouring rows; `breaks` are rows after which rows are missing."""

    texts: Sequence[str]
    times: Sequence[int]
    open: list[Joining] = field(default_factory=list)
    done: list[Joining] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)

    def joined(self) -> list[Joining]:
        """Every occurrence found, in order of its first row."""
        for row, text in enumerate(self.texts):
            if row not in self.taken:
                self._take(row, text)
        self.done += self.open
        return sorted(self.done, key=lambda one: one.rows[0])

    def _take(self, row: int, text: str) -> None:
        lines = text.split("\n", INSIDE_MAX)[:INSIDE_MAX]
        first = g.bare(lines[0])
        at = self.times[row]
        self._expire(at)
        if not first.strip() and len(lines) == 1:
            for one in self.open:
                one.pending.append(row)
            return
        reach = self._at_head(row, first)
        found = None if reach else self._continued(row, first, at)
        taker = found or self._start(row, lines, first, at, reach)
        if taker is not None:
            taker.size += len(text)
            self.taken.add(row)
            _inside(taker, lines[1:])

    def _expire(self, at: int) -> None:
        running = sum(one.state != CLOSED for one in self.open)
        late = [
            one
            for one in self.open
            if at - one.last_at > (ALONE_NS if running == 1 and one.state != CLOSED else GAP_NS)
        ]
        if late:
            self.done += late
            self.open = [one for one in self.open if one not in late]

    def _continued(self, row: int, line: str, at: int) -> Joining | None:
        """The open occurrence that this line continues; between threads the one that expects it, else the longest silent.

        A sentence that chains two tracebacks belongs to the one that closed last.
        """
        fits: list[tuple[bool, int, Joining, str]] = []
        for one in self.open:
            adjacent = row - one.last_row - len(one.pending) == 1
            state = one.next_state(line, at - one.last_at, adjacent=adjacent)
            if state is not None:
                expected = one.after_file and g.is_indented(line) and not g.PY_FILE.match(line)
                fits.append((not expected, one.last_row, one, state))
        if not fits:
            return None
        chained = bool(g.PY_CHAIN.match(line))
        fits.sort(key=lambda fit: (fit[0], -fit[1] if chained else fit[1]))
        strict, _, one, state = fits[0]
        running = [fit for fit in fits if fit[0] == strict and fit[2].state in {FRAMES, GROUP}]
        if len(running) > 1:
            for fit in running:
                fit[2].ambiguous = True
        one.add(row, line, state, at)
        return one

    def _start(self, row: int, lines: list[str], first: str, at: int, reach: int) -> Joining | None:
        if reach:
            one = Joining("at", MORE, [row], at, row)
        elif language := language_of(first):
            one = Joining(language, opened(first) if language == "python" else MORE, [row], at, row)
        elif any("Traceback (most recent call last):" in line for line in lines[1:4]):
            one = Joining("python", CLOSED, [row], at, row)  # a logger's line and the traceback in one entry
        elif g.PY_FILE.match(first):
            one = Joining("python", FRAMES, [row], at, row, headless=True, after_file=True)
        elif g.STACK_AT.match(first):
            one = Joining("at", MORE, [row], at, row, headless=True)
        else:
            return None
        before = list(self._before(row, one))
        one.rows = [*before, *one.rows]
        for extra in range(row + 1, row + reach):
            one.add(extra, "", MORE, self.times[extra])
        self.taken.update(one.rows)
        if one.language == "at":
            self.done += [old for old in self.open if old.language == "at"]
            self.open = [old for old in self.open if old.language != "at"]
        self.open.append(one)
        return one

    def _at_head(self, row: int, line: str) -> int:
        """Rows from a Java, .NET or Node head to its first frame; 0 when this is no such head."""
        if g.is_indented(line) or not g.AT_HEAD.search(line) or line.startswith(("Caused by:", "Traceback")):
            return 0
        for ahead in range(1, MESSAGE_MAX + 1):
            if row + ahead >= len(self.texts) or self.times[row + ahead] - self.times[row] > GAP_NS:
                return 0
            following = g.bare(self.texts[row + ahead])
            if g.STACK_AT.match(following) or following.startswith(" ---> "):
                return ahead
            if g.is_record(following) or language_of(following) or (ahead > 1 and g.AT_HEAD.search(following)):
                return 0
        return 0

    def _before(self, row: int, one: Joining) -> Iterator[int]:
        """Rows above a head that belong to it: what its logger said, or, headless, the rest of a frame."""
        reach = 0
        for back in range(1, (LOOK_BACK if one.language != "at" else MESSAGE_MAX) + 1):
            place = row - back
            if place < 0 or place in self.taken or self.times[place + 1] - self.times[place] > CLOSE_NS:
                break
            line = g.bare(self.texts[place].split("\n", 1)[0])
            tight = self.times[place + 1] - self.times[place] <= 5 * BURST_NS
            if one.headless:
                if not (g.is_indented(line) and tight):
                    break
                reach = back
            elif g.CONTEXT.match(line):
                continue
            elif g.NODE_SITE.match(line) or (
                not g.is_indented(line) and g.is_alarm(line) and not g.STACK_AT.match(line)
            ):
                reach = back
                break
            elif not tight or g.is_record(line):
                break
        yield from range(row - reach, row)


def _inside(one: Joining, lines: list[str]) -> None:
    """The other lines of an entry of several lines move the state; they belong to it whatever they say."""
    for line in lines:
        seen = g.bare(line)
        if not seen.strip():
            continue
        if one.language == "python" and g.PYTHON.search(seen) and one.state != GROUP:
            one.state = opened(seen)
        else:
            one.state = one.next_state(seen, 0, adjacent=True) or one.state
        one.after_file = bool(g.PY_FILE.match(seen))
