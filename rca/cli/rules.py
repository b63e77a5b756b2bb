"""`rca rules list / show / test / new`: the rule library and its proofs."""

from pathlib import Path
from typing import Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import configured, ruleset
from rca.errors import ExitCode

Id = Annotated[str, typer.Argument(metavar="ID", help="Id of the rule, as `rca rules list` shows it.")]
Silent = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what fails.")]
group = typer.Typer(name="rules", help="The rule library and its proofs.", no_args_is_help=True, rich_markup_mode=None)


@group.command("list")
def list_rules(rules: options.RuleDirs = None, format: options.Table = "text") -> int:
    """All rules in force, most specific first."""
    found = ruleset(rules).rules
    if format == "json":
        import msgspec

        rows = [{"id": rule.id, "title": rule.title, "status": rule.status, "role": rule.role} for rule in found]
        emit.data(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode())
        return 0
    width = max((len(rule.id) for rule in found), default=0)
    emit.data(
        "\n".join(f"{rule.id:<{width}}  {rule.role:<8}{rule.title}" for rule in sorted(found, key=lambda one: one.id))
    )
    return 0


@group.command("show")
def show(rule_id: Id, rules: options.RuleDirs = None) -> int:
    """One rule, for a person."""
    from rca.errors import UsageError
    from rca.rules import describe

    rule = ruleset(rules).get(rule_id)
    if rule is None:
        raise UsageError(f"no rule {rule_id!r}", hint="see `rca rules list`")
    emit.data(describe(rule))
    return 0


@group.command("test")
def prove(paths: options.Paths = None, rules: options.RuleDirs = None, quiet: Silent = False) -> int:
    """Run the proofs that every rule carries; PATHs are further healthy inputs on which all rules must be silent."""
    from rca import rules as library
    from rca.gather import Request, gather
    from rca.proof import prove_all

    given = list(paths or ()) or healthy_fixture()
    facts = gather(Request(paths=given)) if given else None
    found = prove_all(
        [library.builtin(), *map(Path, configured().rules), *(rules or ())],
        healthy=facts.digest if facts else None,
        runs=facts.runs if facts else (),
    )
    lines = list(found.lines())
    emit.data("\n".join([one for one in lines if not one.startswith("ok")] if quiet else lines))
    return int(ExitCode.DONE if found.ok else ExitCode.UNUSABLE)


def healthy_fixture() -> list[str]:
    """The healthy recording, where rca runs from its own checkout; an installed rca proves without it."""
    from rca.rules import builtin

    path = builtin().parent / "fixtures" / "healthy" / "input"
    return [str(path)] if path.is_dir() else []


@group.command("new")
def new(
    rule_id: Id,
    rules: Annotated[Path, typer.Option("--rules", metavar="DIR", help="Folder to write it into.")] = Path("rules"),
) -> int:
    """Write a skeleton that fails its own test until it is filled in."""
    from rca.errors import UsageError
    from rca.proof import skeleton

    place, text = skeleton(rule_id)
    path = rules / place
    if path.exists():
        raise UsageError("this rule exists already", where=str(path), hint="choose another id")
    emit.file(path, text)
    emit.complain(f"wrote {path}; now run: rca rules test --rules {rules}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)
