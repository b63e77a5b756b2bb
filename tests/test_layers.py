"""The architecture holds: stages are strangers, heavy libraries stay asleep, every module has its place."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("polars", "networkx", "pydantic", "jinja2", "google", "grpc", "rapidfuzz", "msgspec", "rich", "sqlite3")
LENT = {"pydantic"}  # typer itself wakes it to describe the options of one command


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["analyze", "--help"], ["rules", "--help"]])
def test_asking_for_help_wakes_no_heavy_library(arguments: list[str]) -> None:
    code = (
        "import sys, json\nfrom rca.cli import run\n"
        f"run({arguments!r})\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stderr.strip().splitlines()[-1]))
    assert not loaded & (set(HEAVY) - (LENT if len(arguments) > 1 else set()))


def _contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(folder)}
    )


@pytest.mark.parametrize(
    ("sentence", "module", "code", "named"),
    [
        (
            "a stage may not import another stage",
            "report/planted.py",
            "import rca.correlate\n",
            "rca.report is not allowed to import rca.correlate",
        ),
        ("a library has one door", "issues/planted.py", "import networkx\n", "networkx"),
        ("a new module needs a place", "planted.py", "", "planted"),
    ],
)
def test_the_import_contracts_notice_a_breach(
    sentence: str, module: str, code: str, named: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "rca", tmp_path / "rca", ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    (tmp_path / "rca" / module).write_text(f'"""Planted."""\n{code}')
    done = _contracts(tmp_path)
    assert done.returncode != 0, sentence
    assert named in done.stdout + done.stderr


def test_no_module_is_longer_than_250_lines_and_none_is_named_for_nothing() -> None:
    modules = sorted((ROOT / "rca").rglob("*.py"))
    assert modules
    assert {path.name: n for path in modules if (n := len(path.read_text().splitlines())) > 250} == {}
    assert not [path for path in modules if path.stem in {"utils", "util", "helpers", "common", "misc", "manager"}]
