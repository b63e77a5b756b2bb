"""Progress on standard error: a line that lives on a terminal, a line now and then in a log, nothing for short work."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rca.model.progress import Progress

LIVE_AFTER, LIVE_EVERY = 1.0, 0.2  # seconds: what is done within a second needs no announcement
LOG_AFTER = LOG_EVERY = 10.0  # a CI job that takes a minute gets five lines, not a thousand
ERASE = "\r\x1b[K"
UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


class Line:
    """What was read so far, of how much, how fast, and for how long yet; rates are means since the beginning."""

    def __init__(self, out: TextIO, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._live, self._clock = out, live, clock
        self._began = clock()
        self._next = self._began + (LIVE_AFTER if live else LOG_AFTER)
        self._expected = self._shown = False
        self._total: int | None = None
        self._size = self._records = 0

    def expect(self, size: int | None) -> None:
        """The first to say it knows the whole; who reads a part of it says so later."""
        if not self._expected:
            self._expected, self._total = True, size

    def advance(self, size: int, records: int) -> None:
        """Count, and say so when it is time."""
        self._size += size
        self._records += records
        now = self._clock()
        if now < self._next:
            return
        self._next = now + (LIVE_EVERY if self._live else LOG_EVERY)
        text = f"rca: {self.text(now)}"
        if self._live:
            self._out.write(ERASE + text[: shutil.get_terminal_size().columns - 1])
            self._shown = True
        else:
            self._out.write(text + "\n")
        self._out.flush()

    def text(self, now: float) -> str:
        """The line at a moment."""
        seconds = max(now - self._began, 1e-9)
        rates = f"{quantity(self._size / seconds)}/s"
        if self._records:
            rates += f", {self._records / seconds:,.0f} records/s"
        if not self._total:
            return f"read {quantity(self._size)}, {rates}"
        done = min(self._size / self._total, 1.0)
        left = span(seconds / done - seconds) + " left" if 0 < done < 1 else "putting it together"
        return f"read {quantity(self._size)} of {quantity(self._total)} ({int(100 * done)} %), {rates}, {left}"

    def end(self) -> None:
        """Take the live line away, so that what follows stands alone."""
        if self._shown:
            self._out.write(ERASE)
            self._out.flush()


def quantity(size: float) -> str:
    """Bytes in decimal units with three figures or so: 950 B, 1.2 kB, 47 MB, 3.41 GB."""
    for unit, name in UNITS:
        if size >= unit:
            value = size / unit
            return f"{value:.{2 if unit >= 10**9 and value < 100 else 1 if value < 10 else 0}f} {name}"
    return f"{size:.0f} B"


def span(seconds: float) -> str:
    """A time to wait: 8 s, 1 min 20 s, 2 h 5 min."""
    whole = max(round(seconds), 1)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@contextmanager
def shown(*, quiet: bool = False) -> Iterator[Progress | None]:
    """Someone to tell of the progress, or None under --quiet. The line is gone when the work is done or has failed."""
    if quiet:
        yield None
        return
    line = Line(sys.stderr, live=sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI"))
    try:
        yield line
    finally:
        line.end()
