"""What no output may ever hold, told from the bytes alone."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

from corpus.hostile import SECRETS

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_COMMAND = re.compile(r"^\s*::|##\[|##vso\[|##teamcity\[", re.MULTILINE | re.IGNORECASE)
_ANNOTATION = re.compile(r"::(?:error|warning|notice) (?:[a-z]+=[^:,\r\n]*,?)+::[^\r\n]*")
LONGEST = 21_000  # characters of one string
ELEMENTS = frozenset(
    "html head meta title style body main header footer section article nav aside h1 h2 h3 h4 p ul ol li dl dt dd table "  # noqa: SIM905
    "caption colgroup col thead tbody tr th td pre code details summary span div a small strong em b i br hr time abbr figure "
    "figcaption svg g path rect line circle text polyline polygon tspan defs marker desc label input form button mark sup sub kbd".split()
)
RENDERED = frozenset({"text", "md", "github"})


def violations(raw: bytes, target: str) -> list[str]:
    """What is wrong with an output; `target` is the format."""
    text = raw.decode("utf-8", "strict")
    found = [f"a secret: {secret[:8]}" for secret in SECRETS if _survives(secret, text)]
    found += [f"a control character {hex(ord(match[0]))}" for match in _CONTROL.finditer(text.replace("\r\n", "\n"))]
    if target in {"json", "jsonl", "sarif"}:
        return found[:9] + list(_strings(text, lines=target == "jsonl"))[:9]
    if target == "html":
        return found[:9] + _elements(text)
    if target == "xml":
        return found[:9] + _document(text)
    if target == "commands":
        return found[:9] + [
            f"a line that is no annotation: {line[:60]!r}"
            for line in text.splitlines()
            if not _ANNOTATION.fullmatch(line)
        ]
    assert target in RENDERED, f"no rule says what {target} may hold"
    found += [f"a workflow command: {match[0]!r}" for match in _COMMAND.finditer(text)]
    if target in {"md", "github"}:
        found += _markdown(text)
    return found[:9]


def _survives(secret: str, text: str) -> bool:
    return any(secret[start : start + 8] in text for start in range(len(secret) - 7))


def _strings(text: str, *, lines: bool) -> Iterator[str]:
    documents = [json.loads(line) for line in text.splitlines()] if lines else [json.loads(text)]
    stack: list[Any] = documents
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if _CONTROL.search(
                item.replace("\x1f", "") if lines else item
            ):  # separates the parts of a test's id in an export
                yield f"a control character in {item[:60]!r}"
            if len(item) > LONGEST:
                yield f"{len(item)} characters"
        stack += [*item, *item.values()] if isinstance(item, dict) else item if isinstance(item, list) else []


class _Page(HTMLParser):
    """Collects what is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element and its attributes."""
        if tag not in ELEMENTS:
            self.wrong.append(f"an element <{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in {"src", "srcset", "action", "formaction"}:
                self.wrong.append(f"an attribute {name}")
            if name in {"href", "xlink:href"} and not (value or "").startswith(
                ("#", "https://console.cloud.google.com/")
            ):
                self.wrong.append(f"a link to {value}")


def _elements(text: str) -> list[str]:
    page = _Page()
    page.feed(text)
    return page.wrong


def _document(text: str) -> list[str]:
    """An XML report: it parses, declares no document type, and no line of it is a command."""
    ET.fromstring(text)
    return ["a document type" for word in ("<!DOCTYPE", "<!ENTITY") if word in text] + [
        f"a workflow command: {match[0]!r}" for match in _COMMAND.finditer(text)
    ]


def _markdown(text: str) -> list[str]:
    from markdown_it import MarkdownIt

    page = _Page()
    page.feed(MarkdownIt("gfm-like", {"linkify": False}).render(text))
    wrong = [
        one
        for one in page.wrong
        if "<img" in one or "<script" in one or "attribute" in one or "javascript" in one or "evil" in one
    ]
    return wrong + (
        ["a mention"] if re.search(r"(?<![\w`&#;])@everyone", re.sub(r"`+[^`]*`+|(?s:```.*?```)", "", text)) else []
    )
