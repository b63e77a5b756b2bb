"""`rca history list / show / note / forget / export / merge`: the memory of earlier runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import choice
from rca.cli.memory import place

if TYPE_CHECKING:
    from rca.history import History
    from rca.model import Past

group = typer.Typer(name="history", help="The memory of earlier runs.", no_args_is_help=True, rich_markup_mode=None)
File = Annotated[Path | None, typer.Option("--history", help="The file; default: in the user's data directory.")]
Id = Annotated[str, typer.Argument(metavar="ISSUE", help="Issue id, or an unambiguous beginning of one.")]
TABLES = ("text", "json")
_STATUS = {"open": "open", "expected": "expected", "fixed": "passed since"}  # one green run is no proof of a repair


def _open(given: Path | None) -> "History":
    from rca.history import open_history

    found = place(given, off=False)
    assert found is not None
    return open_history(found)


def _status(one: "Past") -> str:
    return "said to be fixed" if one.fixed_in else _STATUS[one.status]


@group.command("list")
def list_runs(history: File = None, format: options.Table = "text") -> int:
    """Earlier analyses and the issues known, oldest first."""
    choice(format, TABLES, "--format")
    from rca.history import past
    from rca.safe import command, cut_short

    with _open(history) as memory:
        runs, known = memory.runs(), past(memory)
    if format == "json":
        import msgspec

        raw = msgspec.json.encode({"runs": runs, "issues": list(known.values())})
        emit.data(msgspec.json.format(raw, indent=2).decode())
        return 0
    lines = [f"{one.at[:19]}  {one.failed:>4} of {one.total:<5} failed  {cut_short(one.summary, 160)}" for one in runs]
    lines += [""] if runs else []
    for one in known.values():
        said = "; ".join(text for text in (one.ticket and f"ticket {one.ticket}", one.owner, one.note) if text)
        last = (one.last_at or "?")[:19]
        lines.append(
            f"{one.fingerprint}  {_status(one):<16}  {one.runs} run{'s' * (one.runs != 1)}, last {last}  {cut_short(one.title, 90)}"
        )
        lines += [f"{'':20}{said}"] if said else []
    emit.data(command("\n".join(lines)) if runs or known else "nothing is remembered yet")
    return 0


@group.command("show")
def show(issue: Id, history: File = None, format: options.Table = "text") -> int:
    """What is known of one issue: when it was seen, what people said, what was judged of its fixes."""
    choice(format, TABLES, "--format")
    from rca.history import past
    from rca.safe import command
    from rca.when import rfc3339

    with _open(history) as memory:
        name = memory.find(issue)
        known, verdicts = past(memory).get(name), memory.verdicts(name)
    for one in verdicts:
        one["at"] = rfc3339(one.pop("at_ns"))
    if format == "json":
        import msgspec

        raw = msgspec.json.encode({"issue": known, "verdicts": verdicts})
        emit.data(msgspec.json.format(raw, indent=2).decode())
        return 0
    rows = [("issue", name)]
    if known is not None:
        rows += [
            ("title", known.title),
            ("status", _status(known)),
            ("runs", str(known.runs)),
            ("first", known.first_at or ""),
            ("last", known.last_at or ""),
            ("fixed in", known.fixed_in or ""),
            ("passed after", known.fixed_by),
            ("cause", known.cause),
            ("found then", known.found),
            ("ticket", known.ticket),
            ("owner", known.owner),
            ("expected until", known.expected_until),
            ("note", known.note),
        ]
    for one in verdicts:
        needs = f"; needs {one['needs']}" if one["needs"] else ""
        rows.append(("judged", f"{one['at'][:19]} {one['verdict'].replace('_', ' ')} after {one['anchor']}{needs}"))
    emit.data(command("\n".join(f"{title:<15} {value}" for title, value in rows if value)))
    return 0


@group.command("note")
def note(
    issue: Id,
    text: Annotated[str, typer.Option("--note", help="Anything worth knowing when it comes back.")] = "",
    ticket: Annotated[str, typer.Option("--ticket", help="Where the work on it is tracked.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="A team, not a person.")] = "",
    cause: Annotated[str, typer.Option("--cause", help="What it was, in a sentence.")] = "",
    fixed_in: Annotated[str, typer.Option("--fixed-in", help="Commit or revision that repaired it.")] = "",
    expected_until: Annotated[str, typer.Option("--expected-until", help="Date until which it is accepted.")] = "",
    history: File = None,
) -> int:
    """Keep what people know of an issue; it is shown whenever the issue comes back."""
    from rca.errors import UsageError
    from rca.when import to_ns

    if expected_until and to_ns(expected_until) is None:
        raise UsageError(f"--expected-until {expected_until!r} is no date", hint="write it like 2026-03-31")
    with _open(history) as memory:
        name = memory.note(
            issue, note=text, ticket=ticket, owner=owner, cause=cause, fixed_in=fixed_in, expected_until=expected_until
        )
    emit.complain(f"noted of {name}")
    return 0


@group.command("forget")
def forget(issue: Id, history: File = None) -> int:
    """Remove an issue, where it was seen and what was judged of it."""
    with _open(history) as memory:
        emit.complain(f"{memory.forget(issue)} is forgotten")
    return 0


@group.command("export")
def export_lines(
    history: File = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file instead of standard output.")] = None,
) -> int:
    """The whole memory as JSON lines, to keep in a CI cache or a bucket and to merge elsewhere."""
    from rca.history import export

    with _open(history) as memory:
        text = "\n".join(export(memory)) + "\n"
    if output is None:
        emit.data(text)
    else:
        emit.file(output, text)
    return 0


@group.command("merge")
def merge_lines(
    file: Annotated[Path, typer.Argument(help="An export; `-` is standard input.")], history: File = None
) -> int:
    """Add an export; repeats do no harm, the order does not matter."""
    from rca.errors import InputUnusableError
    from rca.history import merge

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        lines = raw.decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputUnusableError(
            f"cannot be read: {error}", where=str(file), hint="write one with rca history export"
        ) from error
    with _open(history) as memory:
        emit.complain(f"{merge(memory, lines, where=str(file))} runs added")
    return 0


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)
