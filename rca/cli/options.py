"""Options that several commands share, spelled once."""

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Files, folders, globs, `-` (standard input) or gs://BUCKET/NAME; content decides what they are.",
    ),
]
Since = Annotated[
    str,
    typer.Option(
        "--since", metavar="TIME", help="deploy, deploy[-2], RFC 3339, date, @epoch, 2h, '2 hours ago', yesterday."
    ),
]
Until = Annotated[str | None, typer.Option("--until", metavar="TIME", help="End of the window; same grammar.")]
Repo = Annotated[
    Path | None, typer.Option("--repo", metavar="DIR", help="Git repository whose commits are candidate changes.")
]
Ref = Annotated[
    str | None,
    typer.Option(
        "--ref", metavar="REF", help="Branch, tag or commit of that repository; default: what is checked out."
    ),
]
ChangeFiles = Annotated[
    list[str] | None, typer.Option("--changes", metavar="FILE", help="List of changes: JSON array or JSON lines.")
]
TopologyFile = Annotated[
    str | None, typer.Option("--topology", metavar="FILE", help="JSON object: service → services it calls.")
]
Baseline = Annotated[
    list[str] | None,
    typer.Option("--baseline", metavar="PATH", help="Inputs of a good run to compare with; may be repeated."),
]
EarlierRuns = Annotated[
    list[str] | None,
    typer.Option("--earlier", metavar="PATH", help="Test reports of earlier runs, oldest first; may be repeated."),
]
RuleDirs = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="DIR", help="Folder of rules beside the built-in ones; may be repeated."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Configuration; default: rca.toml, or [tool.rca] of pyproject.toml, here or above.",
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="TIME", help="The time to take for now, for replays; default: the end of the inputs."
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Partial data is exit status 4.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on standard error but errors.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Fold nothing in the text report; say more on standard error.")
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Plain text.")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="text, md, html, json, github, sarif, comment, annotations, codequality or junit.",
    ),
]
Table = Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help="text or json.")]
Out = Annotated[
    list[str] | None,
    typer.Option(
        "-o",
        "--output",
        metavar="[F=]FILE",
        help="Write a report to a file or gs://BUCKET/NAME; the suffix gives the format.",
    ),
]
OwnTemplates = Annotated[
    list[str] | None,
    typer.Option("--template", metavar="[F=]FILE", help="Your own template for html, md or text; runs sandboxed."),
]
Prior = Annotated[
    float, typer.Option("--prior-change", metavar="P", min=0.0, max=1.0, help="Prior that a recorded change is guilty.")
]
FailOn = Annotated[
    str, typer.Option("--fail-on", metavar="WHEN", help="none, any, new or regression: what makes the exit status 1.")
]
HistoryFile = Annotated[
    Path | None,
    typer.Option("--history", metavar="FILE", help="Where the memory is kept; default: the user's data directory."),
]
NoHistory = Annotated[bool, typer.Option("--no-history", help="Neither use nor write the memory.")]
Project = Annotated[
    list[str] | None,
    typer.Option("--project", metavar="ID", help="Read live Cloud Logging of this project; may be repeated."),
]
Service = Annotated[str | None, typer.Option("--service", metavar="NAME", help="Only this service (live).")]
Filter = Annotated[str | None, typer.Option("--filter", metavar="FILTER", help="Further Cloud Logging filter (live).")]
Spend = Annotated[
    str | None, typer.Option("--budget", metavar="TIME", help="Stop reading after this long, for example 60s (live).")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an earlier live reading stopped.")]
