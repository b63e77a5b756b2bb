"""The memory around an analysis: what it knew before, and what it will know; without it the analysis still runs."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rca.cli import emit
from rca.errors import InputUnusableError

if TYPE_CHECKING:
    from rca.model import Facts, FixVerdict, Report

UNAVAILABLE = "the memory of earlier runs: it was unavailable"


def place(given: Path | None, *, off: bool, environ: Mapping[str, str] | None = None) -> Path | None:
    """The file of the memory, or None when it is switched off."""
    from rca.history import default_path

    return None if off else given or default_path(os.environ if environ is None else environ)


def recall(facts: "Facts", path: Path | None, before: str | None) -> "Facts":
    """`facts` with what runs before an instant knew; says in the report when the memory cannot be read.

    Of tests and iterations only what began before these inputs counts, and never the runs under analysis themselves.
    """
    if path is None:
        return facts
    from rca.history import deployed, keys, known, loop, open_history, outcomes, past

    ran = [case for run in facts.runs for case in run.cases if case.outcome != "skipped"]
    names = sorted({case.id for case in ran})
    red = sorted({case.id for case in ran if case.outcome != "passed"})
    runs = (*facts.runs, *facts.earlier)
    own = keys(runs, [run.path for run in runs])
    begun = _begun(facts, before)
    try:
        with open_history(path) as history:
            return replace(
                facts,
                past=past(history, before, begun, without=own),
                known=known(history, begun),
                outcomes=outcomes(history, red, begun, without=own),
                deployed=deployed(history, begun),
                loop=loop(history, names, begun, without=own),
            )
    except InputUnusableError as error:
        emit.complain(str(error))
        return replace(facts, missing=(*facts.missing, UNAVAILABLE))


def recall_known(facts: "Facts", path: Path | None) -> "Facts":
    """`facts` with the issues of runs that ended before these inputs begin, for a fix to be judged by."""
    if path is None or not path.exists():
        return facts
    from rca.history import keys, known, open_history, past

    begun = _begun(facts, None)
    own = keys(facts.runs, [run.path for run in facts.runs])
    try:
        with open_history(path) as history:
            return replace(facts, known=known(history, begun), past=past(history, begun, without=own))
    except InputUnusableError as error:
        emit.complain(str(error))
        return facts


def _begun(facts: "Facts", otherwise: str | None) -> str | None:
    """The first instant of the inputs."""
    from rca.when import rfc3339
    from rca.window import extent

    first = extent(facts.digest, facts.runs)[0]
    return rfc3339(first) if first is not None else otherwise


def remember(report: "Report", path: Path | None, facts: "Facts") -> None:
    """Add the analysis to the memory; one line on standard error when that is not possible."""
    if path is None or UNAVAILABLE in facts.missing:
        return  # said already
    from rca.history import open_history

    try:
        with open_history(path) as history:
            history.remember(report, facts.runs)
    except InputUnusableError as error:
        emit.complain(str(error))


def remember_verdicts(found: "Sequence[FixVerdict]", path: Path | None, at: str | None) -> None:
    """Keep what was judged of known issues, for `rca history show`."""
    if path is None or not path.exists() or not found:
        return
    from rca.history import open_history

    try:
        with open_history(path) as history:
            history.judged(found, at)
    except InputUnusableError as error:
        emit.complain(str(error))
