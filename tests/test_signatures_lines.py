"""A signature for every line, and the grouping of eight systems whose templates are known."""

import csv
import importlib.util
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from rca.signatures import line_signatures

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
SYSTEMS = ("Android", "Apache", "BGL", "HDFS", "Hadoop", "HealthApp", "Linux", "OpenSSH")
needs_data = pytest.mark.skipif(
    not (SHARED / "data" / "loghub").is_dir(),
    reason="../shared/data is not here (development data, not part of the project)",
)


def test_every_line_has_a_signature_in_input_order_blank_lines_included() -> None:
    found = line_signatures(pl.Series(["cart 1 lost", "", "cart 2 lost", "  ", None, "stored"]))
    assert found.columns == ["id", "template"]
    assert found["template"].to_list() == ["cart <*> lost", "", "cart <*> lost", "", "", "stored"]
    assert found["id"].n_unique() == 3


def test_no_lines_have_no_signatures() -> None:
    assert line_signatures(pl.Series([], dtype=pl.String)).height == 0


def test_templates_of_two_programs_are_kept_apart() -> None:
    lines = [f"session opened for user {name}" for name in ("ann", "bob")]
    together = line_signatures(pl.Series(lines), pl.Series(["sshd", "sshd"]))
    apart = line_signatures(pl.Series(lines), pl.Series(["sshd", "cron"]))
    assert together["id"].n_unique() == 1
    assert apart["id"].n_unique() == 2


def judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location("eval_ga", SHARED / "tools" / "eval_ga.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_data
def test_grouping_of_eight_systems_reaches_what_the_project_promises() -> None:
    """Means over eight logs with one configuration; in-sample: the rules were written while looking at them."""
    module = judge()
    scores = []
    for system in SYSTEMS:
        path = SHARED / "data" / "loghub" / f"{system}_2k.csv"
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = line_signatures(pl.Series([row["Content"] for row in rows]))
        lines = [int(row["LineId"]) for row in rows]
        groups, templates = module.load_truth(str(path))
        predicted = dict(zip(lines, found["id"], strict=True))
        scores.append(module.score(groups, predicted, templates, dict(zip(lines, found["template"], strict=True))))
    mean = {name: sum(score[name] for score in scores) / len(scores) for name in ("GA", "FGA", "PA")}
    assert mean["GA"] >= 0.985
    assert mean["FGA"] >= 0.97
    assert mean["PA"] >= 0.85
