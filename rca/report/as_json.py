"""The JSON report, schema rca.report/1."""

from rca.model import Report
from rca.report.defuse import in_json


def to_json(report: Report) -> str:
    """Stable key order (the models'), two-space indent, UTF-8 as is."""
    return in_json(report.model_dump_json(by_alias=True, indent=2)) + "\n"


def json_schema() -> str:
    """JSON Schema of the report; its module is loaded late, so that it can also be run as a command."""
    from rca.report import schema

    return schema.json_schema()
