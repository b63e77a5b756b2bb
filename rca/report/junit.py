"""JUnit XML: the tests of the inputs as they ended, each failure with its class and cause; valid against junit-10.xsd.

The annotation stands in `system-out`, which every reader shows; `properties` of a single case break that schema.
"""

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from rca.model import Failure, Report
from rca.report.choose import by_id
from rca.report.defuse import in_html
from rca.report.kinds import effects, reached
from rca.report.telling import untriggered
from rca.report.words import class_name, pct
from rca.safe import cut_short

TAGS = {"failed": "failure", "error": "error", "skipped": "skipped"}
MESSAGE = 2_000
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPE = re.compile(r"([\w.$]{1,200}): ")
Row = tuple[str, str, str, str, Failure | None]  # suite, class, name, outcome, how it failed


def to_junit(report: Report) -> str:
    """One test suite for each of the inputs' suites; a test that ran several times stands once, as it ended."""
    suites: dict[str, list[Row]] = {}
    for row in _rows(report):
        suites.setdefault(row[0], []).append(row)
    said = _told(report)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>']
    parts.append(f"<testsuites{_attributes(name='rca', **_counts(row for rows in suites.values() for row in rows))}>")
    for name, rows in suites.items():
        parts.append(f"<testsuite{_attributes(name=name, **_counts(rows), skipped=_count(rows, 'skipped'))}>")
        parts.append(f"<properties>{_property('rca.verdict', report.verdict.summary)}{_left_out(report)}</properties>")
        parts += [_case(row, said) for row in rows]
        parts.append("</testsuite>")
    parts.append("</testsuites>")
    return in_html("\n".join(parts)) + "\n"


def _rows(report: Report) -> Iterable[Row]:
    """Every test once; where the report has no list of its tests (there are too many), those that failed."""
    failed = {one.id: one for one in report.tests.failures}
    ended = report.tests.cases or {name: one.outcome for name, one in failed.items()}
    suites = sorted((one.name for one in report.tests.suites), key=len, reverse=True)
    for name, outcome in ended.items():
        one = failed.get(name)
        suite = one.suite if one else next((each for each in suites if each and name.startswith(f"{each}::")), "")
        rest = name.removeprefix(f"{suite}::") if suite else name
        own = one.name if one else rest.rpartition("::")[2]
        yield suite or "tests", rest.removesuffix(own).rstrip(":") or suite, own, outcome, one


def _case(row: Row, said: dict[str, str]) -> str:
    _, classname, name, outcome, failure = row
    out = [f"<testcase{_attributes(classname=classname, name=name)}>"]
    if outcome in TAGS:
        message = cut_short(failure.message, MESSAGE) if failure and outcome != "skipped" else ""
        kind = _TYPE.match(message)
        given = {"message": message, **({"type": kind[1]} if kind else {})} if message else {}
        out.append(f"<{TAGS[outcome]}{_attributes(**given)}/>")
    if failure:
        before = "" if outcome in {"failed", "error"} else "failed before, and then did not: "
        told = said.get(failure.issue or "", "")
        out.append(f"<system-out>{_text(f'{before}class: {class_name(failure.kind)}{told}')}</system-out>")
    return f"{''.join(out)}</testcase>"


def _told(report: Report) -> dict[str, str]:
    """Issue → what is known of it: its title and id, and the cause that leads to it."""
    changes, after = by_id(report.changes), effects(report)
    found = {one.id: f"\nissue: {one.title} ({one.id})" for one in report.issues}
    done: set[str] = set()
    for cause in report.causes:
        text = f"\ncause ({cause.words}, {pct(cause.p)}): {cut_short(untriggered(cause), 500)}"
        if cause.trigger in changes:
            text += f"\ntrigger: {changes[cause.trigger].title or cause.trigger}"
        for name in reached(cause.issue, after) if cause.issue else ():
            if name not in done:
                done.add(name)
                found[name] = f"{found.get(name, '')}{text}"
    return found


def _counts(rows: Iterable[Row]) -> dict[str, str]:
    given = list(rows)
    return {"tests": str(len(given)), "failures": _count(given, "failed"), "errors": _count(given, "error")}


def _count(rows: Iterable[Row], outcome: str) -> str:
    return str(sum(row[3] == outcome for row in rows))


def _left_out(report: Report) -> str:
    if report.tests.cases or not report.tests.total:
        return ""
    return _property("rca.note", f"only the tests that failed are listed, of {report.tests.total}")


def _property(name: str, value: str) -> str:
    return f"<property{_attributes(name=name, value=value)}/>"


def _attributes(**given: str) -> str:
    return "".join(f" {name}={quoteattr(_plain(value))}" for name, value in given.items())


def _text(text: str) -> str:
    return escape(_plain(text))


def _plain(text: str) -> str:
    """`text` with what XML 1.0 cannot hold shown as `<U+XXXX>`."""
    return _NO_XML.sub(lambda match: f"<U+{ord(match[0]):04X}>", text)
