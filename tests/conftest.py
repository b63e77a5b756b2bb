"""What all tests share: a memory and a cache of their own, so that no test meets what another one remembered."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")  # its fork handlers abort children that a limit is set for


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's data and cache directories are fresh for each test."""
    home: Path = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in [key for key in os.environ if key.startswith(("GITHUB_", "CI_", "BUILDKITE_", "CLOUD_RUN_"))]:
        monkeypatch.delenv(name)
    return home
