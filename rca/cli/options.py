"""Options that several commands share, spelled once."""

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files, folders, globs, `-` (standard input) or gs://… ; content decides what they are.",
    ),
]
Since = Annotated[
    str, typer.Option("--since", help="deploy, deploy[-2], RFC 3339, date, @epoch, 2h, '2 hours ago', yesterday.")
]
Until = Annotated[str | None, typer.Option("--until", help="End of the window; same grammar.")]
Repo = Annotated[Path | None, typer.Option("--repo", help="Git repository whose commits are candidate changes.")]
Ref = Annotated[str | None, typer.Option("--ref", help="Branch, tag or commit to read from.")]
ChangeFiles = Annotated[list[str] | None, typer.Option("--changes", help="List of changes: JSON array or JSON lines.")]
TopologyFile = Annotated[str | None, typer.Option("--topology", help="JSON object: service → services it calls.")]
Baseline = Annotated[list[str] | None, typer.Option("--baseline", help="Inputs of a good run to compare with.")]
EarlierRuns = Annotated[list[str] | None, typer.Option("--earlier", help="Test reports of earlier runs, oldest first.")]
RuleDirs = Annotated[list[Path] | None, typer.Option("--rules", help="Folder of rules beside the built-in ones.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Configuration; default: rca.toml, or [tool.rca] of pyproject.toml, here or above."),
]
Now = Annotated[str | None, typer.Option("--now", help="The clock, for replays.")]
Strict = Annotated[bool, typer.Option("--strict", help="Partial data is exit status 4.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Fold nothing in the text report; say more on standard error.")
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text.")]
Format = Annotated[
    str,
    typer.Option("--format", "-f", help="text, md, html, json, github, sarif, comment, annotations or codequality."),
]
Out = Annotated[
    list[str] | None,
    typer.Option("-o", "--output", metavar="[F=]FILE", help="Write a report to a file; the suffix gives the format."),
]
OwnTemplates = Annotated[
    list[str] | None,
    typer.Option("--template", metavar="[F=]FILE", help="Your own template for html, md or text; runs sandboxed."),
]
Prior = Annotated[
    float, typer.Option("--prior-change", min=0.0, max=1.0, help="Prior that a recorded change is guilty.")
]
FailOn = Annotated[str, typer.Option("--fail-on", help="none, any, new or regression: what makes the exit status 1.")]
HistoryFile = Annotated[
    Path | None, typer.Option("--history", help="Where the memory is kept; default: the user's data directory.")
]
NoHistory = Annotated[bool, typer.Option("--no-history", help="Neither use nor write the memory.")]
Project = Annotated[list[str] | None, typer.Option("--project", help="Read live Cloud Logging of this project.")]
Service = Annotated[str | None, typer.Option("--service", help="Only this service (live).")]
Filter = Annotated[str | None, typer.Option("--filter", help="Further Cloud Logging filter (live).")]
Spend = Annotated[str | None, typer.Option("--budget", help="Stop reading after this long, for example 60s (live).")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an earlier live reading stopped.")]
