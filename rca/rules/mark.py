"""Events with the rule and the signature of their shape, for rules over several events."""

from collections.abc import Mapping

import polars as pl

from rca.model import Finding, Signature


def marked(events: pl.DataFrame, signatures: Mapping[str, Signature], findings: Mapping[str, Finding]) -> pl.DataFrame:
    """`events` (EVENTS schema) with the columns rule and signature, by shape."""
    keys = list(signatures)
    marks = pl.DataFrame(
        {
            "shape": keys,
            "rule": [findings[key].rule if key in findings else None for key in keys],
            "signature": [signatures[key].id for key in keys],
        },
        schema={"shape": pl.String, "rule": pl.String, "signature": pl.String},
    )
    return events.join(marks, on="shape", how="left", maintain_order="left")
