"""Pattern: what a rule over several events found, such as a crash loop or an event that never came."""

from rca.model.base import Noun


class Pattern(Noun):
    """A finding over several events; `evidence` names the first of them, `count` counts all."""

    rule: str
    kind: str  # sequence | count | absence | ratio | first_after_change
    title: str
    role: str = "unknown"
    count: int = 1
    service: str | None = None
    revision: str | None = None
    first_at: str | None = None
    last_at: str | None = None
    evidence: tuple[str, ...] = ()
