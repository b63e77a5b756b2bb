"""Report × report → what is new, fixed, still there and failing in another way. Pure."""

from rca.model import Diff, Issue, IssueMove, ModeChange, Report, TestMoves

FAILING = ("failed", "error")


def diff(before: Report, after: Report) -> Diff:
    """`after` compared with `before`. An absent issue counts as fixed only where the comparison allows it."""
    old, new = _failing(before), _failing(after)
    changed = _changed(old, new)
    moved = {pair.before.id for pair in changed} | {pair.after.id for pair in changed}
    gone = [old[key] for key in sorted(old.keys() - new.keys() - moved)]
    idle = {one.id for one in gone if _idle(one, after)}
    notes = (
        *_notes(before, after),
        *(
            f"the tests of {one.title} ({one.id}) did not run in B: nothing is known of it"
            for one in gone
            if one.id in idle
        ),
    )
    return Diff(
        new=tuple(_move(None, new[key]) for key in sorted(new.keys() - old.keys() - moved)),
        fixed=tuple(_move(one, None) for one in gone if one.id not in idle),
        unknown=tuple(_move(one, None) for one in gone if one.id in idle),
        still=tuple(_move(old[key], new[key]) for key in sorted(old.keys() & new.keys())),
        changed=changed,
        tests=_tests(before, after),
        comparable=not notes,
        notes=notes,
    )


def _idle(issue: Issue, after: Report) -> bool:
    """Whether none of its tests was executed in `after`; of an entry of the logs this cannot be told."""
    cases = after.tests.cases
    return bool(issue.tests and (cases or not after.tests.total)) and not any(
        cases.get(name, "skipped") != "skipped" for name in issue.tests
    )


def _failing(report: Report) -> dict[str, Issue]:
    return {issue.id: issue for issue in report.issues if issue.role != "background"}


def _move(before: Issue | None, after: Issue | None) -> IssueMove:
    shown = after or before
    assert shown is not None
    return IssueMove(
        id=shown.id,
        title=shown.title,
        rule=shown.rule,
        before=before.count if before else None,
        after=after.count if after else None,
        first_at=shown.first_at,
        last_at=shown.last_at,
    )


def _changed(old: dict[str, Issue], new: dict[str, Issue]) -> tuple[ModeChange, ...]:
    """Pairs of a vanished and an appeared issue at one place: same own frame, or the same failing tests."""
    gone = [old[key] for key in sorted(old.keys() - new.keys())]
    come = [new[key] for key in sorted(new.keys() - old.keys())]
    pairs: list[ModeChange] = []
    taken: set[str] = set()
    for first in gone:
        for second in come:
            because = _same_place(first, second)
            if because and second.id not in taken:
                taken.add(second.id)
                pairs.append(ModeChange(before=_move(first, None), after=_move(None, second), because=because))
                break
    return tuple(pairs)


def _same_place(first: Issue, second: Issue) -> str:
    one, other = first.location, second.location
    if one and other and one.own and (one.file, one.function) == (other.file, other.function):
        return f"the same place: {one.file} {one.function}"
    shared = sorted(set(first.tests) & set(second.tests))
    if shared and len(shared) * 2 >= len(set(first.tests) | set(second.tests)):
        return f"the same tests fail, {shared[0]} among them"
    return ""


def _tests(before: Report, after: Report) -> TestMoves:
    old, new = before.tests.cases, after.tests.cases
    both = sorted(old.keys() & new.keys())
    return TestMoves(
        broken=tuple(key for key in both if old[key] == "passed" and new[key] in FAILING),
        fixed=tuple(key for key in both if old[key] in FAILING and new[key] == "passed"),
        still_failing=tuple(key for key in both if old[key] in FAILING and new[key] in FAILING),
        new_failing=tuple(key for key in sorted(new.keys() - old.keys()) if new[key] in FAILING),
        gone=tuple(sorted(old.keys() - new.keys())),
        skipped_now=tuple(key for key in both if old[key] != "skipped" and new[key] == "skipped"),
        both_passed=sum(old[key] == "passed" == new[key] for key in both),
    )


def _notes(before: Report, after: Report) -> tuple[str, ...]:
    """What forbids or weakens the comparison: kinds of evidence that only one side has, cut inputs, other fingerprints."""
    kinds = [{source.kind for source in report.coverage.sources if source.kept} for report in (before, after)]
    notes = [f"A read {kind}, B did not: what only {kind} shows may look fixed" for kind in sorted(kinds[0] - kinds[1])]
    notes += [f"B read {kind}, A did not: what only {kind} shows may look new" for kind in sorted(kinds[1] - kinds[0])]
    for name, report in (("A", before), ("B", after)):
        cut = [source.path for source in report.coverage.sources if not source.complete]
        if cut:
            notes.append(f"{name} is incomplete: {cut[0]}" + (f" and {len(cut) - 1} more" if len(cut) > 1 else ""))
        if report.tests.total and not report.tests.cases:
            notes.append(f"{name} has too many tests to list them: tests are not compared one by one")
    if before.tool.rules != after.tool.rules:
        notes.append("the rule sets differ: an issue may have another id because a rule names it now")
    return tuple(notes)
