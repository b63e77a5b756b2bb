"""`rca digest`, `rca merge`, `rca redact`: logs of any size reduced, put together, and text made fit to share."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import choice, request
from rca.errors import UsageError

ENGINES = ("polars", "spark")
Merged = Annotated[
    str, typer.Option("-o", "--output", metavar="FILE", help="The digest to write: a file or gs://BUCKET/NAME.")
]
Target = Annotated[
    str,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="The digest to write: a file, gs://BUCKET/NAME, or a folder (ending in /).",
    ),
]
DEFAULT = "rca-digest.parquet"


def digest(
    paths: options.Paths = None,
    output: Target = DEFAULT,
    shard: Annotated[
        str | None,
        typer.Option(
            "--shard", metavar="I/N", help="Take one part of the files, I of N; a job's variables say it, too."
        ),
    ] = None,
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="polars (this process) or spark (extra rca[spark]).")
    ] = "polars",
    quiet: options.Quiet = False,
) -> int:
    """Reduce logs to a small mergeable digest, which analyze accepts as a PATH."""
    from rca import digest as make
    from rca.cli.progress import shown
    from rca.errors import UsageError

    given = request(paths)
    if not given.paths:
        raise UsageError("nothing to read", hint="name files, folders or globs")
    part = make.shard_of(shard, os.environ)
    if choice(engine, ENGINES, "--engine") == "spark":
        from rca.digest import spark

        parcel = spark.digest(given.paths, part)
    else:
        with shown(quiet=quiet) as told:
            parcel = make.digest(given.paths, part, stdin=given.stdin, progress=told)
    place = placed(output, part.name)
    make.write(parcel, place)
    if not quiet:
        kept = sum(source.kept for source in parcel.sources)
        emit.complain(f"wrote {place}: {kept} records, {parcel.digest.shapes.height} shapes")
    return 0


def placed(output: str, name: str) -> str:
    """Where the digest goes: the file, or a file of its own name in the folder that was named."""
    if output.endswith("/"):
        return f"{output}{name}"
    return str(Path(output) / name) if Path(output).is_dir() else output


def merge(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Digests: files, folders, globs or gs://BUCKET/NAME.")
    ],
    output: Merged = DEFAULT,
    quiet: options.Quiet = False,
) -> int:
    """Put digests together; the order does not matter."""
    from rca import digest as make

    parcel = make.merge_files(files)
    make.write(parcel, output)
    if not quiet:
        emit.complain(f"wrote {output}: {len(parcel.sources)} inputs, {parcel.digest.shapes.height} shapes")
    return 0


def redact(
    keep: Annotated[list[str] | None, typer.Option("--keep", help="Leave emails or addresses as they are.")] = None,
) -> int:
    """Filter: standard input to standard output with secrets masked."""
    from rca.redact import bulk, personal
    from rca.redact import keep as leave
    from rca.redact.arriving import Arriving
    from rca.safe import strip

    leave([choice(kind, personal.KINDS, "--keep") for kind in keep or ()])
    if sys.stdin is None:
        raise UsageError("standard input is closed", hint="rca redact < FILE, or … | rca redact")
    for part in bulk.lines(Arriving(sys.stdin.buffer), strip):
        emit.raw(part)
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("digest")(digest)
    app.command("merge")(merge)
    app.command("redact")(redact)
