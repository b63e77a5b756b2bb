"""The command line: names of the commands, errors as one line, exit codes. Heavy imports happen inside the commands."""

from collections.abc import Sequence

import typer

from rca import __version__
from rca.cli import analyze, compare, digest, evaluation, history, inputs, manual, reports, rules, serve
from rca.errors import ExitCode, RcaError

app = typer.Typer(
    name="rca",
    help="Root-cause analysis over test results, logs and deploys. Deterministic, offline, every claim traceable.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"rca {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """Root-cause analysis over test results, logs and deploys."""


for family in (analyze, inputs, rules, reports, compare, history, digest, evaluation, serve):
    family.register(app)
manual.applied(app)


def run(argv: Sequence[str]) -> int:
    """Run one command and return the exit status; every foreseeable error is one line on stderr."""
    from rca.cli.emit import complain

    try:
        result = app(args=list(argv), prog_name="rca", standalone_mode=False)
    except RcaError as error:
        complain(str(error))
        return int(error.code)
    except KeyboardInterrupt:
        complain("interrupted")
        return int(ExitCode.INTERRUPTED)
    except (
        BrokenPipeError,
        SystemExit,
    ):  # the reader of a pipe has gone; typer ends with 1, which would mean --fail-on
        return int(ExitCode.DONE)
    except typer.Abort:
        return int(ExitCode.INTERRUPTED)
    except typer.TyperException as error:
        return _usage(error)
    return result if isinstance(result, int) else int(ExitCode.DONE)


def _usage(error: typer.TyperException) -> int:
    """Typer's own errors: what it says, on one line."""
    from rca.cli.emit import complain

    message = getattr(error, "format_message", error.__str__)
    complain(f"{message()}; see `rca --help`")
    return int(ExitCode.UNUSABLE)
