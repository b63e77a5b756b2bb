"""`rca analyze`: read, cluster, correlate, explain, report."""

import os
import shlex
import sys
from typing import TYPE_CHECKING

import typer

from rca.cli import emit, host, options
from rca.cli.inputs_of import choice, configured, gathered, request, ruleset
from rca.cli.live import reading
from rca.cli.memory import place, recall, remember
from rca.cli.output import targets, templates, write
from rca.errors import ExitCode, PartialDataError

if TYPE_CHECKING:
    from rca.model import Report

FAIL_ON = ("none", "any", "new", "regression")


def analyze(
    paths: options.Paths = None,
    since: options.Since = "deploy",
    until: options.Until = None,
    repo: options.Repo = None,
    ref: options.Ref = None,
    changes: options.ChangeFiles = None,
    topology: options.TopologyFile = None,
    baseline: options.Baseline = None,
    earlier: options.EarlierRuns = None,
    project: options.Project = None,
    service: options.Service = None,
    filter: options.Filter = None,
    budget: options.Spend = None,
    resume: options.Resume = False,
    rules: options.RuleDirs = None,
    config: options.ConfigFile = None,
    format: options.Format = "text",
    output: options.Out = None,
    template: options.OwnTemplates = None,
    fail_on: options.FailOn = "none",
    prior_change: options.Prior = 0.25,
    now: options.Now = None,
    history: options.HistoryFile = None,
    no_history: options.NoHistory = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Read the inputs of an incident and report what failed, since when, after which change, and why."""
    wanted, own = targets(format, output or ()), templates(template or ())
    choice(fail_on, FAIL_ON, "--fail-on")
    from rca.pipeline import Settings, analyze
    from rca.window import Asked, bounds, clock

    project_says = configured(config)
    rule_set = ruleset(rules, project_says)
    now_ns = clock(now)
    live = reading(
        project,
        since=since,
        until=until,
        service=service,
        filter=filter,
        budget=budget,
        resume=resume,
        now_ns=now_ns,
        quiet=quiet,
    )
    asked_for = request(
        paths,
        repo=repo,
        ref=ref,
        changes=changes,
        topology=topology,
        baseline=baseline,
        earlier=earlier,
        live=live,
        config=project_says,
    )
    facts = gathered(asked_for, quiet=quiet)
    settings = Settings(
        asked=Asked(since=since, until=until, now_ns=now_ns),
        prior_change=prior_change,
        config=project_says.model_copy(update={"links": host.commits(project_says.links, os.environ, repo=bool(repo))}),
        command=shlex.join(["rca", *sys.argv[1:]]),
        run=host.run_url(os.environ),
    )
    memory = place(history, off=no_history)
    window = bounds(settings.asked, facts.digest, facts.runs, facts.changes)
    facts = recall(facts, memory, window.until)
    report = analyze(facts, rule_set, settings)
    remember(report, memory, facts)
    write(report, wanted, own, quiet=quiet, no_color=no_color, full=verbose)
    if verbose and not quiet:
        emit.complain(f"{len(facts.sources)} sources, {len(report.issues)} issues, {len(rule_set.rules)} rules")
    if strict and (partial := [source.path for source in report.coverage.sources if not source.complete]):
        raise PartialDataError(
            "1 input is incomplete" if len(partial) == 1 else f"{len(partial)} inputs are incomplete",
            where=partial[0],
            hint="see coverage in the report",
        )
    if live is not None and live.outcome.interrupted:
        return int(ExitCode.INTERRUPTED)
    return int(ExitCode.FAIL_ON if met(report, fail_on) else ExitCode.DONE)


def met(report: "Report", fail_on: str) -> bool:
    """Is the condition of --fail-on met? Unknown novelty does not count as new."""
    failing = [issue for issue in report.issues if issue.role != "background"]
    if fail_on == "any":
        return report.verdict.status != "no_failure_found"
    if fail_on == "new":
        return any(issue.novelty in {"new", "regressed"} for issue in failing)
    return fail_on == "regression" and any(issue.novelty == "regressed" for issue in failing)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("analyze")(analyze)
