"""`rca history list / show / note / forget / export / merge`: the memory of earlier runs."""

from pathlib import Path
from typing import Annotated

import typer

from rca.cli import emit, options
from rca.cli.memory import place

group = typer.Typer(name="history", help="The memory of earlier runs.", no_args_is_help=True, rich_markup_mode=None)
File = Annotated[Path | None, typer.Option("--history", help="The file; default: in the user's data directory.")]
Id = Annotated[str, typer.Argument(metavar="ISSUE")]


def _path(given: Path | None) -> Path:
    found = place(given, off=False)
    assert found is not None
    return found


@group.command("list")
def list_runs(history: File = None, format: options.Format = "text") -> int:
    """Earlier analyses and the issues known, oldest first."""
    from rca.history import open_history, past
    from rca.safe import clean, command

    with open_history(_path(history)) as memory:
        runs, known = memory.runs(), past(memory)
    if format == "json":
        import msgspec

        emit.data(clean(msgspec.json.encode({"runs": runs, "issues": list(known.values())}).decode(), 10**9))
        return 0
    lines = [f"{one.at[:19]}  {one.failed:>4} of {one.total:<5} failed  {one.summary}" for one in runs]
    lines += [
        "",
        *(
            f"{one.fingerprint}  {one.status:<8} {one.runs} runs, last {one.last_at or '?'}  {one.note}"
            for one in known.values()
        ),
    ]
    emit.data(command(clean("\n".join(lines), 10**9)) if runs or known else "nothing is remembered yet")
    return 0


@group.command("show")
def show(issue: Id, history: File = None) -> int:
    """What is known of one issue."""
    from rca.errors import UsageError
    from rca.history import open_history, past
    from rca.safe import clean, command

    with open_history(_path(history)) as memory:
        known = past(memory).get(issue)
    if known is None:
        raise UsageError(f"no issue {issue!r} in the memory", hint="see `rca history list`")
    rows = [
        ("issue", known.fingerprint),
        ("status", known.status),
        ("runs", str(known.runs)),
        ("first", known.first_at or "?"),
    ]
    rows += [
        ("last", known.last_at or "?"),
        ("fixed in", known.fixed_in or ""),
        ("cause", known.cause),
        ("note", known.note),
    ]
    emit.data(command(clean("\n".join(f"{name:<9} {value}" for name, value in rows if value))))
    return 0


@group.command("note")
def note(
    issue: Id,
    text: Annotated[str, typer.Option("--note")] = "",
    ticket: Annotated[str, typer.Option("--ticket")] = "",
    owner: Annotated[str, typer.Option("--owner", help="A team, not a person.")] = "",
    cause: Annotated[str, typer.Option("--cause")] = "",
    fixed_in: Annotated[str, typer.Option("--fixed-in", help="Commit or revision that repaired it.")] = "",
    expected_until: Annotated[str, typer.Option("--expected-until", help="Date until which it is accepted.")] = "",
    history: File = None,
) -> int:
    """Keep what people know of an issue; it is shown whenever the issue comes back."""
    from rca.history import open_history

    with open_history(_path(history)) as memory:
        memory.note(
            issue, note=text, ticket=ticket, owner=owner, cause=cause, fixed_in=fixed_in, expected_until=expected_until
        )
    return 0


@group.command("forget")
def forget(issue: Id, history: File = None) -> int:
    """Remove an issue from the memory."""
    from rca.errors import UsageError
    from rca.history import open_history

    with open_history(_path(history)) as memory:
        if not memory.forget(issue):
            raise UsageError(f"no issue {issue!r} in the memory", hint="see `rca history list`")
    return 0


@group.command("export")
def export_lines(history: File = None) -> int:
    """The whole memory as JSON lines, to merge elsewhere."""
    from rca.history import export, open_history

    with open_history(_path(history)) as memory:
        emit.data("\n".join(export(memory)))
    return 0


@group.command("merge")
def merge_lines(file: Annotated[Path, typer.Argument()], history: File = None) -> int:
    """Add an export; repeats do no harm, the order does not matter."""
    from rca.errors import InputUnusableError
    from rca.history import merge, open_history

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnusableError("cannot be read", where=str(file), hint="write one with rca history export") from error
    with open_history(_path(history)) as memory:
        emit.complain(f"{merge(memory, lines, where=str(file))} runs added")
    return 0


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)
