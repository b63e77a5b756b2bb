"""Logs larger than the machine: generated NDJSON, analysed under a limit, against the digest of its parts.

python bench/huge.py [GIGABYTES] [FOLDER]

Measured on 2 cores that eight other programs shared, 1 GiB of data allowed (RLIMIT_DATA), polars 2.1:

| run | input | time | rate | peak of anonymous memory |
|---|---|---|---|---|
| analyze | 1.00 GB, 3.12 M entries, 4 files | 21 s | 48 MB/s, 150,000 entries/s | 369 MiB |
| digest, 4 shards one after the other, merge, analyze | the same | 52 + 2.4 + 4.3 s | | 316 MiB each |

Both reports are the same. Ten gigabytes have not been run.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PARTS = 4
LIMIT = 1 << 30  # bytes of private memory the child may have; the goal of 512 MiB is for what it really touches
SERVICES = ("shop", "auth", "pay", "mail")


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


def measured(*words: str) -> tuple[bytes, float, float]:
    """Standard output, seconds and the peak of anonymous memory in MiB of one command line under LIMIT."""
    began = time.monotonic()
    peak = 0
    out = Path("/tmp/rca-huge.out")
    with out.open("wb") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "rca", *words], stdout=file,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT)),  # noqa: PLW1509  # no threads here
            env={**os.environ, "POLARS_MAX_THREADS": "2"},
        )  # fmt: skip
        while child.poll() is None:
            peak = max(peak, anonymous(child.pid))
            time.sleep(0.05)
    assert child.returncode == 0, words
    return out.read_bytes(), time.monotonic() - began, peak / 1024


def anonymous(pid: int) -> int:
    """KiB of memory that no file stands behind."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")), 0)


def essence(raw: bytes) -> dict[str, Any]:
    """The report without what names the inputs."""
    report: dict[str, Any] = json.loads(raw)
    return {name: report[name] for name in ("verdict", "window", "traffic", "no_change")} | {
        "issues": [{key: issue[key] for key in ("id", "title", "count", "first_at", "last_at", "role", "services")} for issue in report["issues"]],
        "suspects": [(one["issue"], one["change"], one["p"]) for one in report["suspects"]],
    }  # fmt: skip


def main() -> None:
    gigabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else "/tmp/rca-huge")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = generate(folder, gigabytes)
    size = sum(path.stat().st_size for path in paths)
    whole, took, peak = measured("analyze", *map(str, paths), "--no-history", "--format", "json", "--quiet")
    count = sum(source["read"] for source in json.loads(whole)["coverage"]["sources"])
    print(
        f"| analyze | {size / 1e9:.2f} GB | {count:,} entries | {took:.0f} s | {size / 1e6 / took:.0f} MB/s | {count / took:,.0f} entries/s | {peak:.0f} MiB anonymous |"
    )
    digests = []
    total = 0.0
    for part in range(PARTS):
        digests.append(str(folder / f"d{part}"))
        _, took, peak = measured("digest", *map(str, paths), "--shard", f"{part}/{PARTS}", "-o", digests[-1])
        total += took
    _, merged, _ = measured("merge", *digests, "-o", str(folder / "all"))
    parts, took, _ = measured("analyze", str(folder / "all"), "--no-history", "--format", "json", "--quiet")
    print(
        f"| digest in {PARTS} shards | {total:.0f} s | merge {merged:.1f} s | analyze {took:.1f} s | {peak:.0f} MiB anonymous each |"
    )
    print(f"| same report | {essence(whole) == essence(parts)} |")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
