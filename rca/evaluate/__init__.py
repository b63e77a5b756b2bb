"""`rca eval`: predictions against labelled incidents; the analysis itself is passed in."""

import time
from collections.abc import Callable
from pathlib import Path

from rca.evaluate.judged import Result, judged
from rca.evaluate.labels import Incident, incidents
from rca.evaluate.score import Marks, Score, score
from rca.evaluate.words import document, text
from rca.model import Report

__all__ = ["Incident", "Marks", "Result", "Score", "document", "evaluate", "incidents", "judged", "score", "text"]


def evaluate(folder: Path, analyse: Callable[[Path], Report]) -> Score:
    """Analyse the inputs of every labelled incident below `folder` and add up the marks.

    Raises InputUnusableError where there is no label, or one that cannot be read; errors of `analyse` pass through.
    """
    results = []
    for incident in incidents(folder):
        started = time.perf_counter()
        report = analyse(incident.input)
        results.append(judged(incident, report, time.perf_counter() - started))
    return score(results)
