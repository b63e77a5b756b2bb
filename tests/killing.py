"""Kill writers of one memory at random points, and count what was lost, torn or broken. Prints one JSON object.

Run: python tests/killing.py FOLDER ROUNDS [early|torn]. With `early` the writers acknowledge before the commit, with `torn`
they write without a transaction: controls in which the count must not be zero, or the test could not fail at all.
"""

import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from remembering import report, run

from rca.history import open_history
from rca.history.record import record
from rca.history.store import History, run_key

WRITERS = 2
LONGEST_S = 0.012  # a commit takes about 1 ms here: every kill meets a writer at another point of one
TESTS = 40
BLIND = 5  # every fifth round does not wait for the first acknowledgement
PATIENCE_S = 5.0
EACH = 1000  # runs of one writer, an hour each: 400 writers end before the year 9999


def write(path: Path, writer: int, acknowledged: int, mode: str) -> None:
    """Remember run after run until killed; each is acknowledged by its key."""
    with open_history(path) as history:
        for n in range(EACH):
            made = run(writer * EACH + n, {f"t{i}": "failed" if i == n % TESTS else "passed" for i in range(TESTS)})
            told = report(made, {"v1:aa": (f"t{n % TESTS}",)})
            line = f"{run_key(told)}\n".encode()
            if mode == "torn":
                _torn(history, told, made, line)
            else:
                if mode == "early":
                    os.write(acknowledged, line)
                history.remember(told, (made,))
            if mode != "early":
                os.write(acknowledged, line)


def _torn(history: History, told: object, made: object, line: bytes) -> None:
    record(history.connection, told, (made,), line.decode().strip())  # type: ignore[arg-type]  # as in write()


def kill(path: Path, number: int, dice: random.Random, mode: str) -> list[str]:
    """One round: start the writers, kill them together, and return the keys they acknowledged."""
    reading, acknowledged = os.pipe()
    children = []
    for n in range(WRITERS):
        child = os.fork()
        if not child:
            write(path, number * WRITERS + n, acknowledged, mode)
            os._exit(0)
        children.append(child)
    os.close(acknowledged)
    if number % BLIND:  # else killed while they open the memory, as likely as not
        select.select([reading], [], [], PATIENCE_S)
    time.sleep(dice.random() * LONGEST_S)
    for child in children:
        os.kill(child, signal.SIGKILL)
    for child in children:
        os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return [line.decode() for line in pipe.read().split(b"\n")[:-1]]


def main() -> None:
    """All rounds, then the count."""
    path, rounds, mode = Path(sys.argv[1]) / "history", int(sys.argv[2]), (sys.argv[3:] or [""])[0]
    open_history(path).connection.close()
    dice, told = random.Random(8), []
    for number in range(rounds):
        told += kill(path, number, dice, mode)
    with closing(sqlite3.connect(path)) as connection:
        kept = {key for (key,) in connection.execute("SELECT key FROM runs")}
        whole = {key for (key,) in connection.execute("SELECT r.key FROM runs r JOIN seen s ON s.run = r.id")}
        executions, packed = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("executions", "packed")
        )
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    torn = len(kept - whole) + abs(executions - packed) + abs(len(kept) - executions)
    lost = len(set(told) - kept)
    sys.stdout.write(
        json.dumps({"acknowledged": len(told), "kept": len(kept), "lost": lost, "torn": torn, "sound": sound})
    )


main()
