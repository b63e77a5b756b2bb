"""python bench/blame.py DIR [--out FILE]: rca and the naive answers on the same labelled incidents, against the targets.

DIR is what `python -m bench.incidents DIR` wrote (or any folder of labelled incidents). Two processes; about a second
of processor time an incident.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.naive import METHODS, Naive, naive
from rca.evaluate import Incident, Result, document, incidents, judged, score, text
from rca.evaluate.score import Score, share
from rca.gather import Request, gather
from rca.pipeline import Settings, analyze
from rca.rules import builtin, load

TARGETS = (
    ("top-1 change, guilty incidents", "top1", ">=", 0.75, ".58-.60"),
    ("false blame on hard negatives", "false_blame", "<=", 0.04, ".084"),
    ("precision of blame", "precision", ">=", 0.93, ".82"),
    ("root signature right", "root", ">=", 0.95, ".87-.89"),
    ("calibration (ECE), all answers", "ece", "<=", 0.03, ".026 with perfect clusters"),
    ("abstains when nothing is in evidence", "abstained", ">=", 0.95, "-"),
)


def one(incident: Incident) -> tuple[Result, dict[str, Naive]]:
    """Analyse one incident as `rca analyze` does."""
    started = time.perf_counter()
    report = analyze(gather(Request(paths=[str(incident.input)])), load([builtin()]), Settings())
    result = judged(incident, report, time.perf_counter() - started)
    return result, naive(incident, report)


def table(found: Score, others: list[dict[str, Naive]]) -> str:
    """The measures beside their targets, and the naive answers in the same run."""
    lines = ["measure                                 baseline in the notes        reach      here"]
    for title, name, sign, wanted, before in TARGETS:
        value = getattr(found.overall, name)
        if value is not None:
            met = value >= wanted if sign == ">=" else value <= wanted
            lines.append(f"{title:40}{before:29}{sign} {wanted:<8}{value:.3f} {'' if met else 'MISSED'}")
    lines += ["", "who is blamed                    top-1   false blame   precision"]
    rows = [("rca", found.overall.top1, found.overall.false_blame, found.overall.precision)]
    parts = ("top1", "false_blame", "precise")
    rows += [(method, *(share(getattr(each[method], part) for each in others) for part in parts)) for method in METHODS]
    lines += [
        f"{name:30}" + "".join("       -    " if value is None else f"{value:9.3f}   " for value in values)
        for name, *values in rows
    ]
    loudest = share(each["loudest error"].root for each in others)
    if loudest is not None and found.overall.root is not None:
        lines += ["", f"root signature right: rca {found.overall.root:.3f}, loudest error {loudest:.3f}"]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, help="write the marks as JSON too")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    labelled = list(incidents(options.folder))
    with ProcessPoolExecutor(options.jobs) as pool:
        done = list(pool.map(one, labelled, chunksize=4))
    found = score([result for result, _ in done])
    print(text(found))
    print(table(found, [other for _, other in done]))
    if options.out:
        options.out.write_text(json.dumps(document(found), indent=1) + "\n")


if __name__ == "__main__":
    main()
