"""A user's template sees the report and the escapes, leaves the sandbox never, and has limits of time, memory and output."""

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

from rca import rules
from rca.errors import InputUnusableError
from rca.gather import Request, gather
from rca.model import Report
from rca.pipeline import Settings, analyze
from rca.report import render
from rca.report.own import MIB, Limits, fill_own

ROOT = Path(__file__).resolve().parent.parent
SMALL = Limits(cpu_s=1, wall_s=60, memory=256 * MIB, output=MIB)


@lru_cache(maxsize=2)
def report_of(scenario: str) -> Report:
    facts = gather(Request(paths=[str(ROOT / "fixtures" / scenario / "input")]))
    return analyze(facts, rules.load([rules.builtin()]), Settings())


def test_a_template_of_ones_own_sees_the_report_and_the_escapes_and_may_include_the_built_in_ones(
    tmp_path: Path,
) -> None:
    own = tmp_path / "short.md.j2"
    own.write_text(
        "# {{ report.verdict.summary }}\n{% for one in report.issues | ranked %}- {{ one.title }}\n{% endfor %}"
        '{% include "summary.md.j2" %}'
    )
    report = report_of("missing-module")
    hostile = report.model_copy(update={"verdict": report.verdict.model_copy(update={"summary": "<b>x</b> @me"})})
    text = render(hostile, "md", own)
    assert "<b>" not in text
    assert "- Module app.monitoring" in text
    assert "<details><summary>Five whys</summary>" in text


REFUSED = [
    ("a name that does not exist", "{{ nothing }}", "'nothing' is undefined"),
    ("a walk to the globals", "{{ report.__class__.__mro__[1].__subclasses__() }}", "unsafe"),
    ("a walk through a filter", "{{ ''.__class__.__base__ }}", "unsafe"),
    ("a broken tag", "{% for %}", "line 1: "),
    ("a file that is not a template of rca", "{% include '/etc/passwd' %}", "/etc/passwd"),
    ("a division by zero", "{{ 1 / 0 }}", "ZeroDivisionError"),
    ("a loop in a loop", "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "takes more than 1 s of processor time"),
    ("a text multiplied", "{{ 'a' * 10**10 }}", "needs more than 256 MiB of memory"),
    ("a text that doubles", "{% set x = namespace(y='a') %}{% for i in range(60) %}{% set x.y = x.y ~ x.y %}{% endfor %}", "needs more than 256 MiB of memory"),
    ("a macro that calls itself", "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}", "calls itself too deeply"),
    ("output without end", "{% for a in range(99999) %}{{ 'x' * 100 }}{% endfor %}", "makes more than 1 MiB of text"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "source", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_bad_template_is_refused_in_one_line_whatever_it_does(
    sentence: str, source: str, said: str, tmp_path: Path
) -> None:
    own = tmp_path / "bad.html.j2"
    own.write_text(source)
    with pytest.raises(InputUnusableError, match=r"bad\.html\.j2") as refused:
        fill_own(report_of("healthy"), own, "html", SMALL)
    assert said in str(refused.value), sentence
    assert "\n" not in str(refused.value)


def test_at_the_command_line_it_is_exit_status_2_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "big.md.j2").write_text("{{ 'a' * 10**10 }}")
    command = [sys.executable, "-m", "rca", "analyze", str(ROOT / "fixtures/healthy/input"), "--no-history"]
    done = subprocess.run(
        [*command, "-o", "out.md", "--template", "big.md.j2"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "big.md.j2: needs more than 512 MiB of memory" in done.stderr
    assert not (tmp_path / "out.md").exists()
