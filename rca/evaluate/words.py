"""The evaluation as text and as JSON."""

from typing import Any

from rca.evaluate.score import Marks, Score

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("incidents", "n"),
    ("verdict", "verdict"),
    ("root", "root"),
    ("top1", "top-1"),
    ("false_blame", "false"),
    ("precision", "prec"),
    ("sure", "P@.8"),
    ("abstained", "abstain"),
    ("commit", "commit"),
    ("brier", "Brier"),
    ("ece", "ECE"),
    ("ece_top", "ECE top"),
)
_WIDTH = 8


def text(found: Score) -> str:
    """Tables for people: per family, overall, reliability, and the prior that fits."""
    width = max(12, *(len(one.name) for one in found.families))
    head = "family".ljust(width) + "".join(title.rjust(_WIDTH) for _, title in _COLUMNS)
    lines = [head, "-" * len(head)]
    lines += [_line(one, width) for one in (*found.families, found.overall)]
    lines += [
        "",
        "reliability (each possibility of each answer: a change, or none)",
        "   p from      n   mean p   came true",
    ]
    lines += [f"  {row.low:7.1f}{row.n:7d}{row.mean:9.3f}{row.share:12.3f}" for row in found.reliability]
    if found.prior_hint is not None:
        lines += [
            "",
            f"a recorded change is guilty of {found.prior_hint:.2f} of these root causes: --prior-change {found.prior_hint:.2f} fits incidents like them",
        ]
    lines += ["", *_misses(found)]
    return "\n".join(lines).rstrip() + "\n"


def _line(one: Marks, width: int) -> str:
    cells = []
    for field, _ in _COLUMNS:
        value = getattr(one, field)
        cells.append("-" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}")
    return one.name.ljust(width) + "".join(cell.rjust(_WIDTH) for cell in cells)


def _misses(found: Score) -> list[str]:
    """What went wrong, one line an incident."""
    lines = []
    for one in found.results:
        wrong = [
            name
            for name, bad in (
                ("verdict", one.status_right is False),
                ("root", one.root_right is False),
                ("change missed", one.top1 is False),
                ("false blame", bool(one.false_blame)),
                ("commit", one.commit_right is False),
            )
            if bad
        ]
        if wrong:
            blamed = f" (blamed {one.blamed}, p {one.p:.2f})" if one.blamed else ""
            lines.append(f"  {one.incident.name}: {', '.join(wrong)}{blamed}")
    return ["wrong:", *lines] if lines else []


def document(found: Score) -> dict[str, Any]:
    """The same as plain values for JSON; times are left out, so that two runs give the same bytes."""
    return {
        "overall": _plain(found.overall),
        "families": [_plain(one) for one in found.families],
        "reliability": [
            {"from": row.low, "n": row.n, "mean_p": row.mean, "came_true": row.share} for row in found.reliability
        ],
        "prior_change": found.prior_hint,
        "incidents": [
            {
                "name": one.incident.name,
                "family": one.incident.family,
                "verdict_right": one.status_right,
                "root_right": one.root_right,
                "blamed": one.blamed,
                "p": one.p,
                "top1": one.top1,
                "false_blame": one.false_blame,
                "commit_right": one.commit_right,
            }
            for one in found.results
        ],
    }


def _plain(one: Marks) -> dict[str, Any]:
    return {"name": one.name, **{field: getattr(one, field) for field, _ in _COLUMNS}}
