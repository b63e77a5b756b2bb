"""Sign: every shape of a digest gets its signature; messages without exception are clustered into templates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from rca.model.digest import Digest
from rca.model.signature import Part, Signature
from rca.signatures import fingerprint
from rca.signatures.cluster import cluster
from rca.signatures.extract import extract_all
from rca.signatures.requests import REQUEST

AT_ONE_PLACE = 4  # distinct messages of one exception at one place: fewer are told apart, such as two missing modules
ANYWHERE = 10  # the same where no place is known


class Company(NamedTuple):
    """Exception type, and place or family; `least` distinct templates are needed before any is looked for."""

    kind: str
    place: str
    least: int


def sign(digest: Digest, extra_texts: Mapping[str, str] | None = None) -> dict[str, Signature]:
    """Shape, or key of an extra text (a test's failure), to signature; ordered by key."""
    extra = dict(extra_texts or {})
    request = pl.col("text").str.contains(REQUEST)
    table = digest.shapes.sort("shape")
    routes = table.filter(request).select("shape", "text").rows()
    rows = table.filter(~request).select("shape", "sample", "family").rows()
    names = [row[0] for row in rows] + list(extra)
    samples = [row[1] or "" for row in rows] + list(extra.values())
    families = [row[2] or "" for row in rows] + ["test"] * len(extra)
    signed = dict(zip(names, sign_texts(samples, families), strict=True))
    signed.update({shape: of_template(text) for shape, text in routes})
    return dict(sorted(signed.items()))


def sign_texts(samples: Sequence[str], families: Sequence[str], *, explained: bool = True) -> list[Signature]:
    """Signatures of representatives of unique shapes, in their order.

    Messages find their templates within one family, exceptions among those of one type raised at one place, wherever
    they were seen: so a test and a log agree.
    """
    found = extract_all(samples, explained=explained)
    keys = [_company(one, family) for one, family in zip(found, families, strict=True)]
    messages: dict[Company, set[str]] = defaultdict(set)
    for one, key in zip(found, keys, strict=True):
        messages[key].add(_template(one).value)
    templates = {key: cluster(texts) for key, texts in messages.items() if len(texts) >= key.least}
    return [
        _named(one, templates[key][_template(one).value]) if key in templates else one
        for one, key in zip(found, keys, strict=True)
    ]


def of_template(template: str) -> Signature:
    """The signature of a text that is its own template, such as a request's status and route."""
    parts = fingerprint.parts(None, template, (), None)
    return Signature(id=fingerprint.identify(parts), template=template, parts=parts)


def _template(one: Signature) -> Part:
    return next(part for part in one.parts if part.name == "template")


def _company(one: Signature, family: str) -> Company:
    """The signatures among which this one finds its template."""
    first, *others = one.parts
    if first.name == "template":
        return Company("", family, 2)
    place = next((part.value for part in others if part.name == "frames" and part.contributes), "")
    return Company(first.value, place, AT_ONE_PLACE if place else ANYWHERE)


def _named(one: Signature, template: str) -> Signature:
    """The signature under its template; the finely masked text stays visible among the parts."""
    old = _template(one)
    if template == old.value:
        return one
    parts = (
        *(part.model_copy(update={"value": template}) if part is old else part for part in one.parts),
        fingerprint.before(old.value),
    )
    shown = f"{one.exception_type}: {template}" if one.parts[0].name == "type" else template
    return one.model_copy(update={"id": fingerprint.identify(parts), "template": shown, "parts": parts})
