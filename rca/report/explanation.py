"""What `rca explain` prints: the fingerprint tree of one issue, contributing parts marked with an asterisk."""

from rca.model import Issue, Report
from rca.safe import command


def explanation_text(report: Report, issue: Issue) -> str:
    """Parts of the fingerprint with `*` where they contribute, then frames, values captured, and look-alikes."""
    out = [
        f"{issue.id}  {issue.title}",
        f"{issue.count} occurrences, {issue.first_at or '?'} to {issue.last_at or '?'}",
        "",
        "fingerprint",
    ]
    for part in issue.parts:
        mark = "*" if part.contributes else " "
        why = f"  ({part.reason})" if part.reason else ""
        out.append(f"  {mark} {part.name:<10} {part.value}{why}")
    out.append(
        f"  {'*' if issue.rule else ' '} {'rule':<10} {issue.rule or 'none matched: grouped by its own signature'}"
    )
    for name, value in sorted(issue.captures.items()):
        out.append(f"    {name:<10} {value}")
    if issue.frames:
        out += ["", "frames, innermost last (o = own code, contributes by file and function, never by line)"]
        out += [
            f"  {'o' if frame.own else ' '} {frame.file}:{frame.line or '?'} {frame.function}" for frame in issue.frames
        ]
    if issue.similar:
        titles = {one.id: one.title for one in report.issues}
        out += ["", "reads like (not merged)"]
        out += [f"    {other}  {titles.get(other, '')}" for other in issue.similar]
    if issue.exemplar and (shown := report.evidence.get(issue.exemplar)):
        out += ["", f"exemplar {issue.exemplar}", *(f"    {one}" for one in shown.text.splitlines()[:40])]
    return command("\n".join(out))
