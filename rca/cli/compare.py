"""`rca diff` and `rca verify`: what became of the issues between two runs, and whether a fix held."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rca.cli import emit, options
from rca.cli.inputs_of import choice, configured, gathered, request, ruleset
from rca.cli.memory import place, recall_known, remember_verdicts

if TYPE_CHECKING:
    from rca.model import Report

TABLES = ("text", "json")


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="Report (JSON) or inputs of the earlier run.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Report (JSON) or inputs of the later run.")],
    rules: options.RuleDirs = None,
    format: options.Table = "text",
) -> int:
    """What is new, fixed, still failing and failing in another way, between two reports or two inputs."""
    choice(format, TABLES, "--format")
    from rca.diff import diff as compare
    from rca.report.comparison import diff_text
    from rca.safe import clean_model

    found = clean_model(compare(_report(a, rules), _report(b, rules)))
    emit.data(found.model_dump_json(indent=2) if format == "json" else diff_text(found))
    return 0


def _report(path: str, rules: list[Path] | None) -> "Report":
    """The report in `path`, or the analysis of the inputs there."""
    from rca.pipeline import Settings, analyze

    config = configured()
    facts = gathered(request([path], config=config))
    if facts.reports and not facts.runs:
        return facts.reports[-1]
    return analyze(facts, ruleset(rules, config), Settings(config=config))


def verify(
    paths: options.Paths = None,
    since: options.Since = "deploy",
    until: options.Until = None,
    changes: options.ChangeFiles = None,
    repo: options.Repo = None,
    ref: options.Ref = None,
    topology: options.TopologyFile = None,
    earlier: options.EarlierRuns = None,
    rules: options.RuleDirs = None,
    prior_change: options.Prior = 0.25,
    now: options.Now = None,
    history: options.HistoryFile = None,
    no_history: options.NoHistory = False,
    format: options.Table = "text",
) -> int:
    """Whether the last deploy (or the one that --since names) repaired what failed before it, and what is still needed."""
    choice(format, TABLES, "--format")
    from rca.pipeline import Settings
    from rca.pipeline import verify as judge
    from rca.report.comparison import verify_text
    from rca.safe import clean_model
    from rca.window import Asked, bounds, clock

    config = configured()
    rule_set = ruleset(rules, config)
    facts = gathered(
        request(paths, repo=repo, ref=ref, changes=changes, topology=topology, earlier=earlier, config=config)
    )
    asked = Asked(since=since, until=until, now_ns=clock(now))
    settings = Settings(asked=asked, prior_change=prior_change, config=config)
    memory = place(history, off=no_history)
    found = [clean_model(one) for one in judge(recall_known(facts, memory), rule_set, settings)]
    window = bounds(settings.asked, facts.digest, facts.runs, facts.changes)
    remember_verdicts(found, memory, window.until)
    if format == "json":
        import msgspec

        raw = msgspec.json.encode({"verdicts": [one.model_dump() for one in found]})
        emit.data(msgspec.json.format(raw, indent=2).decode())
    else:
        emit.data(verify_text(found))
    return 0


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("diff")(diff)
    app.command("verify")(verify)
