"""What `pytest --rca` prints below a failed run: the verdict on the record of that run, made offline in its process."""

import warnings
from collections.abc import Sequence

from rca.errors import RcaError


def verdict(paths: Sequence[str]) -> str:
    """The text report on the record (and logs named beside it); an error of rca is one line, never a failure of the run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the project under test may turn warnings into errors
        from rca import rules
        from rca.gather import Request, gather
        from rca.pipeline import Settings, analyze
        from rca.report import render
        from rca.safe import line

        try:
            facts = gather(Request(paths=list(paths)))
            report = analyze(facts, rules.load([rules.builtin()]), Settings(command="pytest --rca"))
        except RcaError as error:
            return f"rca: {line(str(error), 1000)}"
        return render(report, "text")
