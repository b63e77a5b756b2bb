"""Sign: every shape of a digest gets its signature; messages without exception are clustered into templates."""

from collections.abc import Mapping

from rca.model.digest import Digest
from rca.model.signature import Signature
from rca.signatures.extract import extract_all


def sign(digest: Digest, extra_texts: Mapping[str, str] | None = None) -> dict[str, Signature]:
    """Shape, or key of an extra text (a test's failure), to signature; ordered by key."""
    extra = dict(extra_texts or {})
    table = digest.shapes.select("shape", "sample").sort("shape")
    texts = {**dict(table.iter_rows()), **extra}
    names = sorted(texts)
    return dict(zip(names, extract_all([texts[name] or "" for name in names]), strict=True))
