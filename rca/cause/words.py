"""Words for probabilities (the bands of ICD 203), and the line that says how good the ground under them is."""

from collections.abc import Iterable

CAP = 0.98
"""Nothing printed is surer than this: above .99 the method was measured to be over-confident."""

BANDS: tuple[tuple[float, str], ...] = (
    (0.95, "almost certain"),
    (0.80, "very likely"),
    (0.55, "likely"),
    (0.45, "roughly even"),
    (0.20, "unlikely"),
    (0.05, "very unlikely"),
    (0.00, "almost no chance"),
)
"""Lower bounds, inclusive, of the ICD 203 expressions."""

LOW_BASIS_CAP = 0.79  # a low analytic basis never reads stronger than "likely"


def band(p: float) -> str:
    """The ICD 203 expression for a probability."""
    return next(word for low, word in BANDS if p >= low)


def grade(signs: Iterable[bool]) -> str:
    """`high` with all four signs, `moderate` with two or three, `low` with fewer."""
    count = sum(signs)
    return {4: "high", 3: "moderate", 2: "moderate"}.get(count, "low")


def listing(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *head, last = items
    return f"{', '.join(head)} and {last}" if head else last


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 failure`, `3 failures`."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"


def short(text: str, limit: int = 160) -> str:
    """One line of at most `limit` characters; what is cut is marked."""
    flat = " ".join(text[: limit * 4].split())
    if len(flat) <= limit:
        return flat
    kept = flat[: limit - 1].rstrip()
    opened = kept.rfind("(")
    if opened > limit // 2 and kept.find(")", opened) < 0:  # half a parenthesis reads as if the rest belonged to it
        kept = kept[:opened].rstrip()
    return f"{kept}…"


def clock(at: str | None) -> str:
    """The time of day of an RFC 3339 time, with its fraction cut off; empty without a time."""
    return at[11:19] if at and len(at) >= 19 else ""
