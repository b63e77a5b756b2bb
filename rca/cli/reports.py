"""`rca explain`: why these occurrences are one issue; reads an earlier report."""

from pathlib import Path
from typing import Annotated

import typer

from rca.cli import emit
from rca.errors import UsageError


def explain(
    issue: Annotated[str, typer.Argument(metavar="ISSUE", help="Issue id, or an unambiguous beginning of one.")],
    report: Annotated[Path, typer.Option("--report", help="JSON report written by `rca analyze -o FILE.json`.")],
) -> int:
    """Which parts of the fingerprint contributed, and what was left out and why."""
    from rca.report.explanation import explanation_text
    from rca.report.load import load

    loaded = load(report)
    found = [
        one
        for one in loaded.issues
        if one.id == issue or one.id.startswith(issue) or one.id.partition(":")[2].startswith(issue)
    ]
    if len(found) != 1:
        known = ", ".join(one.id for one in (found or loaded.issues)[:5])
        raise UsageError(f"{len(found)} issues are called {issue!r}", where=str(report), hint=f"for example {known}")
    emit.data(explanation_text(loaded, found[0]))
    return 0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)
