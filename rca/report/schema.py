"""The JSON Schema of the report: generated from the models, shipped beside this module.

`python -m rca.report.schema` rewrites the file; a test compares it with what the models say.
"""

import json
from pathlib import Path

from rca.model import Report

SHIPPED = Path(__file__).with_name("rca.report-1.schema.json")


def json_schema() -> str:
    """JSON Schema (draft 2020-12) of rca.report/1, keys sorted."""
    schema = Report.model_json_schema(by_alias=True, mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "rca.report/1"}
    return json.dumps({**head, **schema}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SHIPPED.write_text(json_schema(), encoding="utf-8")
