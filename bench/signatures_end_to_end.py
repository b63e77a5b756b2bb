"""From log entries as JSON lines to a digest, against orjson + Drain3 and against a bare parse, each in its own process.

    python bench/signatures_end_to_end.py [ENTRIES] [ROUNDS]     needs ../shared/data; beside rca: drain3, orjson

Prints wall and processor seconds (start of the process included), peak resident memory, and the growth from
ENTRIES to four times as many. Messages are those of bench/signatures.py, with three services and three revisions.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from signatures import DATA, MASKS, enlarge, messages

CHUNK = 100_000
WORKERS = ("bare parse", "rca digest", "orjson + drain3")


def generate(path: Path, count: int) -> None:
    choice = random.Random(3)
    lines = [line for file in sorted(DATA.glob("*_2k.csv")) for line in messages(file.name.removesuffix("_2k.csv"))]
    at = 0
    with path.open("w", encoding="utf-8") as out:
        for start in range(0, count, CHUNK):
            for text in enlarge(lines, min(CHUNK, count - start)):
                at += choice.randrange(40)
                service = choice.choice(("shop", "cart", "auth"))
                stamp = f"2025-09-{1 + at // 86_400_000:02}T{at // 3_600_000 % 24:02}:{at // 60_000 % 60:02}:{at // 1000 % 60:02}.{at % 1000:03}Z"
                entry = {
                    "insertId": f"{choice.getrandbits(64):016x}",
                    "timestamp": stamp,
                    "severity": choice.choice(("INFO", "INFO", "INFO", "DEFAULT", "ERROR")),
                    "textPayload": text,
                    "resource": {
                        "type": "cloud_run_revision",
                        "labels": {"service_name": service, "revision_name": f"{service}-0000{at % 3}"},
                    },
                    "labels": {"instanceId": "0" * 120},
                    "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
                }
                out.write(json.dumps(entry) + "\n")


def bare(path: str) -> int:
    import polars as pl

    fields = ("insertId", "timestamp", "severity", "textPayload", "logName")
    schema: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(fields, pl.String)
    schema["resource"] = pl.Struct(
        {"type": pl.String, "labels": pl.Struct({"service_name": pl.String, "revision_name": pl.String})}
    )
    schema["labels"] = pl.Struct({"instanceId": pl.String})
    frame = pl.scan_ndjson(path, schema=schema).select(
        pl.len(), *(pl.col(name).count().alias(f"n {name}") for name in schema)
    )
    return int(frame.collect(engine="streaming")["len"].item())


def ours(path: str) -> int:
    from rca.digest import digest

    return int(digest([path]).digest.shapes["count"].sum())


def drain(path: str) -> int:
    import orjson
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.profiling_enabled = False
    config.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in MASKS]
    miner = TemplateMiner(config=config)
    count = 0
    with Path(path).open("rb") as file:
        for line in file:
            miner.add_log_message(orjson.loads(line)["textPayload"])
            count += 1
    return count


def work(name: str, path: str) -> None:
    started = time.perf_counter()
    count = {"bare parse": bare, "rca digest": ours, "orjson + drain3": drain}[name](path)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([count, time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))


def run(name: str, path: Path) -> Sequence[float]:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--work", name, str(path)], check=True, capture_output=True, text=True
    )
    count, _, cpu, memory = json.loads(done.stdout.splitlines()[-1])
    return (time.perf_counter() - started, cpu, memory, count)


def medians(results: Sequence[Sequence[float]]) -> list[float]:
    return [statistics.median(one[index] for one in results) for index in range(4)]


def main() -> None:
    if not DATA.is_dir():
        sys.exit("../shared/data is not here (development data, not part of the project)")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.jsonl", Path(folder) / "large.jsonl"
        generate(small, count)
        print(f"{count} entries, {small.stat().st_size / 1e6:.0f} MB, median of {rounds} interleaved rounds")
        taken: dict[str, list[Sequence[float]]] = {name: [] for name in WORKERS}
        for _ in range(rounds):
            for name in WORKERS:
                taken[name].append(run(name, small))
        base = medians(taken["rca digest"])
        print(f"{'':18}{'wall s':>9}{'cpu s':>9}{'peak MB':>9}{'× wall':>8}{'× cpu':>8}")
        for name, results in taken.items():
            wall, cpu, memory, seen = medians(results)
            assert seen == count, f"{name}: {seen}"
            print(f"{name:18}{wall:9.2f}{cpu:9.2f}{memory:9.0f}{wall / base[0]:8.2f}{cpu / base[1]:8.2f}", flush=True)
        with large.open("wb") as out:
            for _ in range(4):
                out.write(small.read_bytes().replace(b'"insertId": "', f'"insertId": "{_}'.encode()))
        wall, cpu, memory, seen = medians([run("rca digest", large) for _ in range(rounds)])
        print(
            f"growth 4 ×: {wall / base[0]:.2f} × wall, {cpu / base[1]:.2f} × cpu, {memory:.0f} MB against {base[2]:.0f} MB, {seen:.0f} entries"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(*sys.argv[2:])
    else:
        main()
