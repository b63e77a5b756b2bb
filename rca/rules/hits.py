"""Hit: one place where a rule over several events holds, before findings are made of it."""

from dataclasses import dataclass, field

SCOPES: dict[str, tuple[str, ...]] = {
    "any": (),
    "service": ("service",),
    "revision": ("service", "revision"),
    "instance": ("service", "revision", "instance"),
    "trace": ("trace",),
    "test": ("test",),
}
"""Columns that events must share."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Times are ns; `refs` are evidence, earliest first."""

    first_at: int | None
    last_at: int | None
    count: int
    refs: tuple[str, ...] = ()
    service: str | None = None
    revision: str | None = None
    captures: dict[str, str | None] = field(default_factory=dict)
    share: float | None = None
    change: str | None = None
