"""Grouping on eight labelled systems, and how far thresholds and masks chosen on six of them carry to the other two.

    python bench/signatures_grouping.py          needs ../shared/data and ../shared/tools

For each of the 28 splits, thresholds are taken from a grid and masks are kept or dropped by what scores best on the six;
the other two are scored with that choice. What this cannot undo: the masks were *written* while looking at all eight.
"""

import csv
import importlib.util
import itertools
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import polars as pl

from rca.signatures import line_signatures, mask, tokens

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
DATA = SHARED / "data" / "loghub"
SYSTEMS = ("Android", "Apache", "BGL", "HDFS", "Hadoop", "HealthApp", "Linux", "OpenSSH")
MEASURES = ("GA", "FGA", "PA", "FTA")
MASKS, LIMITS = mask.MASKS, dict(tokens.LIMITS)
NEEDED = frozenset({"control", "space", "edge space"})  # not a matter of score
GRID = tuple(itertools.product((2, 3), (2, 3, 4), (2, 3, 4), (3, 4, 5)))  # path, value, quoted, word and name

Config = tuple[tuple[int, int, int, int], frozenset[str]]
OURS: Config = ((LIMITS["path"], LIMITS["value"], LIMITS["quoted"], LIMITS["word"]), frozenset())


def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("eval_ga", SHARED / "tools" / "eval_ga.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def truth(system: str) -> tuple[pl.Series, list[int], dict[int, str], dict[int, str]]:
    with (DATA / f"{system}_2k.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    groups, templates = JUDGE.load_truth(str(DATA / f"{system}_2k.csv"))
    return pl.Series([row["Content"] for row in rows]), [int(row["LineId"]) for row in rows], groups, templates


@cache
def score(config: Config, system: str) -> dict[str, float]:
    (path, value, quoted, word), dropped = config
    tokens.LIMITS.update(path=path, value=value, quoted=quoted, word=word, name=word)
    mask.MASKS = tuple(one for one in MASKS if one.name not in dropped)
    try:
        texts, lines, groups, templates = truth(system)
        found = line_signatures(texts)
        result: dict[str, float] = JUDGE.score(
            groups,
            dict(zip(lines, found["id"], strict=True)),
            templates,
            dict(zip(lines, found["template"], strict=True)),
        )
        return result
    finally:
        tokens.LIMITS.update(LIMITS)
        mask.MASKS = MASKS


def mean(config: Config, systems: tuple[str, ...], measure: str) -> float:
    return sum(score(config, system)[measure] for system in systems) / len(systems)


def worth(config: Config, systems: tuple[str, ...]) -> float:
    return mean(config, systems, "GA") + mean(config, systems, "FGA")


def thresholds(systems: tuple[str, ...]) -> Config:
    """The best thresholds of the grid on these systems, all masks in force; ours win a tie."""
    return max(GRID, key=lambda row: (worth((row, frozenset()), systems), row == OURS[0])), frozenset()


def masks_too(systems: tuple[str, ...]) -> Config:
    """The same, and every mask dropped that does not help on these systems by itself: harsh, dates are no one's secret."""
    limits, _ = thresholds(systems)
    whole = worth((limits, frozenset()), systems)
    names = [one.name for one in MASKS if one.name not in NEEDED]
    return limits, frozenset(name for name in names if worth((limits, frozenset({name})), systems) >= whole)


def splits(choose: Callable[[tuple[str, ...]], Config]) -> str:
    """Means over the 28 splits: chosen on six, held out, and the worst split."""
    kept = [
        (tuple(system for system in SYSTEMS if system not in out), out) for out in itertools.combinations(SYSTEMS, 2)
    ]
    chosen = [(choose(six), six, out) for six, out in kept]
    parts = []
    for measure in ("GA", "FGA"):
        six = sum(mean(config, systems, measure) for config, systems, _ in chosen) / len(chosen)
        out = [mean(config, two, measure) for config, _, two in chosen]
        parts.append(f"{measure} on the six {six:.4f}, held out {sum(out) / len(out):.4f} (worst {min(out):.4f})")
    return "; ".join(parts)


def main() -> None:
    print(f"{'system':12}" + "".join(f"{name:>8}" for name in MEASURES) + "   groups, true")
    for system in SYSTEMS:
        found = score(OURS, system)
        print(
            f"{system:12}"
            + "".join(f"{found[name]:8.4f}" for name in MEASURES)
            + f"   {found['n_pred']}, {found['n_true']}"
        )
    print(f"{'mean':12}" + "".join(f"{mean(OURS, SYSTEMS, name):8.4f}" for name in MEASURES))
    print(f"28 splits, thresholds chosen: {splits(thresholds)}")
    print(f"28 splits, thresholds and masks chosen: {splits(masks_too)}")
    print(
        "masks one at a time left out (GA, FGA): "
        + ", ".join(
            f"{one.name} {mean((OURS[0], frozenset({one.name})), SYSTEMS, 'GA'):.3f} {mean((OURS[0], frozenset({one.name})), SYSTEMS, 'FGA'):.3f}"
            for one in MASKS
            if one.name not in NEEDED
        )
    )


if __name__ == "__main__":
    if not DATA.is_dir():
        sys.exit("../shared/data is not here (development data, not part of the project)")
    JUDGE = judge()
    main()
