"""Templates → text: the one door to jinja2. Templates see the report and a few filters, and must name what exists."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rca.model import Report
from rca.report.defuse import in_html
from rca.report.filters import FILTERS, HTML, MARKDOWN, TEXT, finalized
from rca.report.nearby import around, gist
from rca.report.svg_bars import bars_svg
from rca.report.svg_graph import graph_svg
from rca.report.svg_timeline import timeline_svg
from rca.safe import command

DRAWINGS = {"timeline_svg": timeline_svg, "graph_svg": graph_svg, "bars_svg": bars_svg, "around": around, "gist": gist}
MORE: dict[str, dict[str, Any]] = {
    "txt": TEXT,
    "md": MARKDOWN,
    "html": {**HTML, **DRAWINGS},
}  # filters of one target only


@lru_cache(maxsize=1)
def templates_dir() -> Path:
    """The templates: inside the wheel as rca/data/templates, else beside the package (editable install)."""
    packaged = Path(str(files("rca"))) / "data" / "templates"
    return packaged if packaged.is_dir() else Path(str(files("rca"))).parent / "templates"


@lru_cache(maxsize=3)
def environment(target: str) -> Environment:
    """One environment for each target (html, md, txt); undefined names are errors."""
    return made(Environment, target)


def fill(report: Report, template: str, **more: object) -> str:
    """`report` through one built-in template, NAME.TARGET.j2."""
    target = template.split(".")[-2]
    text = environment(target).get_template(template).render({"report": report, **more})
    return defused(text, target)


def made(kind: type[Environment], target: str) -> Environment:
    """HTML is autoescaped, Markdown is escaped by `finalized`; plain text needs no escape but that of commands."""
    made = kind(
        loader=FileSystemLoader(templates_dir()),
        undefined=StrictUndefined,
        autoescape=target == "html",
        finalize=finalized if target == "md" else None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS, **MORE.get(target, {}))
    return made


def defused(text: str, target: str) -> str:
    """`text` in which no line is a command of a CI host."""
    return in_html(text) if target == "html" else command(text)
