"""How long `rca --help` takes, as a multiple of `python -c pass` on the same machine in the same minute."""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "rca --help": [sys.executable, "-m", "rca", "--help"],
    "rca analyze --help": [sys.executable, "-m", "rca", "analyze", "--help"],
}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):  # interleaved, so that a busy minute hits all of them
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    unit = statistics.median(taken["python -c pass"])
    print(f"{'command':<20} {'median ms':>10} {'ratio':>7}   target ratio: 10")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:<20} {1000 * median:>10.1f} {median / unit:>7.1f}")


if __name__ == "__main__":
    main()
