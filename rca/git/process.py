"""Run git on a repository that nobody vouches for: nothing of its configuration may start a program or reach a network."""

import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from rca.errors import InputUnusableError, RcaError

TIMEOUT_S = 60.0
"""200 commits with patches take well under a second (notes/ingest.md 5.3); a minute means a broken disk or a trap."""

_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone must not fetch
    "GIT_ALLOW_PROTOCOL": "file",  # cloning a bundle needs it; everything that talks to a network is refused
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
    "TZ": "UTC",
}
_SETTINGS = (
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.attributesFile="),
    *("-c", "core.quotePath=true"),
    *("-c", "log.showSignature=false"),  # would run gpg.program
    *("-c", "safe.directory=*"),  # CI checkouts often belong to another user; nothing of them is executed here
)
_COPIED = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


def run(arguments: list[str], *, at: Path | None, cap: int, timeout_s: float = TIMEOUT_S) -> tuple[bytes, bool]:
    """Standard output of `git arguments`, at most `cap` bytes, and whether it was cut there.

    Raises InputUnusableError when git is missing, fails (its first line of complaint is quoted) or takes too long.
    """
    where = str(at) if at is not None else ""
    folder = ["-C", str(at)] if at is not None else []
    environment = {name: os.environ[name] for name in _COPIED if name in os.environ} | _ENVIRONMENT
    with tempfile.TemporaryFile() as complaints:
        try:
            child = subprocess.Popen(
                ["git", "--no-pager", *_SETTINGS, *folder, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
            )
        except FileNotFoundError:
            raise InputUnusableError(
                "git is not installed", where=where, hint="install git, or pass --changes"
            ) from None
        except (OSError, ValueError) as why:  # not executable; a NUL byte in an argument
            raise InputUnusableError(f"git cannot be started: {why}", where=where) from None
        out, cut, late = _collect(child, cap, timeout_s)
        if late:
            raise InputUnusableError(
                f"git took longer than {timeout_s:g} s", where=where, hint="pass --changes instead"
            )
        if child.returncode != 0 and not cut:
            raise _failure(complaints, where)
    return out, cut


def _collect(child: subprocess.Popen[bytes], cap: int, timeout_s: float) -> tuple[bytes, bool, bool]:
    """Output, whether it exceeded the cap, whether time ran out."""
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(timeout_s, stop)
    clock.daemon = True
    clock.start()
    try:
        assert child.stdout is not None
        with child.stdout as stream:
            out = stream.read(cap + 1)
        cut = len(out) > cap
        if cut:
            child.kill()
        child.wait()
    finally:
        clock.cancel()
        if child.poll() is None:
            child.kill()
            child.wait()
    return out[:cap], cut, late.is_set()


def _failure(complaints: IO[bytes], where: str) -> RcaError:
    complaints.seek(0)
    said = complaints.read(4000).decode("utf-8", errors="replace")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    line = next(
        (one for one in lines if one.startswith(("fatal:", "error:"))), lines[0] if lines else "no reason given"
    )
    plain = "".join(c if c.isprintable() else "?" for c in line.removeprefix("fatal: ").removeprefix("error: "))[:300]
    hint = "pass the root of a git repository" if "not a git repository" in plain else ""
    return InputUnusableError(f"git: {plain}", where=where, hint=hint)
