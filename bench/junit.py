"""How fast rca reads a large JUnit report, against the standard library's iterparse on the same file.

python bench/junit.py [MEGABYTES] [FILE]
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree.ElementTree import iterparse

from rca.ingest import testreports
from rca.model.piece import Cases

SUITE = 500
OUTPUT = (
    "connected to backend-{n} in {m} ms; GET /api/threads/{n} 200; trace=none; payload accepted by worker {m}\n" * 3
)
TRACE = '  File "/srv/app/handlers/threads.py", line {n}, in handle\n    return await self.store.load(key)\n' * 12


def write(target: Path, size: int) -> int:
    """A pytest-like report of about `size` bytes, 600 a case as in the field; 1 case in 50 fails. Returns the cases."""
    number = 0
    with target.open("w", encoding="utf-8") as out:
        out.write('<?xml version="1.0" encoding="utf-8"?>\n<testsuites>')
        while out.tell() < size:
            out.write(
                f'<testsuite name="suite-{number}" tests="{SUITE}" time="12.5" timestamp="2026-03-04T05:06:07+00:00">'
            )
            for _ in range(SUITE):
                number += 1
                name = f'<testcase classname="tests.unit.test_module_{number % 97}.TestThing" name="test_case_{number}[param]" time="0.{number % 1000:03d}">'
                out.write(name)
                if number % 50 == 0:
                    out.write(
                        f'<failure message="ValueError: bad thing {number}">{TRACE.format(n=number).replace("<", "&lt;")}</failure>'
                    )
                else:
                    out.write(f"<system-out>{OUTPUT.format(n=number, m=number % 61)}</system-out>")
                out.write("</testcase>\n")
            out.write("</testsuite>\n")
        out.write("</testsuites>")
    return number


def ours(path: Path) -> int:
    """Cases read by rca."""
    with path.open("rb") as data:
        runs = [piece.run for piece in testreports.read("junit", 0, str(path), data) if isinstance(piece, Cases)]
    return testreports.counts(*runs)["tests"]


def theirs(path: Path) -> int:
    """Cases seen by iterparse, elements cleared as they end."""
    count = 0
    for _, element in iterparse(path):  # our own file
        count += element.tag == "testcase"
        if element.tag in {"testcase", "testsuite"}:
            element.clear()
    return count


def main() -> None:
    """Each reader in its own process, best of three."""
    if sys.argv[1] in {"ours", "theirs"}:
        reader = ours if sys.argv[1] == "ours" else theirs
        start = time.process_time()
        count = reader(Path(sys.argv[2]))
        print(count, time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    size = int(sys.argv[1]) * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xml"
        cases = write(path, size)
        best: dict[str, tuple[float, int]] = {}
        for name in ("theirs", "ours"):
            runs = []
            for _ in range(3):
                done = subprocess.run(
                    [sys.executable, __file__, name, str(path)], capture_output=True, text=True, check=True
                )
                count, spent, peak = done.stdout.split()
                assert int(count) == cases, f"{name}: {count} of {cases} cases"
                runs.append((float(spent), int(peak)))
            best[name] = min(runs)
        for name, (spent, peak) in best.items():
            print(f"{name:7} {spent:6.2f} s CPU {size / spent / 1e6:6.0f} MB/s  peak {peak} MB")
        print(f"ratio {best['ours'][0] / best['theirs'][0]:.2f} (allowed 2.00), {cases} cases, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    sys.argv[1:] = sys.argv[1:] or ["100"]
    main()
