"""Evidence: every ref that a report cites, resolved to the record it stands for."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

import polars as pl
from pydantic import BaseModel

from rca.model import Change, Digest, Evidence, RuleSet, Source, TestCase, TestRun
from rca.model.digest import apart
from rca.when import rfc3339

_LOG_REF = re.compile(r"log:(\d{1,9}):(\d{1,12})")
_TRACE = re.compile(r"[0-9a-f]{32}")  # of W3C Trace Context, and of Cloud Trace
REF_FIELDS = ("evidence", "exemplar")
TEXT_KEPT = 6000
MARGIN_NS = 60_000_000_000  # the console link opens a minute around the entry


def cited(nouns: Iterable[BaseModel]) -> Iterator[str]:
    """All refs in the fields `evidence` and `exemplar`, at any depth, in order of appearance."""
    for noun in nouns:
        for name in type(noun).model_fields:
            yield from _refs(getattr(noun, name), is_ref=name in REF_FIELDS)


def _refs(value: object, *, is_ref: bool) -> Iterator[str]:
    if isinstance(value, str):
        if is_ref and value:
            yield value
    elif isinstance(value, BaseModel):
        yield from cited([value])
    elif isinstance(value, tuple):
        for item in value:
            yield from _refs(item, is_ref=is_ref)


def resolve(
    refs: Iterable[str],
    *,
    digest: Digest,
    runs: Sequence[TestRun],
    changes: Sequence[Change],
    rules: RuleSet,
    sources: Sequence[Source],
) -> dict[str, Evidence]:
    """Evidence by ref, sorted by ref; a ref that leads nowhere is left out (the report lint then complains)."""
    wanted = sorted(set(refs))
    found: dict[str, Evidence] = {}
    found.update(_logs(wanted, digest, sources))
    cases = {case.ref: (run, case) for run in runs for case in run.cases}
    by_id = {f"change:{change.id}": change for change in changes}
    for ref in wanted:
        if ref in cases:
            found[ref] = _case(*cases[ref])
        elif ref in by_id:
            found[ref] = _change(by_id[ref])
        elif ref.startswith("rule:") and (rule := rules.get(ref[5:])):
            found[ref] = Evidence(
                kind="rule",
                source=f"rules/{rule.id.replace('.', '/')}.toml",
                text=f"{rule.title}: {' '.join((*rule.explain.whys, rule.explain.latent, rule.detection)).strip()}",
            )
    return {ref: found[ref] for ref in wanted if ref in found}


def _logs(wanted: Sequence[str], digest: Digest, sources: Sequence[Source]) -> dict[str, Evidence]:
    places = [(int(match[1]), int(match[2])) for ref in wanted if (match := _LOG_REF.fullmatch(ref))]
    keys = pl.DataFrame(places, schema={"source": pl.UInt32, "line": pl.UInt32}, orient="row")
    rows = digest.events.join(keys, on=["source", "line"], how="inner").unique(
        ["source", "line"], keep="first", maintain_order=True
    )
    return {f"log:{row['source']}:{row['line']}": _entry(row, sources) for row in rows.iter_rows(named=True)}


def _entry(row: Mapping[str, object], sources: Sequence[Source]) -> Evidence:
    source, line, at = row["source"], row["line"], row["at"]
    return Evidence(
        kind="log",
        source=_named(source, sources) if isinstance(source, int) else "",
        line=line if isinstance(line, int) else None,
        insert_id=_text(row["insert_id"]),
        at=rfc3339(at) if isinstance(at, int) else None,
        text=str(row["message"] or "")[:TEXT_KEPT],
        url=console_url(_text(row["project"]), _text(row["insert_id"]), at if isinstance(at, int) else None),
        service=_text(row["service"]),
        revision=_text(row["revision"]),
        trace_url=trace_url(_text(row["project"]), _text(row["trace"])),
    )


def _named(number: int, sources: Sequence[Source]) -> str:
    """The path of an input; `PATH#N` for input N, counted from 0, of a digest."""
    source, place = apart(number)
    path = sources[source].path if source < len(sources) else str(source)
    return path if place is None else f"{path}#{place}"


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def console_url(project: str | None, insert_id: str | None, at: int | None) -> str | None:
    """Link to one entry in the Logs Explorer, or None when it cannot be addressed."""
    if not project or not insert_id or at is None:
        return None
    query = quote(f'insertId="{insert_id}"', safe="")
    start, end = rfc3339(at - MARGIN_NS), rfc3339(at + MARGIN_NS)
    return f"https://console.cloud.google.com/logs/query;query={query};timeRange={quote(f'{start}/{end}', safe='')}?project={quote(project, safe='')}"


def trace_url(project: str | None, trace: str | None) -> str | None:
    """Link to the trace that an entry belongs to, or None when it names none that Cloud Trace could hold."""
    if not project or not trace or not _TRACE.fullmatch(trace):
        return None
    return f"https://console.cloud.google.com/traces/list?project={quote(project, safe='')}&tid={trace}"


def _case(run: TestRun, case: TestCase) -> Evidence:
    return Evidence(
        kind="test",
        source=run.path,
        line=case.line,
        at=rfc3339(case.start_ns) if case.start_ns else None,
        text=(f"{case.id}: {case.outcome}. {case.message}\n{case.text}".strip())[:TEXT_KEPT],
    )


def _change(change: Change) -> Evidence:
    live = f", live {change.live_at}" if change.live_at and change.live_at != change.at else ""
    files = f"; files: {', '.join(change.files[:20])}" if change.files else ""
    return Evidence(
        kind="change",
        source=change.source,
        at=change.live_at or change.at,
        text=f"{change.kind} {change.id}: {change.title}, made {change.at}{live}{files}"[:TEXT_KEPT],
        service=change.service,
        revision=change.revision,
    )
