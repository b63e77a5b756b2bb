"""What the memory says of the issues at hand: their notes, and the changes that came too late to have caused them. Pure."""

from collections.abc import Mapping, Sequence

from rca.model import Change, Correlation, FixVerdict, NoChange, Occurring, Past, Reason, Suspect
from rca.when import to_ns

LEFT = 0.05  # of p stays with a change that took effect when the issue was known already: memories err, too
TOLD = 160  # characters of a cause told before


def known(one: Occurring, past: Mapping[str, Past]) -> Past | None:
    """What is known of an issue under any of the names that it goes by."""
    names = (one.issue.id, one.signature.id, *one.members)
    return next((past[name] for name in names if name in past), None)


def cleared(
    correlation: Correlation, issues: Sequence[Occurring], past: Mapping[str, Past], changes: Sequence[Change]
) -> Correlation:
    """`correlation` in which no change is suspected of an open issue that earlier runs saw before it took effect.

    A change that made it more frequent keeps its p. What is taken goes to "no change, constant"; all p still sum to 1.
    """
    live = {change.id: to_ns(change.live_at or change.at or "") for change in changes}
    suspects, rest = list(correlation.suspects), list(correlation.no_change)
    for one in issues:
        seen = known(one, past)
        first = to_ns(seen.first_at) if seen and seen.runs and seen.status != "fixed" and seen.first_at else None
        if first is None:
            continue
        late = {
            row.change
            for row in suspects
            if row.issue == one.issue.id
            and (at := live.get(row.change)) is not None
            and at > first
            and (row.rate_ratio.low or 0.0) <= 1.0
        }
        if late:
            assert seen is not None
            suspects, freed = _reduced(
                suspects,
                one.issue.id,
                late,
                f"known since {_at(seen.first_at)} from an earlier run, before it took effect",
            )
            rest = _given(rest, one.issue.id, freed, f"known since {_at(seen.first_at)} from an earlier run")
    ranked = sorted(enumerate(suspects), key=lambda pair: (_first(suspects, pair[1].issue), -pair[1].p, pair[0]))
    return Correlation(tuple(row for _, row in ranked), tuple(rest), correlation.novelty)


def _first(rows: Sequence[Suspect], issue: str) -> int:
    return next(n for n, row in enumerate(rows) if row.issue == issue)


def _reduced(rows: Sequence[Suspect], issue: str, late: set[str], why: str) -> tuple[list[Suspect], float]:
    freed, out = 0.0, []
    for row in rows:
        if row.issue == issue and (row.change in late or row.within in late):
            freed += row.p * (1 - LEFT)
            told = {"p": row.p * LEFT, "verdict": "contradicts", "words": "almost no chance"}
            out.append(row.model_copy(update={**told, "against": (Reason(text=why), *row.against)}))
        else:
            out.append(row)
    return out, freed


def _given(rows: Sequence[NoChange], issue: str, freed: float, why: str) -> list[NoChange]:
    found = [n for n, row in enumerate(rows) if row.issue == issue and row.kind == "constant"]
    out = list(rows)
    if found:
        out[found[0]] = rows[found[0]].model_copy(update={"p": rows[found[0]].p + freed, "text": why})
    else:
        out.append(NoChange(issue=issue, p=freed, kind="constant", text=why))
    return out


def note(seen: Past | None, since: FixVerdict | None, until: str | None) -> str:
    """All that is known of an issue in one line; `since` judges the last change of these inputs."""
    told: list[str] = []
    if seen is not None and seen.runs:
        runs = "1 earlier run" if seen.runs == 1 else f"{seen.runs} earlier runs"
        told.append(f"seen in {runs}, first {_at(seen.first_at)}, last {_at(seen.last_at)}")
    if seen is not None and seen.fixed_in:
        told.append(f"was said to be fixed in {seen.fixed_in}")
    elif seen is not None and seen.status == "fixed":
        told.append(
            f"its tests passed in between after {seen.fixed_by}; that did not hold"
            if seen.fixed_by
            else "its tests passed in between, with no change on record: it comes and goes"
        )
    if seen is not None:
        told += [f"{name} {text}" for name, text in (("ticket", seen.ticket), ("owner", seen.owner)) if text]
        if seen.expected_until:
            late = ", which has passed" if _passed(seen.expected_until, until) else ""
            told.append(f"expected until {seen.expected_until}{late}")
        told += [seen.note] if seen.note else []
        told += [f"cause: {seen.cause}"] if seen.cause else []
        told += [f"cause told then: {seen.found[:TOLD].rstrip('.')}"] if seen.found and not seen.cause else []
    if since is not None and since.after.count == 0:
        word = since.verdict.replace("_", " ")
        needs = f", needs {since.needs}" if since.needs else ""
        told.append(f"not seen since {since.anchor.removeprefix('deploy:')} took effect: {word}{needs}")
    return "; ".join(told)


def sentence(
    issue: str | None, issues: Sequence[Occurring], past: Mapping[str, Past], judged: Mapping[str, FixVerdict]
) -> str:
    """The memory's part of the verdict: that the issue of the first cause is known, and what people said of it.

    `judged`: issue → whether the last change of these inputs repaired it.
    """
    one = next((each for each in issues if each.issue.id == issue), None)
    seen = known(one, past) if one else None
    if one is None or seen is None or not seen.runs:
        return ""
    runs = "1 earlier run" if seen.runs == 1 else f"{seen.runs} earlier runs"
    since = judged.get(one.issue.id)
    quiet = since is not None and since.after.count == 0  # then it is not back
    told = [
        f"seen in {runs} since {_at(seen.first_at)}",
        *(f"{name} {text}" for name, text in _said(seen) if text),
        (f"said to be fixed in {seen.fixed_in}" if seen.fixed_in else "") if quiet else _back(seen),
    ]
    return f" Known: {', '.join(part for part in told if part)}."


def _said(seen: Past) -> tuple[tuple[str, str], ...]:
    """What people noted, in the order in which it helps."""
    return (
        ("ticket", seen.ticket),
        ("owner", seen.owner),
        ("expected until", seen.expected_until),
        ("cause", _quoted(seen.cause)),
        ("note", _quoted(seen.note)),
    )


def _quoted(text: str) -> str:
    return f"“{text[:TOLD].rstrip('.')}”" if text else ""


def _back(seen: Past) -> str:
    """What the return of an issue says; a repair is named only where there was one."""
    if seen.fixed_in:
        return f"it was said to be fixed in {seen.fixed_in} and is back"
    if seen.status != "fixed":
        return ""
    if seen.fixed_by:
        return f"its tests had passed after the {seen.fixed_by}, and the fix did not hold"
    return "its tests had passed in between, with no change on record"


def _at(instant: str | None) -> str:
    return f"{instant[:19].replace('T', ' ')} UTC" if instant else "an unknown time"


def _passed(date: str, until: str | None) -> bool:
    """Whether an "expected until" is over; one that is no date never is."""
    limit, now = to_ns(date), to_ns(until or "")
    return limit is not None and now is not None and now > limit
