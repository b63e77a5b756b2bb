"""XML reports of tests: the root element decides the dialect."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from rca.ingest import xmlwalk
from rca.ingest.junit import Junit
from rca.ingest.nunit import NUnit
from rca.ingest.testdraft import Draft, Reading
from rca.ingest.trx import Trx
from rca.ingest.xmlothers import Jenkins, TestNG
from rca.ingest.xmltext import encoding
from rca.ingest.xunit import XUnit

DIALECTS: xmlwalk.Dialects = {
    "testsuites": Junit,
    "testsuite": Junit,
    "testcase": Junit,
    "test-run": NUnit,
    "test-results": NUnit,
    "test-suite": NUnit,
    "assemblies": XUnit,
    "assembly": XUnit,
    "TestRun": Trx,
    "testng-results": TestNG,
    "result": Jenkins,
    "testResult": Jenkins,
}

_SUBSET = re.compile(r"<!DOCTYPE\s{1,9}[^<>\[]{1,400}\[")
_ROOT = re.compile(r"<(?![!?])(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})")


def recognise(head: bytes) -> bool:
    """Whether the first element of `head` (any encoding; comments, DOCTYPE and junk before it) is a test report's root."""
    codec, mark = encoding(head.lstrip(b"\r\n\t "))
    text = head.lstrip(b"\r\n\t ")[mark:].decode(codec, "replace").lstrip("\ufeff\r\n\t ")
    if not text.startswith("<"):  # printed by a shell or npm before the report
        return _root(text[text.find("\n<") + 1 :]) in DIALECTS if "\n<" in text else False
    # XML of another kind, and any with an internal subset, is taken as well: to be refused with a reason, not read as text
    return (
        _root(text) in DIALECTS
        or text.startswith(("<?xml", "<!ENTITY", "<!ELEMENT"))
        or _SUBSET.match(text) is not None
    )


def _root(text: str) -> str:
    """Local name of the first element, stepping over comments, declarations and a document type."""
    at = 0
    while True:
        at = text.find("<", at)
        if at < 0:
            return ""
        for opens, closes in (("<!--", "-->"), ("<?", "?>"), ("<!", ">")):
            if text.startswith(opens, at):
                end = text.find(closes, at)
                if end < 0:
                    return ""
                at = end + len(closes)
                break
        else:
            found = _ROOT.match(text, at)
            return found[1] if found else ""


def read(data: BinaryIO, reading: Reading) -> Iterator[Draft]:
    """The cases of one XML report. Raises InputUnusableError for hostile or foreign XML."""
    return xmlwalk.read(data, reading, DIALECTS)
