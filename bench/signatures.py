"""Speed of signatures in memory against Drain3, in one process, interleaved; grouping and growth in two other scripts.

    python bench/signatures.py [LINES] [ROUNDS]          needs ../shared/data and, beside rca, the package drain3

Every line gets its cluster. Texts are the message columns of eight real systems, repeated, their digits replaced by
random ones with a fixed seed: that flatters any mask of digits, real names of users and hosts give more shapes.
"""

import csv
import platform
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import polars as pl

from rca.signatures import line_signatures

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "loghub"
HOMOGENEOUS = ("HDFS", "Hadoop", "OpenSSH", "BGL")
MASKS = (
    (r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?!\w)", "IP"),
    (r"(?<![\w])0x[0-9a-fA-F]+(?!\w)", "HEX"),
    (r"(?<![\w])[0-9a-fA-F]{8,}(?!\w)", "ID"),
    (r"(?<![\w.])[\-+]?\d+(?:\.\d+)?(?![\w.])", "NUM"),
)
"""The four masks that Drain3's own examples use most: address, hexadecimal, identifier, number."""

Runner = Callable[[Sequence[str]], int]


def messages(system: str) -> list[str]:
    with (DATA / f"{system}_2k.csv").open(newline="", encoding="utf-8") as file:
        return [row["Content"] for row in csv.DictReader(file)]


def enlarge(lines: Sequence[str], count: int) -> list[str]:
    """`count` lines with fresh digits, in random order, the same on every machine."""
    choice = random.Random(11)
    digit = re.compile(r"\d")
    picked = (lines[choice.randrange(len(lines))] for _ in range(count))
    return [digit.sub(lambda _: choice.choice("0123456789"), line) for line in picked]


def ours(lines: Sequence[str]) -> int:
    return line_signatures(pl.Series(lines))["id"].n_unique()


def drain(masked: bool) -> Runner:
    from drain3 import TemplateMiner
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    def run(lines: Sequence[str]) -> int:
        config = TemplateMinerConfig()
        config.profiling_enabled = False
        config.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in MASKS] if masked else []
        miner = TemplateMiner(config=config)
        for line in lines:
            miner.add_log_message(line)
        return len(miner.drain.clusters)

    return run


def measure(run: Runner, lines: Sequence[str]) -> tuple[float, float, int]:
    wall, cpu = time.perf_counter(), time.process_time()
    groups = run(lines)
    return time.perf_counter() - wall, time.process_time() - cpu, groups


def main() -> None:
    if not DATA.is_dir():
        sys.exit("../shared/data is not here (development data, not part of the project)")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    systems = sorted(path.name.removesuffix("_2k.csv") for path in DATA.glob("*_2k.csv"))
    workloads = {
        "mixed": [line for system in systems for line in messages(system)],
        **{name: messages(name) for name in HOMOGENEOUS},
    }
    runners: dict[str, Runner] = {
        "rca": ours,
        "drain3, four masks": drain(masked=True),
        "drain3, default": drain(masked=False),
    }
    print(
        f"{platform.machine()}, {platform.python_version()}, polars {version('polars')}, drain3 {version('drain3')}, "
        f"{pl.thread_pool_size()} threads, {count} lines, median of {rounds} interleaved rounds"
    )
    print(f"{'data':10}{'tool':22}{'wall s':>9}{'cpu s':>9}{'lines/s':>12}{'groups':>8}{'× wall':>9}{'× cpu':>9}")
    for name, lines in workloads.items():
        texts = enlarge(lines, count)
        ours(texts[:1000])
        taken: dict[str, list[tuple[float, float, int]]] = {tool: [] for tool in runners}
        for _ in range(rounds):
            for tool, run in runners.items():
                taken[tool].append(measure(run, texts))
        base = [statistics.median(one[index] for one in taken["rca"]) for index in (0, 1)]
        for tool, results in taken.items():
            wall, cpu = (statistics.median(one[index] for one in results) for index in (0, 1))
            print(
                f"{name:10}{tool:22}{wall:9.3f}{cpu:9.3f}{count / wall:12.0f}{results[0][2]:8}{wall / base[0]:9.1f}{cpu / base[1]:9.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
