"""python -m bench.incidents OUT [--seeds 0-4] [--families a,b]: write labelled incidents, one folder each."""

import argparse
from pathlib import Path
from random import Random

from bench.incidents import commits, negative, noise, positive, several
from bench.incidents.script import Script
from bench.incidents.world import build
from bench.incidents.write import beyond_doubt, play, write

FAMILIES = {family.__name__: family for family in (*positive.FAMILIES, *several.FAMILIES, *negative.FAMILIES)}


def incident(family: str, seed: int, folder: Path) -> None:
    """Write one incident: a function of family and seed alone. A script whose cause left no trace is drawn anew."""
    for attempt in range(50):
        script = script_of(family, f"{seed}/{attempt}")
        out, runs = play(script)
        if beyond_doubt(script, out):
            write(script, out, runs, folder)
            return
    raise SystemExit(f"{family}/{seed}: no script left its cause in the evidence")


def script_of(family: str, seed: str) -> Script:
    """The script of one draw."""
    rng = Random(f"{family}/{seed}")
    base = rng.uniform(6, 12)
    script = Script(
        family=family,
        rng=rng,
        world=build(rng),
        length=rng.choice((7200.0, 9000.0, 10800.0)),
        rate=lambda _at: base,
        traced=rng.choice((0.0, 0.5, 0.95, 1.0)),
        files_known=rng.random() < 0.6,
    )
    script.audited = not script.files_known and rng.random() < 0.6
    FAMILIES[family](script)
    noise.add(script)
    if script.files_known and rng.random() < 0.5:
        commits.add(script)
    return script


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", default="0-4", help="first-last, both included")
    parser.add_argument("--families", default=",".join(FAMILIES))
    options = parser.parse_args()
    first, _, last = options.seeds.partition("-")
    for family in options.families.split(","):
        for seed in range(int(first), int(last or first) + 1):
            incident(family, seed, options.out / f"{family}-{seed:03d}")


if __name__ == "__main__":
    main()
