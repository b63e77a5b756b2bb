"""Templates → text: the one door to jinja2. Templates see the report and a few filters, and must name what exists."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from rca.model import Report
from rca.report.filters import FILTERS
from rca.report.nearby import around
from rca.report.svg_bars import bars_svg
from rca.report.svg_graph import graph_svg
from rca.report.svg_timeline import timeline_svg
from rca.safe import command


@lru_cache(maxsize=1)
def templates_dir() -> Path:
    """The templates: inside the wheel as rca/data/templates, else beside the package (editable install)."""
    packaged = Path(str(files("rca"))) / "data" / "templates"
    return packaged if packaged.is_dir() else Path(str(files("rca"))).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """One environment; autoescape for HTML only, undefined names are errors."""
    made = Environment(  # autoescape is decided by the template's name; text formats are escaped by filters
        loader=FileSystemLoader(templates_dir()),
        undefined=StrictUndefined,
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters.update(FILTERS, timeline_svg=timeline_svg, graph_svg=graph_svg, bars_svg=bars_svg, around=around)
    return made


def fill(report: Report, template: str, **more: object) -> str:
    """`report` through one template; what is not HTML can neither start a workflow command nor hide one."""
    text = environment().get_template(template).render(**{"report": report, "review": None, **more})
    return text if ".html" in template else command(text)
