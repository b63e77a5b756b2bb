"""An earlier report of ours."""

from collections.abc import Iterator

from pydantic import ValidationError

from rca.errors import InputUnusableError
from rca.model import Report, Source
from rca.model.piece import Earlier, Piece


def read(source: int, path: str, data: bytes) -> Iterator[Piece]:
    """The Report and its Source, one record. Raises InputUnusableError when it is not of schema rca.report/1."""
    del source
    try:
        report = Report.model_validate_json(data)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputUnusableError(
            f"not a report of schema rca.report/1: {field}: {first['msg']}",
            where=path,
            hint="write it again with --format json",
        ) from None
    yield Earlier(report)
    yield Source(path=path, kind="report", read=1, kept=1, first_at=report.window.since, last_at=report.window.until)
