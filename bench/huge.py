"""Logs larger than the machine: generated NDJSON, analysed under a limit, against the digest of its parts.

python bench/huge.py [GIGABYTES] [FOLDER]      (10 and /tmp/rca-huge; the folder needs that much room)

What was measured stands in bench/results/huge.txt. The limit is of RLIMIT_DATA, which counts private memory that was
asked for, touched or not: it is stricter than a memory cgroup of the same size, which counts touched pages only.
"""

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

PARTS = 4
LIMIT = 1 << 30  # bytes of private memory a child may have; the goal of 512 MiB is for what it really touches
SERVICES = ("shop", "auth", "pay", "mail")
DIFFERS = ("tool", "coverage", "evidence")
"""What names the inputs: the command, the files read, and the texts cited by file and line."""


def generate(folder: Path, gigabytes: float) -> list[Path]:
    """PARTS files of entries in time order: requests, info lines, and from half-way on an exception of a new revision."""
    size = int(gigabytes * 1e9 / PARTS)
    paths = [folder / f"part{number}.jsonl" for number in range(PARTS)]
    number, seconds = 0, 1_757_400_000.0
    for place, path in enumerate(paths):
        written = 0
        with path.open("w") as out:
            while written < size:
                block = []
                for _ in range(2000):
                    number += 1
                    seconds += 0.001
                    block.append(entry(number, seconds, bad=place >= PARTS // 2 and number % 211 == 0))
                text = "\n".join(block) + "\n"
                out.write(text)
                written += len(text)
    return paths


def entry(number: int, seconds: float, *, bad: bool) -> str:
    """About 330 bytes."""
    service = SERVICES[0] if bad else SERVICES[number % 4]
    revision = f"{service}-0000{2 if bad else 1}-abc"
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{number % 1_000_000:06}Z"
    text = (
        f"ValueError: invalid literal for int() with base 10: 'user-{number}'"
        if bad
        else f"order {number} of customer {number * 7919 % 100_003} stored in {number % 97} ms by worker {number % 13}"
    )
    severity = "ERROR" if bad else "INFO"
    return (
        f'{{"insertId":"i{number:x}","timestamp":"{stamp}","severity":"{severity}","textPayload":"{text}",'
        f'"logName":"projects/p/logs/run.googleapis.com%2Fstderr","resource":{{"type":"cloud_run_revision",'
        f'"labels":{{"service_name":"{service}","revision_name":"{revision}"}}}}}}'
    )


@dataclass(frozen=True)
class Run:
    """Standard output and error, seconds of wall and processor, and the peak of anonymous memory in MiB."""

    out: bytes
    said: list[str]
    wall: float
    cpu: float
    peak: float


def measured(*words: str) -> Run:
    """One command line under LIMIT."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = 0
    out, said = Path("/tmp/rca-huge.out"), Path("/tmp/rca-huge.err")
    with out.open("wb") as file, said.open("wb") as error:
        child = subprocess.Popen(
            [sys.executable, "-m", "rca", *words], stdout=file, stderr=error,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT)),  # noqa: PLW1509  # no threads here
            env={**os.environ, "POLARS_MAX_THREADS": "2"},
        )  # fmt: skip
        while child.poll() is None:
            peak = max(peak, anonymous(child.pid))
            time.sleep(0.05)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = said.read_text().splitlines()
    assert child.returncode == 0, (words, lines[-3:])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(out.read_bytes(), lines, time.monotonic() - began, cpu, peak / 1024)


def anonymous(pid: int) -> int:
    """KiB of memory that no file stands behind, of a process and of those it started."""
    total = 0
    for one in (pid, *children(pid)):
        try:
            status = Path(f"/proc/{one}/status").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")), 0)
    return total


def children(pid: int) -> list[int]:
    """Processes started by one."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def essence(raw: bytes) -> dict[str, Any]:
    """The report without what names the inputs; in refs a file has its own number, not that inside a digest."""
    plain = re.sub(rb'"log:(\d{5,}):', lambda found: b'"log:%d:' % ((int(found[1]) >> 16) - 1), raw)
    report: dict[str, Any] = json.loads(plain)
    return {name: value for name, value in report.items() if name not in DIFFERS}


def differing(one: Any, other: Any, where: str = "") -> list[str]:
    """Places at which two reports differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            place
            for key in sorted({*one, *other})
            for place in differing(one.get(key), other.get(key), f"{where}.{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [place for a, b in zip(one, other, strict=True) for place in differing(a, b, f"{where}[]")]
    return [] if one == other else [f"{where}: {str(one)[:80]} | {str(other)[:80]}"]


def head() -> str:
    """Machine, versions and load, for the table."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return (
        f"{time.strftime('%Y-%m-%dT%H:%MZ', time.gmtime())} · commit {commit.strip()} · "
        f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} · "
        f"Python {platform.python_version()}, polars {version('polars')} · RLIMIT_DATA {LIMIT >> 20} MiB"
    )


def row(name: str, run: Run, size: float, count: int) -> str:
    """One line of the table."""
    return f"{name:28} {run.wall:7.0f} {run.cpu:7.0f} {size / 1e6 / run.cpu:10.0f} {count / run.cpu:12,.0f} {run.peak:9.0f}"


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "/tmp/rca-huge")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    print(head(), flush=True)
    paths = [str(path) for path in generate(folder, gigabytes)]
    size = sum(Path(path).stat().st_size for path in paths)
    whole = measured("analyze", *paths, "--no-history", "--format", "json")
    count = sum(source["read"] for source in json.loads(whole.out)["coverage"]["sources"])
    print(f"$ python bench/huge.py {gigabytes:g}\n{size / 1e9:.2f} GB, {count:,} entries, {PARTS} files\n")
    print(f"{'run':28} {'wall s':>7} {'cpu s':>7} {'MB/cpu s':>10} {'entries/cpu s':>12} {'anon MiB':>9}")
    print(row("analyze", whole, size, count), flush=True)
    digests = []
    for part in range(PARTS):
        digests.append(str(folder / f"d{part}"))
        run = measured("digest", *paths, "--shard", f"{part}/{PARTS}", "-o", digests[-1])
        print(row(f"digest --shard {part}/{PARTS}", run, size / PARTS, count // PARTS), flush=True)
    merged = measured("merge", *digests, "-o", str(folder / "all"))
    parts = measured("analyze", str(folder / "all"), "--no-history", "--format", "json")
    print(row("merge", merged, size, count))
    print(row("analyze the digest", parts, size, count))
    digested = sum(Path(path).stat().st_size for path in digests)
    print(f"\ndigests: {digested / 1e6:.2f} MB, merged {(folder / 'all').stat().st_size / 1e6:.2f} MB")
    differences = differing(essence(whole.out), essence(parts.out))
    print(
        f"report of the whole and of the parts: {'the same' if not differences else 'NOT the same'} (all but {', '.join(DIFFERS)})"
    )
    print("\n".join(differences[:20]))
    print("progress, as a log shows it:", *[f"  {line}" for line in (whole.said[:2] + whole.said[-2:])], sep="\n")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
