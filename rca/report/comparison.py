"""What `rca diff` and `rca verify` print."""

from collections.abc import Sequence

from rca.model import Diff, FixVerdict, IssueMove
from rca.safe import command, cut_short

WORDS = {
    "fixed": "fixed",
    "not_fixed": "NOT fixed",
    "improved": "improved, not gone",
    "no_recurrence_yet": "no recurrence yet",
    "inconclusive": "inconclusive",
}
TESTS_SHOWN = 20


def diff_text(found: Diff) -> str:
    """New first, then changed, still, fixed; tests below; what weakens the comparison last."""
    out: list[str] = []
    for name, moves in (("NEW", found.new), ("STILL", found.still), ("FIXED", found.fixed), ("UNKNOWN", found.unknown)):
        out += [_move(name, one) for one in moves]
    for pair in found.changed:
        out.append(f"CHANGED {pair.before.title} → {pair.after.title} ({pair.because})")
    tests = found.tests
    for name, ids in (
        ("broken", tests.broken),
        ("new and failing", tests.new_failing),
        ("still failing", tests.still_failing),
        ("fixed", tests.fixed),
        ("skipped now, so nothing is known", tests.skipped_now),
        ("gone, so nothing is known", tests.gone),
    ):
        if ids:
            out += [f"tests {name}: {len(ids)}", *(f"  {one}" for one in ids[:TESTS_SHOWN])]
            out += [f"  + {len(ids) - TESTS_SHOWN} more"] if len(ids) > TESTS_SHOWN else []
    if found.fixed or tests.fixed:
        out.append("fixed: not in B. Whether it stays away, one run cannot tell: rca verify")
    out += [f"mind: {note}" for note in found.notes]
    return command("\n".join(out) or "no failing issue in either")


def _move(name: str, one: IssueMove) -> str:
    counts = f"{one.before or 0} → {one.after or 0}"
    return f"{name:<7} {counts:>12}  {cut_short(one.title, 90)}  {one.id}"


def verify_text(found: Sequence[FixVerdict]) -> str:
    """One line per issue, what it stands on and what is still needed below."""
    if not found:
        return "nothing to judge: no issue was seen before a deploy in these inputs"
    out = [f"judged against {found[0].anchor}"]
    for one in found:
        p = f" (p {one.p:.3f} if nothing was repaired)" if one.p is not None else ""
        out.append(f"{WORDS[one.verdict]:<19}{p} {cut_short(one.title, 90)}  {one.issue}")
        out.append(
            f"    before: {one.before.count} in {one.before.exposure:g} {one.before.unit}; after: {one.after.count} in {one.after.exposure:g}"
        )
        out += [f"    {reason}" for reason in one.reasons]
        out += [f"    needs {one.needs}"] if one.needs else []
    return command("\n".join(out))
