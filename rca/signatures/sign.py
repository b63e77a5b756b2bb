"""Sign: every shape of a digest gets its signature; messages without exception are clustered into templates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from rca.model.digest import Digest
from rca.model.signature import Signature
from rca.signatures import fingerprint
from rca.signatures.cluster import cluster
from rca.signatures.extract import extract_all
from rca.signatures.requests import REQUEST


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


def sign_texts(samples: Sequence[str], families: Sequence[str]) -> list[Signature]:
    """Signatures of representatives of unique shapes, in their order; templates are found within one family."""
    found = extract_all(samples)
    messages: dict[str, set[str]] = defaultdict(set)
    for one, family in zip(found, families, strict=True):
        if _is_message(one):
            messages[family].add(one.template)
    templates = {family: cluster(texts) for family, texts in messages.items()}
    return [
        _named(one, templates[family].get(one.template, one.template)) if _is_message(one) else one
        for one, family in zip(found, families, strict=True)
    ]


def of_template(template: str) -> Signature:
    """The signature of a text that is its own template, such as a request's status and route."""
    parts = fingerprint.parts(None, template, (), None)
    return Signature(id=fingerprint.identify(parts), template=template, parts=parts)


def _is_message(one: Signature) -> bool:
    """Exceptions keep their own template: two types, or two modules that are missing, never merge."""
    return one.parts[0].name == "template"


def _named(one: Signature, template: str) -> Signature:
    """The signature under its template; the finely masked text stays visible among the parts."""
    if template == one.template:
        return one
    kept = tuple(part for part in one.parts if part.name != "template")
    parts = (*fingerprint.parts(None, template, (), None), *kept, fingerprint.before(one.template))
    return one.model_copy(update={"id": fingerprint.identify(parts), "template": template, "parts": parts})
