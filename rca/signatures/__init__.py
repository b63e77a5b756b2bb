"""Signatures: from texts to masked shapes, counts, exceptions, templates and versioned fingerprints."""

from rca.signatures.extract import extract, extract_all
from rca.signatures.merge import merge
from rca.signatures.sign import sign
from rca.signatures.tally import tally

__all__ = ["extract", "extract_all", "merge", "sign", "tally"]
