"""What is installed is what is here: wheel and sdist hold all that is needed, and are the same bytes wherever they are built."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "rca", "rules", "templates")
needs_hatchling = pytest.mark.skipif(
    find_spec("hatchling") is None, reason="hatchling is not installed: extra rca[dev]"
)


def built(source: Path, *, place: str, mtime: int, umask: int, zone: str) -> dict[str, bytes]:
    """Name → bytes of what is built in a copy of the project with other times, permissions and time zone."""
    folder = source.parent / place
    for part in PARTS:
        target = folder / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source / part, target)
    for path in folder.rglob("*"):
        os.utime(path, (mtime, mtime))
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
    environ = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", "made"],
        cwd=folder, check=True, capture_output=True, env={**environ, "TZ": zone}, umask=umask,
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in sorted((folder / "made").iterdir())}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("package")
    (folder / "source").symlink_to(ROOT)
    return folder, built(folder / "source", place="a", mtime=1_000_000_000, umask=0o022, zone="UTC")


@needs_hatchling
def test_two_builds_at_other_times_and_places_are_the_same_bytes(made: tuple[Path, dict[str, bytes]]) -> None:
    folder, first = made
    second = built(folder / "a", place="b/c", mtime=1_700_000_000, umask=0o077, zone="Asia/Tokyo")
    assert {name: hashlib.sha256(data).hexdigest() for name, data in first.items()} == {
        name: hashlib.sha256(data).hexdigest() for name, data in second.items()
    }


@needs_hatchling
def test_the_wheel_of_the_sdist_is_the_wheel_of_the_project(made: tuple[Path, dict[str, bytes]]) -> None:
    folder, first = made
    (sdist,) = [name for name in first if name.endswith(".tar.gz")]
    with tarfile.open(folder / "a" / "made" / sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (project,) = (folder / "unpacked").iterdir()
    again = built(project, place="d", mtime=1_000_000_000, umask=0o022, zone="UTC")
    wheels = [{name: data for name, data in one.items() if name.endswith(".whl")} for one in (first, again)]
    assert wheels[0] == wheels[1]


@needs_hatchling
def test_the_wheel_holds_all_that_is_needed_and_nothing_else(made: tuple[Path, dict[str, bytes]]) -> None:
    folder, first = made
    (name,) = [name for name in first if name.endswith(".whl")]
    with zipfile.ZipFile(folder / "a" / "made" / name) as wheel:
        names = set(wheel.namelist())
        (metadata,) = [one for one in names if one.endswith(".dist-info/METADATA")]
        said = message_from_string(wheel.read(metadata).decode())
    here = folder / "a"
    wanted = {f"rca/data/{path.relative_to(here)}" for top in ("rules", "templates") for path in (here / top).rglob("*") if path.is_file()}  # fmt: skip
    code = {str(path.relative_to(here)) for path in (here / "rca").rglob("*") if path.is_file()}  # fmt: skip
    info = metadata.rpartition("/")[0]
    assert names - {one for one in names if one.startswith(info)} == wanted | code
    assert {f"{info}/licenses/LICENSE", f"{info}/entry_points.txt", "rca/py.typed"} <= names
    assert (said["License-Expression"], said["Requires-Python"]) == ("Apache-2.0", ">=3.11")


def test_every_dependency_is_bounded_and_every_extra_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["mcp"], *project["optional-dependencies"]["spark"]]  # fmt: skip
    assert [one for one in wanted if ">=" not in one or "<" not in one] == []
    assert len(project["dependencies"]) <= 12


def test_what_ci_installs_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in (ROOT / ".ci" / "constraints.txt").read_text().split()}  # fmt: skip
    wanted = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    named = {one.split(">")[0].split("=")[0].split("[")[0].strip().lower() for one in wanted}
    assert named - pinned == set()


def test_installing_and_the_first_run_warn_of_nothing(tmp_path: Path) -> None:
    environ = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    (tmp_path / "log").write_text("2025-01-01T00:00:00Z ERROR it failed\n")
    for words in (["--version"], ["analyze", str(tmp_path / "log"), "-q"], ["rules", "list"]):
        done = subprocess.run([sys.executable, "-W", "error", "-m", "rca", *words], capture_output=True, check=False, env=environ)  # fmt: skip
        assert (done.returncode, done.stderr) == (0, b""), words
