"""The order of the lines of an export says nothing: any shuffle gives the same report, line numbers aside."""

import json
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from rca import rules
from rca.gather import Request, gather
from rca.pipeline import Settings, analyze

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
LOG_REF = re.compile(r"log:\d+:\d+")


def told(folder: Path) -> str:
    """The report as JSON, each log ref replaced by the insert id of its entry, and without line numbers."""
    report = analyze(gather(Request(paths=[str(folder)])), rules.load([rules.builtin()]), Settings())
    names = {ref: f"entry:{one.insert_id}" for ref, one in report.evidence.items() if one.insert_id}

    def named(value: Any) -> Any:
        if isinstance(value, str):
            return LOG_REF.sub(lambda ref: names.get(ref[0], ref[0]), value).replace(str(folder), "")
        if isinstance(value, dict):
            return {named(key): named(item) for key, item in value.items() if key != "line"}
        return [named(item) for item in value] if isinstance(value, list) else value

    return json.dumps(named(json.loads(report.model_dump_json(by_alias=True))), sort_keys=True)


@pytest.mark.parametrize("scenario", ["recursion-pending-auth", "missing-module"])
def test_any_order_of_the_log_lines_gives_the_same_report(scenario: str, tmp_path: Path) -> None:
    found = set()
    for seed in range(3):
        folder = tmp_path / f"{seed}"
        shutil.copytree(FIXTURES / scenario / "input", folder)
        lines = (folder / "logs.jsonl").read_text().splitlines()
        if seed:
            random.Random(seed).shuffle(lines)
        (folder / "logs.jsonl").write_text("\n".join(lines) + "\n")
        found.add(told(folder))
    assert len(found) == 1
