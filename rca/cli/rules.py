"""`rca rules list / show / test / new`: the rule library and its proofs."""

from pathlib import Path
from typing import Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import ruleset

group = typer.Typer(name="rules", help="The rule library and its proofs.", no_args_is_help=True, rich_markup_mode=None)


@group.command("list")
def list_rules(rules: options.RuleDirs = None, format: options.Format = "text") -> int:
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
def show(rule_id: Annotated[str, typer.Argument(metavar="ID")], rules: options.RuleDirs = None) -> int:
    """One rule, for a person."""
    from rca.errors import UsageError
    from rca.rules import describe

    rule = ruleset(rules).get(rule_id)
    if rule is None:
        raise UsageError(f"no rule {rule_id!r}", hint="see `rca rules list`")
    emit.data(describe(rule))
    return 0


@group.command("test")
def prove(paths: options.Paths = None, rules: options.RuleDirs = None) -> int:
    """Run the proofs that every rule carries; PATHs are further healthy inputs on which all rules must be silent."""
    from rca.proof import prove_all

    report = prove_all([Path(one) for one in rules or ()], healthy=paths or ())
    emit.data(report.text())
    return 0 if report.ok else 2


@group.command("new")
def new(
    rule_id: Annotated[str, typer.Argument(metavar="ID")],
    rules: Annotated[Path, typer.Option("--rules")] = Path("rules"),
) -> int:
    """Write a skeleton that fails its own test until it is filled in."""
    from rca.errors import UsageError
    from rca.proof import skeleton

    path = rules / f"{rule_id.replace('.', '/')}.toml"
    if path.exists():
        raise UsageError("this rule exists already", where=str(path), hint="choose another id")
    emit.file(path, skeleton(rule_id))
    emit.complain(f"wrote {path}; now run: rca rules test --rules {rules}")
    return 0


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group)
