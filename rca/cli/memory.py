"""The memory around an analysis: what it knew before, and what it will know; without it the analysis still runs."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rca.cli import emit
from rca.errors import InputUnusableError

if TYPE_CHECKING:
    from rca.model import Facts, Report


def place(given: Path | None, *, off: bool, environ: Mapping[str, str] | None = None) -> Path | None:
    """The file of the memory, or None when it is switched off."""
    from rca.history import default_path

    return None if off else given or default_path(os.environ if environ is None else environ)


def recall(facts: "Facts", path: Path | None, before: str | None) -> "Facts":
    """`facts` with what earlier runs knew; says in the report when the memory cannot be read."""
    if path is None:
        return facts
    from rca.history import open_history, outcomes, past

    names = sorted({case.id for run in facts.runs for case in run.cases if case.outcome != "skipped"})
    try:
        with open_history(path) as history:
            return replace(facts, past=past(history, before), outcomes=outcomes(history, names, before))
    except InputUnusableError as error:
        emit.complain(str(error))
        return replace(facts, missing=(*facts.missing, "the memory of earlier runs: it was unavailable"))


def remember(report: "Report", path: Path | None) -> None:
    """Add the analysis to the memory; one line on standard error when that is not possible."""
    if path is None:
        return
    from rca.history import open_history

    try:
        with open_history(path) as history:
            history.remember(report)
    except InputUnusableError as error:
        emit.complain(str(error))
