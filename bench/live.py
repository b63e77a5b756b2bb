"""Speed of live reading: 200,000 entries over a real gRPC server on loopback to the frame of occurrences.

python bench/live.py [ENTRIES] [--rounds N]

The server of the tests runs in a process of its own; the reader pages by 1000, stores every page before it asks for the
next, and writes no log; only the pace of 54 reads a minute, which the real service imposes, is taken away. Goal:
80,000 entries a second of the reader's CPU time (the wall time has the server's in it, and the machine's other work).
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOAL = 80_000


def serve(count: int) -> None:
    """Print the address and answer until the parent closes our standard input."""
    sys.path.insert(0, str(ROOT / "tests"))
    from test_cloud_server import Fake, logs
    from test_cloud_server import serve as running

    with running(Fake(logs(count, every_ns=7200 * 10**9 // count))) as address:
        print(address, flush=True)
        sys.stdin.read()


def read(address: str) -> None:
    """Read everything once and print entries, CPU and wall seconds, and peak memory."""
    from rca.ingest.cloud import Live
    from rca.ingest.cloud import read as reading
    from rca.ingest.cloud_pace import Clock
    from rca.ingest.cloud_query import Query
    from rca.model.piece import Occurrences
    from rca.when import to_ns

    now = [0.0]
    clock = Clock(now=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
    start = to_ns("2026-03-04T05:00:00Z") or 0
    query = Query(projects=("p1",), since_ns=start, until_ns=start + 7200 * 10**9, since_text="bench")
    with tempfile.TemporaryDirectory(prefix="rca-bench-") as folder:
        before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        pieces = reading(query, Live(Path(folder), clock=clock), {"RCA_LOGGING_ENDPOINT": address})
        entries = sum(int(piece.frame["lines"].sum()) for piece in pieces if isinstance(piece, Occurrences))
        after, ended = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"entries": entries, "cpu": cpu, "wall": ended - began, "peak": after.ru_maxrss / 1000}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entries", nargs="?", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.entries)
        return
    if given.read:
        read(given.read)
        return
    command = [sys.executable, __file__, str(given.entries)]
    with subprocess.Popen([*command, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        rows = [
            json.loads(subprocess.run([*command, "--read", address], capture_output=True, text=True, check=True).stdout)
            for _ in range(given.rounds)
        ]
        server.communicate()
    best = min(rows, key=lambda row: row["cpu"])
    assert best["entries"] == given.entries, rows
    rate = best["entries"] / best["cpu"]
    print(f"{given.entries:,} entries, best of {given.rounds} by CPU; Python {platform.python_version()}")
    print(
        f"{best['cpu']:.2f} s CPU, {best['wall']:.2f} s wall, peak {best['peak']:.0f} MB: {rate:,.0f} entries/s of CPU, {best['entries'] / best['wall']:,.0f} of wall"
    )
    print(f"goal ≥ {GOAL:,}   {'reached' if rate >= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main()
