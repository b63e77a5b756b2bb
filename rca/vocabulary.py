"""Vocabulary: services under the names their project gives them, and links to where it keeps commits and issues."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import polars as pl

from rca.globs import fits_any
from rca.model import Change, Digest, Linking, Report

Aliases = Mapping[str, Sequence[str]]


def canonical(name: str, services: Aliases) -> str:
    """The project's name of a service: the first whose aliases fit (`*` stands for anything)."""
    return next((own for own, aliases in services.items() if fits_any(aliases, name)), name)


def in_digest(digest: Digest, services: Aliases) -> Digest:
    """The digest with every service under its own name; rows that became alike are still to be merged.

    `family` is a service or a logger; only one that is a service of these logs is renamed.
    """
    frames = {name: _frame(getattr(digest, name), services) for name in ("cells", "events", "traffic", "routes")}
    known = {name for name in digest.traffic["service"].unique().to_list() if name}
    names = {name: canonical(name, services) for name in sorted(known)}
    shapes = digest.shapes.with_columns(pl.col("family").replace(names))
    return Digest(shapes=shapes, **frames)


def _frame(frame: pl.DataFrame, services: Aliases) -> pl.DataFrame:
    names = {name: canonical(name, services) for name in frame["service"].unique().to_list() if name}
    return frame.with_columns(pl.col("service").replace(names))


def in_change(change: Change, services: Aliases) -> Change:
    """The change with its service under its own name."""
    return change.model_copy(update={"service": canonical(change.service, services)}) if change.service else change


def in_topology(topology: Mapping[str, Sequence[str]], services: Aliases) -> dict[str, tuple[str, ...]]:
    """Who calls whom, under their own names; a service that only called itself under another name calls nobody."""
    found: dict[str, tuple[str, ...]] = {}
    for caller, called in topology.items():
        name = canonical(caller, services)
        callees = (canonical(one, services) for one in called)
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *(one for one in callees if one != name))))
    return found


def linked(report: Report, links: Linking) -> Report:
    """The report with addresses of its issues, and of the commits among its evidence."""
    if links.issue:
        issues = tuple(one.model_copy(update={"url": _url(links.issue, "{id}", one.id)}) for one in report.issues)
        report = report.model_copy(update={"issues": issues})
    if not links.commit:
        return report
    shas = {f"change:{one.id}": one.commit or one.id.removeprefix("commit:") for one in report.changes if _has_sha(one)}
    evidence = {
        ref: one.model_copy(update={"url": _url(links.commit, "{sha}", shas[ref])}) if ref in shas else one
        for ref, one in report.evidence.items()
    }
    return report.model_copy(update={"evidence": evidence})


def _has_sha(change: Change) -> bool:
    return bool(change.commit) or change.id.startswith("commit:")


def _url(template: str, place: str, value: str) -> str:
    return template.replace(place, quote(value, safe=""))
