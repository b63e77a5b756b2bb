"""The JSON report, schema rca.report/1, and its JSON Schema generated from the models."""

import json

from rca.model import Report


def to_json(report: Report) -> str:
    """Stable key order (the models'), two-space indent, UTF-8 as is."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"


def json_schema() -> str:
    """JSON Schema of the report."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    return (
        json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}, indent=2, sort_keys=True)
        + "\n"
    )
