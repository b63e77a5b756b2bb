"""The filters a template may use; together with the report they are all a template sees (templates/README.md)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from rca import safe
from rca.report import choose, course, defuse, extent, labels, layout, links, loop, matrix, telling, terse, words


def markdown_labels(refs: Sequence[str], known: dict[str, str], most: int = 3) -> Markup:
    """Labels of refs as inline code, comma-separated."""
    return Markup(", ".join(safe.code(one) for one in labels.labelled(refs, known, most)))  # noqa: S704 - each part went through code()


def finalized(value: Any) -> Any:
    """What a Markdown template prints and no filter has escaped: escaped, on one line. Safe by default, as autoescape."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return defuse.markdown(_BREAK.sub(" ", value))


def _marked(escape_: Callable[..., str]) -> Callable[..., Markup]:
    """An escape whose result is known to be escaped."""
    return lambda *given, **named: Markup(escape_(*given, **named))  # noqa: S704 - its input is the output of an escape


def ticked(text: str) -> Markup:
    """HTML in which what stands between two back-ticks on one line is code; everything is escaped."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # an odd tick is a tick
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = (
        Markup("<code>{}</code>").format(part) if n % 2 else Markup("{}").format(part) for n, part in enumerate(parts)
    )
    return Markup("").join(shown)


def marked(text: str) -> Markup:
    """Markdown on one line in which what stands between two back-ticks is code; everything else is escaped."""
    flat = " ".join(terse.instants(text).split())
    parts = flat.split("`")
    if len(parts) % 2 == 0:  # an odd tick is a tick
        parts[-2:] = [f"{parts[-2]}`{parts[-1]}"]
    shown = [defuse.markdown(part) if n % 2 == 0 else _coded(part) for n, part in enumerate(parts)]
    return Markup("".join(shown))  # noqa: S704 - each part went through code() or markdown()


def _coded(part: str) -> str:
    return safe.code(part) if part.strip() else defuse.markdown(f"`{part}`")


_BREAK = re.compile(r"\s*\n\s*")

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
    "change_short": words.change_short,
    "plural": words.plural,
    "class_name": words.class_name,
    "classes": words.classes,
    "instants": terse.instants,
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
    "listed": choose.listed,
    "row_id": choose.row_id,
    "arrows": choose.arrows,
    "nodes": choose.nodes,
    "labels": labels.labels,
    "labelled": labels.labelled,
    "source_of": labels.source_of,
    "branches": telling.branches,
    "untriggered": telling.untriggered,
    "named": telling.named,
    "lead": telling.lead,
    "to_do": telling.to_do,
    "open_questions": telling.open_questions,
    "timeline": course.timeline,
    "course": course.course,
    "lags": course.lags,
    "state": extent.state,
    "impact": extent.impact,
    "went_well": extent.went_well,
    "matrix": matrix.matrix,
    "turns": loop.turns,
    "links": links.links,
    "notable": links.notable,
    "recurrence": links.recurrence,
    "safe_url": links.safe_url,
    "commit_url": links.commit_url,
    "run_url": links.run_url,
    "met": words.met,
    "verdict": words.verdict,
    # layout and escapes
    "wrap": layout.wrap,
    "hang": layout.hang,
    "unsaid": telling.unsaid,
    "terse": telling.terse,
    "source_rows": layout.source_rows,
    "short": safe.cut_short,
}

MARKDOWN: dict[str, Callable[..., Any]] = {
    "md_refs": markdown_labels,
    "md": _marked(defuse.markdown),
    "marked": marked,
    "cell": _marked(defuse.cell),
    "code": _marked(safe.code),
    "fence": _marked(safe.fence),
    "mermaid": _marked(safe.mermaid),
    "html": _marked(defuse.in_element),
}

TEXT: dict[str, Callable[..., Any]] = {
    "answered": terse.answered,
    "noticed": terse.noticed,
    "headline": terse.headline,
    "others": terse.others,
    "blamed": terse.blamed,
    "between": terse.between,
    "unspoken": terse.unspoken,
    "totals": terse.totals,
    "inputs": terse.inputs,
}

HTML: dict[str, Callable[..., Any]] = {"ticked": ticked}
