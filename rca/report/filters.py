"""The filters a template may use; together with the report they are all a template sees (templates/README.md)."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from markupsafe import Markup

from rca import safe
from rca.model import Report
from rca.report import choose, course, labels, layout, links, telling, words


def markdown_labels(refs: Sequence[str], report: Report, most: int = 3) -> str:
    """Labels of refs as inline code, comma-separated."""
    return ", ".join(safe.code(one) for one in labels.labelled(refs, labels.labels(report), most))


def ticked(text: str) -> Markup:
    """HTML in which what stands between two back-ticks on one line is code; everything is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # an odd tick is a tick
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = (
        Markup("<code>{}</code>").format(part) if n % 2 else Markup("{}").format(part) for n, part in enumerate(parts)
    )
    return Markup("").join(shown)


FILTERS: dict[str, Callable[..., Any]] = {
    # words
    "pct": words.pct,
    "at": words.at,
    "clock": words.clock,
    "place": words.place,
    "gap": words.gap,
    "count": words.count,
    "ratio": words.ratio,
    "change_name": words.change_name,
    "plural": words.plural,
    "ended": telling.ended,
    # what is shown
    "by_id": choose.by_id,
    "ranked": choose.ranked,
    "suspected": choose.suspected,
    "cause_of": choose.cause_of,
    "heading": telling.heading,
    "likely": choose.likely,
    "cited": choose.cited,
    "anchor": choose.anchor,
    "arrows": choose.arrows,
    "nodes": choose.nodes,
    "labels": labels.labels,
    "labelled": labels.labelled,
    "source_of": labels.source_of,
    "branches": telling.branches,
    "untriggered": telling.untriggered,
    "named": telling.named,
    "to_do": telling.to_do,
    "open_questions": telling.open_questions,
    "timeline": course.timeline,
    "course": course.course,
    "lags": course.lags,
    "state": course.state,
    "impact": course.impact,
    "links": links.links,
    "notable": links.notable,
    "recurrence": links.recurrence,
    "safe_url": links.safe_url,
    # layout and escapes
    "wrap": layout.wrap,
    "hang": layout.hang,
    "unsaid": telling.unsaid,
    "source_rows": layout.source_rows,
    "md_refs": markdown_labels,
    "md": safe.markdown,
    "cell": safe.cell,
    "code": safe.code,
    "fence": safe.fence,
    "short": safe.cut_short,
    "html": escape,
    "ticked": ticked,
    "mermaid": safe.mermaid,
}
