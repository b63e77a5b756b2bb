"""The HTML report in a real browser: no script, no request, links that lead, no serious finding of axe, in both colour schemes.

Needs chromium, node and axe-core: `npm install axe-core` in a folder named by RCA_AXE, else the test skips.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rca import rules
from rca.gather import Request, gather
from rca.pipeline import Settings, analyze
from rca.report import render

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NODE = shutil.which("node")
AXE = Path(os.environ.get("RCA_AXE", ROOT.parent / "axe")) / "node_modules" / "axe-core" / "axe.min.js"
MISSING = [
    name for name, there in (("chromium", CHROMIUM), ("node", NODE), (f"axe-core at {AXE}", AXE.is_file())) if not there
]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not on this machine: {', '.join(MISSING)}")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the browser saw of three pages: two causes, none, and hostile text."""
    folder = tmp_path_factory.mktemp("pages")
    pages = []
    for scenario in ("policy-violation", "healthy", "nothing-in-logs"):
        facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
        report = analyze(facts, rules.load([rules.builtin()]), Settings())
        if scenario == "nothing-in-logs":
            hostile = "<script>document.title='owned'</script><img src=https://evil.example/x onerror=alert(1)>"
            issues = tuple(one.model_copy(update={"title": one.title + hostile}) for one in report.issues)
            report = report.model_copy(update={"issues": issues})
        path = folder / f"{scenario}.html"
        path.write_text(render(report, "html"), encoding="utf-8")
        pages.append(str(path))
    assert CHROMIUM
    assert NODE
    done = subprocess.run(
        [NODE, str(ROOT / "tests" / "browser.mjs"), CHROMIUM, str(AXE), *pages],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_no_script_runs_and_no_request_leaves(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        assert one["scripts"] == 0, one["page"]
        assert one["requests"] == [], one["page"]


def test_axe_finds_nothing_serious_in_light_and_dark_on_a_desk_and_on_a_phone(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        assert one["violations"] == [], (one["page"], one["scheme"])


def test_a_link_of_a_why_opens_its_evidence(seen: list[dict[str, Any]]) -> None:
    linked = [one for one in seen if one["link"] != "none"]
    assert linked
    for one in linked:
        assert one["link"] == "found"
        assert one["opened"] is True


def test_nothing_sticks_out_sideways_and_the_page_prints(seen: list[dict[str, Any]]) -> None:
    for one in seen:
        assert one["overflow"] is False, (one["page"], one["width"])
        assert one["printed"] > 10_000
