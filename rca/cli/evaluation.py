"""`rca eval DIR`: how good the answers are on incidents whose truth is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import choice, configured, request, ruleset

if TYPE_CHECKING:
    from collections.abc import Callable

    from rca.model import Report, RuleSet

TABLES = ("text", "json")


def evaluate(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of incidents, each with input/ and answer.json.")
    ],
    rules: options.RuleDirs = None,
    prior_change: options.Prior = 0.25,
    replay: Annotated[
        bool, typer.Option("--replay", help="Run today's rules over the reports stored in DIR and show what changes.")
    ] = False,
    format: options.Table = "text",
) -> int:
    """Score the analysis against labelled incidents: calibration, false blame, causes, per family."""
    choice(format, TABLES, "--format")
    from rca import evaluate as scoring
    from rca.gather import gather
    from rca.pipeline import Settings, analyze
    from rca.safe import clean, clean_tree, command

    config = configured()
    rule_set = ruleset(rules, config)

    settings = Settings(prior_change=prior_change, config=config)

    def analyse(inputs: Path) -> "Report":
        return analyze(gather(request([str(inputs)], config=config)), rule_set, settings)

    if replay:
        return _replayed(folder, analyse, rule_set, format)
    found = scoring.evaluate(folder, analyse)
    if format == "json":
        import msgspec

        shown = clean_tree(msgspec.to_builtins(scoring.document(found)))
        emit.data(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    else:
        emit.data(command(clean(scoring.text(found), 10**9)))
    return 0


def _replayed(folder: Path, analyse: "Callable[[Path], Report]", rules: "RuleSet", format: str) -> int:
    """Stored reports against today's rules."""
    import msgspec

    from rca import replay
    from rca.safe import clean, clean_tree, command

    found = replay.replay(folder, analyse, rules)
    if format == "json":
        shown = clean_tree({"replayed": msgspec.to_builtins(found)})
        emit.data(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    else:
        emit.data(command(clean(replay.text(found), 10**9)))
    return 0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval")(evaluate)
