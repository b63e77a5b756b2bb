"""Kill writers of one memory at random points, and count what was lost, torn or broken. Prints one JSON object.

Run: python tests/killing.py FOLDER ROUNDS [early|torn|unjournaled]. Controls in which the count must not be zero, or the test
could not fail at all: with `early` the writers acknowledge before the commit, with `torn` they write without a transaction,
with `unjournaled` the database has no journal to roll back from.
"""

import json
import os
import random
import select
import signal
import sqlite3
import statistics
import sys
import time
from contextlib import closing
from pathlib import Path

from remembering import report, run

from rca.history import open_history
from rca.history.record import record
from rca.history.store import History, run_key
from rca.model import Report

WRITERS = 2
COMMITS = 3  # a kill comes up to so many commits after the first acknowledgement: it meets a writer at any point of one
MEASURED = 9
KEY = 33  # bytes of one acknowledgement
PAGES = 8  # of cache: pages reach the file during a transaction too, as they do where a night outgrows the cache
TESTS = 40
MANY = tuple(f"another test {n}" for n in range(20))
BLIND = 5  # every fifth round does not wait for the first acknowledgement
PATIENCE_S = 5.0
EACH = 1000  # runs of one writer, an hour each: 400 writers end before the year 9999


def night(n: int) -> Report:
    """One run of 40 tests, of which one failed, with enough issues to fill more pages than the cache holds.

    Its outcomes are those of the report: to clean the names of a run, every child would have to start threads first.
    """
    made = run(n, {f"t{i}": "failed" if i == n % TESTS else "passed" for i in range(TESTS)})
    return report(made, {f"v1:{i:04d}": (f"t{n % TESTS}", *MANY) for i in range(TESTS)})


def pace(folder: Path) -> float:
    """Seconds of one commit on this disk, at the median; by a child, as later."""
    reading, told = os.pipe()
    child = os.fork()
    if not child:
        write(folder / "pace", 0, told, "", MEASURED)
        os._exit(0)
    os.close(told)
    spent, began = [], time.perf_counter()
    while os.read(reading, KEY):
        spent.append(time.perf_counter() - began)
        began = time.perf_counter()
    os.waitpid(child, 0)
    return statistics.median(spent)


def write(path: Path, writer: int, acknowledged: int, mode: str, nights: int = EACH) -> None:
    """Remember run after run until killed; each is acknowledged by its key."""
    with open_history(path) as history:
        history.connection.execute(f"PRAGMA cache_size = {PAGES}")
        if mode == "unjournaled":
            history.connection.execute("PRAGMA journal_mode = OFF")
        for n in range(nights):
            told = night(writer * EACH + n)
            line = f"{run_key(told)}\n".encode()
            if mode == "torn":
                _torn(history, told, line)
            else:
                if mode == "early":
                    os.write(acknowledged, line)
                history.remember(told)
            if mode != "early":
                os.write(acknowledged, line)


def _torn(history: History, told: Report, line: bytes) -> None:
    record(history.connection, told, (), line.decode().strip())


def kill(path: Path, number: int, wait: float, mode: str) -> list[str]:
    """One round: start the writers, kill them together, and return the keys they acknowledged."""
    reading, acknowledged = os.pipe()
    children = []
    for n in range(WRITERS):
        child = os.fork()
        if not child:
            try:
                write(path, number * WRITERS + n, acknowledged, mode)
            finally:  # also where the file is beyond writing, as without a journal: never on into the rounds of the parent
                os._exit(0)
        children.append(child)
    os.close(acknowledged)
    if number % BLIND:  # else killed while they open the memory, as likely as not
        select.select([reading], [], [], PATIENCE_S)
    time.sleep(wait)
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return [line.decode() for line in pipe.read().split(b"\n")[:-1]]


def main() -> None:
    """All rounds, then the count."""
    folder, rounds, mode = Path(sys.argv[1]), int(sys.argv[2]), (sys.argv[3:] or [""])[0]
    path = folder / "history"
    open_history(path).connection.close()
    dice, told, longest = random.Random(8), list[str](), COMMITS * pace(folder)
    for number in range(rounds):
        told += kill(path, number, dice.random() * longest, mode)
    with closing(sqlite3.connect(path)) as connection:
        sys.stdout.write(json.dumps({"acknowledged": len(told), **counted(connection, set(told))}))


def counted(connection: sqlite3.Connection, told: set[str]) -> dict[str, int | bool]:
    """Runs kept, acknowledged ones lost, runs of which a part is missing; a damaged file has lost all that it cannot show."""
    try:
        kept = {key for (key,) in connection.execute("SELECT key FROM runs")}
        parts = "SELECT r.key FROM runs r JOIN seen s ON s.run = r.id GROUP BY r.key HAVING count(*) = ?"
        whole = {key for (key,) in connection.execute(parts, (TESTS,))}
        executions, packed = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("executions", "packed")
        )
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    except sqlite3.DatabaseError:
        return {"kept": 0, "lost": len(told), "torn": 0, "sound": False}
    torn = len(kept - whole) + abs(executions - packed) + abs(len(kept) - executions)
    return {"kept": len(kept), "lost": len(told - kept), "torn": torn, "sound": sound}


main()
