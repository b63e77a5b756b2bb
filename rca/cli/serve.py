"""`rca mcp`: serve the same answers to an assistant over standard input and output."""

from pathlib import Path
from typing import Annotated

import typer

from rca.errors import UsageError


def mcp(
    root: Annotated[Path | None, typer.Option("--root", help="Refuse paths outside this folder.")] = None,
) -> int:
    """Serve analyze, issues, evidence, suspects and explain over the Model Context Protocol (extra rca[mcp])."""
    try:
        from rca.mcp import server
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "mcp":
            raise
        raise UsageError("rca mcp needs the extra `mcp`", hint="pip install 'rca[mcp]'") from error
    server(root).run("stdio")
    return 0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mcp")(mcp)
