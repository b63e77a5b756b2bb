"""`rca ingest`, `rca changes`, `rca signatures`: what was understood of the inputs, without judging it."""

from typing import Any

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import choice, gathered, request

TABLES = ("text", "json")


def ingest(
    paths: options.Paths = None,
    repo: options.Repo = None,
    changes: options.ChangeFiles = None,
    format: options.Table = "text",
) -> int:
    """Read only: what each input is, what was kept of it, and the test counts."""
    choice(format, TABLES, "--format")
    from rca.report.inventory import inventory, inventory_text

    facts = gathered(request(paths, repo=repo, changes=changes))
    found = inventory(facts)
    emit.data(_json(found) if format == "json" else inventory_text(found, facts.missing))
    return 0


def changes(
    paths: options.Paths = None,
    repo: options.Repo = None,
    ref: options.Ref = None,
    changes: options.ChangeFiles = None,
    format: options.Table = "text",
) -> int:
    """The deploys, config changes and commits found in the inputs, in time order."""
    choice(format, TABLES, "--format")
    from rca.report.inventory import timeline, timeline_text

    facts = gathered(request(paths, repo=repo, ref=ref, changes=changes))
    found = timeline(facts)
    emit.data(_json(found) if format == "json" else timeline_text(found, facts.missing))
    return 0


def signatures(paths: options.Paths = None) -> int:
    """One JSON line for each line or log entry of the input: its signature and template."""
    from rca.gather import line_signatures

    for chunk in line_signatures(request(paths)):
        emit.data(chunk)
    return 0


def _json(value: Any) -> str:
    import msgspec

    from rca.report.defuse import in_json

    return in_json(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ingest")(ingest)
    app.command("changes")(changes)
    app.command("signatures")(signatures)
