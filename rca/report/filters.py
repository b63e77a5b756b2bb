"""The filters a template may use; together with the report they are all a template sees (templates/README.md)."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from rca import safe
from rca.model import Cause, Report
from rca.report import choose, course, defuse, extent, flaky, labels, layout, links, loop, matrix, telling, terse, words


def markdown_labels(refs: Sequence[str], known: dict[str, str], most: int = 3) -> Markup:
    """Labels of refs as inline code, comma-separated."""
    return Markup(", ".join(safe.code(one) for one in labels.labelled(refs, known, most)))  # noqa: S704 - each part went through code()


def markdown_source(step: telling.Told, report: Report, known: dict[str, str]) -> Markup:
    """What a step stands on, as `source_of` says it; a record that can be opened is a link, and one such is always named."""
    if step.basis == "open":
        return Markup("open")
    refs = [ref for ref in step.evidence if ref in known]
    shown = list({known[ref]: ref for ref in reversed(refs)}.values())[::-1]
    named = shown[:2]
    if not any(links.address(report, ref) for ref in named):
        named += [ref for ref in shown[2:] if links.address(report, ref)][:1]
    words_ = Markup(", ").join(_linked(ref, report, known) for ref in named)
    bare = not named or (step.basis == "rule" and known[named[0]].startswith("rule "))
    return Markup(words_ or step.basis) if bare else Markup(f"{step.basis}: {words_}")  # noqa: S704 - of a fixed set


def markdown_proof(cause: Cause, report: Report, known: dict[str, str]) -> Markup:
    """A link to the first record of a cause that can be opened, or nothing."""
    refs = (*cause.evidence, *(ref for why in cause.whys for ref in why.evidence))
    found = next((ref for ref in refs if ref in known and links.address(report, ref)), None)
    return _linked(found, report, known) if found else Markup("")


def _linked(ref: str, report: Report, known: dict[str, str]) -> Markup:
    url = links.address(report, ref)
    label = defuse.cell(known[ref])
    return Markup(f"[{label}]({url})" if url else label)  # noqa: S704 - the label went through cell(), the address is plain


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
    "flakiness": flaky.flakiness,
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
    "md_source": markdown_source,
    "md_proof": markdown_proof,
    "md": _marked(defuse.markdown),
    "marked": marked,
    "cell": _marked(defuse.cell),
    "code": _marked(safe.code),
    "fence": _marked(safe.fence),
    "mermaid": _marked(safe.mermaid),
    "html": _marked(defuse.in_element),
    "plain": _marked(links.run_url),
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
