"""Hostile text in every field of a report × every format: it is shown, and nothing more happens."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hostile_texts import HOSTILE
from junit_schema import checked

from rca import rules
from rca.gather import Request, gather
from rca.model import Authenticity, Report
from rca.model.review import Criterion, Impact
from rca.pipeline import Settings, analyze
from rca.report import render
from rca.report.choose import cited
from rca.report.render import FORMATS
from rca.safe import clean_model

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py (extra dev) renders the Markdown for this test")

ROOT = Path(__file__).resolve().parent.parent
LITERAL = {"schema", "status", "kind", "basis", "branch", "label", "role", "novelty", "outcome", "type", "priority", "verdict", "severity"}  # fmt: skip
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]")  # fmt: skip
TAGS = {
    "a", "body", "code", "dd", "details", "div", "dl", "dt", "footer", "h1", "h2", "h3",
    "h4", "head", "header", "html", "li", "main", "meta", "nav", "ol", "p", "pre", "section",
    "span", "strong", "style", "summary", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
    "br", "svg", "desc", "g", "line", "path", "rect", "text",
}  # fmt: skip
ATTRIBUTES = {
    "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "colspan", "content", "data-h", "href", "http-equiv", "id", "lang",
    "name", "rel", "role", "scope", "tabindex", "viewbox", "x", "y", "x1", "x2", "y1", "y2",
    "d", "dx", "fill", "fill-opacity", "stroke", "rx", "width", "height", "text-anchor", "open",
}  # fmt: skip


@lru_cache(maxsize=1)
def innocent() -> dict[str, Any]:
    """A small report in which no list is empty."""
    facts = gather(Request(paths=[str(ROOT / "fixtures" / "no-subprotocol" / "input")]))
    report = analyze(facts, rules.load([rules.builtin()]), Settings())
    doubts = (Authenticity(id="suite::Class::test_fast", reasons=("it took 1 ms", "its siblings took longer")),)
    failures = tuple(one.model_copy(update={"suite": "s"}) for one in report.tests.failures[:3])
    tests = report.tests.model_copy(update={"authenticity": doubts, "failures": failures, "cases": {"a::b": "passed"}})
    source = report.coverage.sources[0].model_copy(update={"notes": ("a note",), "complete": False})
    coverage = report.coverage.model_copy(
        update={"missing": ("a green run",), "sources": (source, *report.coverage.sources[1:])}
    )
    evidence = {ref: one for ref, one in report.evidence.items() if ref in cited(report)}
    told: dict[str, Any] = {
        "impact": (Impact(priority="P0", impact="half the revenue", target="100 %", actual="50 %", failing=("a::b",)),),
        "criteria": (Criterion(name="login", target="1 s", actual="2 s", met=False),),
    }
    small = report.model_copy(update={"tests": tests, "coverage": coverage, "evidence": evidence, **told})
    dumped: dict[str, Any] = small.model_dump(by_alias=True)
    return dumped


def spoiled(hostile: str) -> Report:
    """The report with `hostile` before and after every text, keys included; equal texts stay equal, so that refs resolve."""

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return value if key in LITERAL or not value or TIME.fullmatch(value) else f"{hostile}{value}{hostile}"
        if isinstance(value, dict):
            if key == "cases":
                return {walk(name): outcome for name, outcome in value.items()}
            named = key in {"evidence", "captures", "skipped_reasons"}
            return {walk(k) if named else k: walk(v, "" if named else k) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item, key) for item in value]
        return value

    return clean_model(Report.model_validate(walk(innocent())))


class Seen(HTMLParser):
    """Elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each element."""
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "content"}:
                self.targets.add(value or "")


def html_is_plain(text: str) -> None:
    page = Seen()
    page.feed(text)
    assert page.elements <= TAGS
    assert page.attributes <= ATTRIBUTES
    links = {one for one in page.targets if not one.startswith("#")}
    assert all(
        one.startswith("https://console.cloud.google.com/")
        for one in links
        if "://" in one or one.startswith("javascript")
    )


def markdown_is_plain(text: str) -> None:
    """Rendered: only own elements, own links, as many headings as the innocent report has; nobody is mentioned."""
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    flat = [inner for token in tokens for inner in (token, *(token.children or ()))]
    for token in flat:
        if token.type in {"html_block", "html_inline"}:
            bare = re.sub(r"</?details>|</?summary>|<!-- rca:report -->", "", token.content)
            assert "<" not in bare, bare[:200]
        assert token.type != "image"
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith("https://console.cloud.google.com/")
        if token.type == "text":
            assert not re.search(r"@[\w-]|#\d", token.content), token.content[:200]
    headings = [token.tag for token in tokens if token.type == "heading_open"]
    assert headings == ([] if not headings else own_headings())


@lru_cache(maxsize=1)
def own_headings() -> list[str]:
    tokens = (
        markdown_it.MarkdownIt("commonmark").enable(["table"]).parse(render(Report.model_validate(innocent()), "md"))
    )
    return [token.tag for token in tokens if token.type == "heading_open"]


def valid_json(text: str) -> None:
    json.loads(text)


def valid_report(text: str) -> None:
    Report.model_validate_json(text)


CHECKS: dict[str, Callable[[str], None]] = {
    "html": html_is_plain,
    "md": markdown_is_plain,
    "github": markdown_is_plain,
    "comment": markdown_is_plain,
    "json": valid_report,
    "sarif": valid_json,
    "codequality": valid_json,
    "junit": lambda text: None if checked(text).count("testcase") == 1 else pytest.fail("a case more"),
}


@pytest.mark.parametrize(("sentence", "hostile"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_hostile_text_in_every_field_changes_no_output_but_its_words(sentence: str, hostile: str) -> None:
    report = spoiled(hostile)
    for name in FORMATS:
        text = render(report, name)
        text.encode()
        assert not FORBIDDEN.search(text), f"{sentence} in {name}"
        if name != "annotations":  # its lines are commands on purpose
            assert not any(line.lstrip().startswith("::") for line in text.splitlines()), f"{sentence} in {name}"
        assert not re.search(r"##(\[|vso\[|teamcity\[)", text, re.IGNORECASE), f"{sentence} in {name}"
        CHECKS.get(name, str)(text)


def test_annotations_hold_one_command_a_line_and_none_of_the_evidence() -> None:
    for sentence, hostile in HOSTILE:
        for line in render(spoiled(hostile), "annotations").splitlines():
            assert re.fullmatch(r"::(error|warning|notice) [^\n]*?::[^\n]*", line), sentence


def test_literals_left_alone_are_those_of_the_models() -> None:
    """Fields that this test does not spoil cannot hold text: their types list their values."""
    from rca.model.report import Novelty, Role, Status

    assert all(isinstance(value, str) for kind in (Novelty, Role, Status) for value in get_args(kind))
