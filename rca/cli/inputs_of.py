"""From command-line values to requests: paths, piped standard input, rule folders."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rca.errors import UsageError

if TYPE_CHECKING:
    from rca.gather import LiveReading, Request
    from rca.model import Config, Facts, RuleSet


def request(
    paths: Sequence[str] | None,
    *,
    repo: Path | None = None,
    ref: str | None = None,
    changes: Sequence[str] | None = None,
    topology: str | None = None,
    baseline: Sequence[str] | None = None,
    earlier: Sequence[str] | None = None,
    live: "LiveReading | None" = None,
    config: "Config | None" = None,
) -> "Request":
    """A request; without any PATH a piped standard input is read."""
    from rca.gather import Request

    given = list(paths or ())
    if not given and repo is None and live is None and not sys.stdin.isatty():
        given = ["-"]
    return Request(
        paths=given,
        repo=repo,
        ref=ref,
        changes=tuple(changes or ()),
        topology=topology,
        baseline=tuple(baseline or ()),
        earlier=tuple(earlier or ()),
        live=live,
        stdin=sys.stdin.buffer if "-" in given else None,
        environ=dict(os.environ),
        services=config.services if config else {},
    )


def gathered(asked: "Request", *, quiet: bool = False) -> "Facts":
    """What the inputs hold; long reading shows its progress, but not over that of a live source."""
    from rca.cli.progress import shown
    from rca.gather import gather

    with shown(quiet=quiet or asked.live is not None) as told:
        return gather(replace(asked, progress=told))


def configured(file: Path | None = None) -> "Config":
    """The configuration: of the file given, else rca.toml or [tool.rca] found from here; its redaction is in force."""
    from rca import config, redact

    found = config.load(file, start=Path.cwd())
    redact.keep(found.redact.keep)
    return found


def ruleset(dirs: Sequence[Path] | None, config: "Config | None" = None) -> "RuleSet":
    """The built-in rules, those of the folders given, and those of the configuration, without the ones it silences."""
    from rca import rules

    config = configured() if config is None else config
    return rules.load([rules.builtin(), *map(Path, config.rules), *(dirs or ())], silence=config.silence)


def choice(value: str, allowed: Sequence[str], option: str) -> str:
    """`value` when it is one of `allowed`, else a usage error that lists them."""
    if value not in allowed:
        raise UsageError(f"{option} {value!r} is not known", hint=f"one of: {', '.join(allowed)}")
    return value
