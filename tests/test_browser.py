"""The HTML report in a real browser: no script, no request, links that lead, no finding of axe, in both colour schemes.

Needs chromium; axe-core comes with the `dev` extra, or newer from `npm install axe-core` in a folder named by RCA_AXE.
"""

import base64
import importlib.util
import json
import os
import time
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browsing import CHROMIUM, Browser, Tab

from rca import rules
from rca.gather import Request, gather
from rca.model import Report
from rca.pipeline import Settings, analyze
from rca.report import render

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ("policy-violation", "healthy", "nothing-in-logs")
SCREENS = (("light", 1100), ("dark", 390))
HOSTILE = "<script>document.title='owned'</script><img src=https://evil.example/x onerror=alert(1)>"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="not on this machine: chromium")


def axe() -> str:
    """axe-core as a script."""
    if folder := os.environ.get("RCA_AXE"):
        return (Path(folder) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = importlib.util.find_spec("axe_core_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("not on this machine: axe-core-python")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings(run="https://ci.example/run/1"))


def page_of(folder: Path, scenario: str) -> Path:
    """The page of a scenario in `folder`; that of nothing-in-logs holds hostile text."""
    report = report_of(scenario)
    if scenario == "nothing-in-logs":
        issues = tuple(one.model_copy(update={"title": one.title + HOSTILE}) for one in report.issues)
        report = report.model_copy(update={"issues": issues})
    path = folder / f"{scenario}.html"
    path.write_text(render(report, "html"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as one:
        yield one


def test_a_page_runs_nothing_asks_for_nothing_fits_its_width_and_satisfies_axe(
    browser: Browser, tmp_path: Path
) -> None:
    for scenario in SCENARIOS:
        page = page_of(tmp_path, scenario)
        for scheme, width in SCREENS:
            tab = browser.open(page, scheme=scheme, width=width)
            assert_sound(tab, f"{scenario}, {scheme}, {width} pixels wide")
            tab.close()


def assert_sound(tab: Tab, where: str) -> None:
    assert tab.run("document.scripts.length") == 0, where
    assert tab.requests() == [], where
    assert tab.run("document.title").startswith("rca: "), where
    tab.run("document.querySelectorAll('details').forEach((one) => { one.open = true })")  # what is folded counts too
    assert not tab.run("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"), where
    assert tab.run(CUT) == [], where
    tab.run(f"{axe()};0")
    assert tab.run(FINDINGS) == [], where


# words of a drawing that its edge cuts off, or that run out of their box
CUT = """[...document.querySelectorAll('svg text')].filter((one) => { const t = one.getBoundingClientRect();
    const frame = (one.closest('.node')?.querySelector('rect') ?? one.closest('svg')).getBoundingClientRect();
    return t.width && (t.left < frame.left - 1 || t.right > frame.right + 1 || t.bottom > frame.bottom + 1); })
    .map((one) => one.textContent)"""
FINDINGS = """axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations
    .map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')))"""


def test_a_link_of_a_why_opens_its_evidence_also_when_the_page_is_entered_by_it(
    browser: Browser, tmp_path: Path
) -> None:
    page = page_of(tmp_path, "policy-violation")
    tab = browser.open(page, scheme="light", width=1100)
    hrefs = tab.run("[...document.querySelectorAll('ol.whys a.ref')].map((one) => one.getAttribute('href'))")
    tab.close()
    assert hrefs
    for href in list(dict.fromkeys(hrefs))[:6]:
        entered = browser.open(page, scheme="light", width=1100, anchor=href)
        seen = entered.run(
            "(() => { const there = document.querySelector(':target'); const at = there.getBoundingClientRect();"
            " return there.closest('details').open && at.top >= 0 && at.top < innerHeight; })()"
        )
        entered.close()
        assert seen, f"{href} is opened and in sight"


def test_the_keyboard_reaches_the_evidence_of_a_why(browser: Browser, tmp_path: Path) -> None:
    tab = browser.open(page_of(tmp_path, "policy-violation"), scheme="light", width=1100)
    tab.press("Tab")
    assert tab.run("document.activeElement.className") == "skip", "the first stop skips to the report"
    for _ in range(40):
        tab.press("Tab")
        if tab.run("document.activeElement.matches('ol.whys a.ref')"):
            break
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") == "solid", "the focus is seen"
    href = tab.run("document.activeElement.getAttribute('href')")
    tab.press("Enter")
    assert tab.run(f"location.hash === {json.dumps(href)} && document.querySelector(':target').closest('details').open")
    tab.close()


def test_the_page_prints_with_all_that_is_folded(browser: Browser, tmp_path: Path) -> None:
    tab = browser.open(page_of(tmp_path, "policy-violation"), scheme="dark", width=1100)
    tab.ask("Emulation.setEmulatedMedia", media="print", features=[])
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is white"
    hidden = tab.run("[...document.querySelectorAll('details pre')].filter((one) => !one.checkVisibility()).length")
    pdf = base64.b64decode(tab.ask("Page.printToPDF")["data"])
    tab.close()
    assert hidden == 0
    assert pdf.startswith(b"%PDF")


def test_a_host_that_strips_styles_leaves_drawings_whose_words_can_be_read(browser: Browser, tmp_path: Path) -> None:
    tab = browser.open(page_of(tmp_path, "policy-violation"), scheme="light", width=1100)
    tab.run("document.querySelector('style').remove()")
    shapes = "[...document.querySelectorAll('svg rect, svg path')].map((one) => getComputedStyle(one).fill)"
    fills = tab.run(shapes)
    tab.close()
    assert fills
    assert "rgb(0, 0, 0)" not in fills, "as black as the words"


def test_a_page_of_500_issues_opens_in_about_a_second(browser: Browser, tmp_path: Path) -> None:
    report = report_of("policy-violation")
    root = next(one for one in report.issues if one.role == "root")
    entry, failure = report.evidence[root.exemplar or ""], report.tests.failures[0]
    many: list[Any] = [
        root.model_copy(update={"id": f"v1:{n:016x}", "title": f"issue {n} {'x' * 300}", "exemplar": f"log:0:{n}"})
        for n in range(500)
    ]
    grown = {
        "issues": (*report.issues, *many),
        "evidence": report.evidence | {one.exemplar: entry.model_copy(update={"text": "é" * 6000}) for one in many},
        "tests": report.tests.model_copy(update={"failures": (failure.model_copy(update={"message": "m" * 500}),) * 500}),
        "graph": tuple(
            report.graph[0].model_copy(update={"cause": one.id, "effect": next_one.id}) for one, next_one in pairwise(many)
        ),
    }  # fmt: skip
    page = tmp_path / "many.html"
    page.write_text(render(report.model_copy(update=grown), "html"), encoding="utf-8")
    assert page.stat().st_size < 2_000_000
    began = time.process_time()
    tab = browser.open(page, scheme="light", width=1100)
    opened = tab.run("performance.getEntriesByType('navigation')[0].loadEventEnd")
    tab.close()
    assert time.process_time() - began < 1
    assert opened < 5_000, "milliseconds; about 200 on two idle cores"
