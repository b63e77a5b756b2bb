"""Read an earlier report back."""

from pathlib import Path

from pydantic import ValidationError

from rca.errors import InputUnusableError
from rca.model import Report


def load(path: Path) -> Report:
    """The report in `path`; refuses anything that is not schema rca.report/1."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputUnusableError(
            f"cannot be read: {error.strerror}", where=str(path), hint="write one with rca analyze -o report.json"
        ) from error
    try:
        return Report.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top level"
        raise InputUnusableError(
            f"not a report of schema rca.report/1: {place}: {first['msg']}",
            where=str(path),
            hint="write one with rca analyze -o report.json",
        ) from error
