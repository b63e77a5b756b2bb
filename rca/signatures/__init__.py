"""Signatures: from texts to masked shapes, counts, exceptions, templates and versioned fingerprints."""

from rca.signatures.accumulator import Accumulator
from rca.signatures.extract import extract, extract_all
from rca.signatures.lines import line_signatures
from rca.signatures.merge import merge
from rca.signatures.ownership import owned
from rca.signatures.sign import sign, sign_texts
from rca.signatures.similar import Similarity, hints, similar
from rca.signatures.tally import tally

__all__ = [
    "Accumulator",
    "Similarity",
    "extract",
    "extract_all",
    "hints",
    "line_signatures",
    "merge",
    "owned",
    "sign",
    "sign_texts",
    "similar",
    "tally",
]
