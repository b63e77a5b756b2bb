"""Fold subjects into issues: those a rule groups, then those that share a signature."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from rca.issues.subjects import Subject
from rca.model import FINGERPRINT_VERSION, Digest, Finding, Issue, Occurrence, Occurring, Signature, TestRun
from rca.model.frames import MINUTE_NS, SEVERITY_NAMES
from rca.when import rfc3339

OCCURRENCES_KEPT = 1000  # per issue; the counts stay true
EVIDENCE_KEPT = 12  # refs listed on the issue itself
TEXT_KEPT = 4000  # characters of one occurrence's text
TITLE = 160


@dataclass(frozen=True, slots=True)
class Folded:
    """Issues, and their true counts per service, revision and minute (CELLS with `issue` for `shape`)."""

    issues: tuple[Occurring, ...]
    cells: pl.DataFrame


def fold(
    subjects: Sequence[Subject],
    signatures: Mapping[str, Signature],
    findings: Mapping[str, Finding],
    digest: Digest,
    runs: Sequence[TestRun],
) -> Folded:
    """One issue for each rule group or signature, in order of first appearance, then id."""
    groups: dict[str, list[Subject]] = {}
    for subject in subjects:
        groups.setdefault(identity(signatures[subject.key], findings.get(subject.key)), []).append(subject)
    owner = {subject.key: issue for issue, members in groups.items() for subject in members}
    cells = _cells(digest, owner)
    events = _events(digest, owner)
    started = {case.ref: case.start_ns or run.started_ns for run in runs for case in run.cases}
    made = [
        _issue(issue, members, signatures, findings, events.get(issue, ()), cells_of, started)
        for issue, members in groups.items()
        for cells_of in [cells.filter(pl.col("issue") == issue)]
    ]
    made.sort(key=lambda one: (one.issue.first_at or "~", one.issue.id))
    return Folded(tuple(made), cells)


def identity(signature: Signature, finding: Finding | None) -> str:
    """The issue id: the signature's, or, where a rule groups, a hash of the rule and its group values."""
    if finding is None:
        return signature.id
    parts = "\x1f".join((finding.rule, *finding.group))
    return f"{FINGERPRINT_VERSION}:{hashlib.blake2b(parts.encode(), digest_size=8).hexdigest()}"


def _cells(digest: Digest, owner: Mapping[str, str]) -> pl.DataFrame:
    keys = pl.DataFrame(
        {"shape": list(owner), "issue": list(owner.values())}, schema={"shape": pl.String, "issue": pl.String}
    )
    return (
        digest.cells.join(keys, on="shape", how="inner")
        .group_by("issue", "service", "revision", "minute")
        .agg(pl.col("count").sum(), pl.col("first_at").min(), pl.col("last_at").max())
        .sort("issue", "minute", "service", "revision", nulls_last=True)
    )


def _events(digest: Digest, owner: Mapping[str, str]) -> dict[str, list[Occurrence]]:
    keep = (
        "at",
        "service",
        "revision",
        "instance",
        "trace",
        "severity",
        "message",
        "status",
        "url",
        "log",
        "source",
        "line",
    )
    rows = digest.events.filter(pl.col("shape").is_in(list(owner))).sort("at", "source", "line", nulls_last=True)
    found: dict[str, list[Occurrence]] = {}
    for row in rows.select("shape", *keep).iter_rows(named=True):
        bucket = found.setdefault(owner[row["shape"]], [])
        if len(bucket) < OCCURRENCES_KEPT:
            bucket.append(
                Occurrence(
                    ref=f"log:{row['source']}:{row['line']}",
                    at=row["at"],
                    service=row["service"],
                    revision=row["revision"],
                    instance=row["instance"],
                    trace=row["trace"],
                    severity=row["severity"] or 0,
                    text=(row["message"] or "")[:TEXT_KEPT],
                    status=row["status"],
                    url=row["url"],
                    log=row["log"],
                )
            )
    return found


def _from_cases(members: Sequence[Subject], started: Mapping[str, int | None]) -> Iterable[Occurrence]:
    for subject in members:
        if case := subject.case:
            yield Occurrence(
                ref=case.ref,
                at=started.get(case.ref),
                test=case.id,
                severity=subject.severity,
                text=subject.text[:TEXT_KEPT],
            )


def _issue(
    issue_id: str,
    members: Sequence[Subject],
    signatures: Mapping[str, Signature],
    findings: Mapping[str, Finding],
    events: Sequence[Occurrence],
    cells: pl.DataFrame,
    started: Mapping[str, int | None],
) -> Occurring:
    occurrences = sorted(
        [*events, *_from_cases(members, started)], key=lambda one: (one.at is None, one.at or 0, one.ref)
    )
    lead = _lead(members, signatures)
    signature, finding = signatures[lead.key], findings.get(lead.key)
    tested = [one for one in occurrences if one.test is not None]
    times = [one.at for one in tested if one.at is not None]
    times += [at for at in (cells["first_at"].min(), cells["last_at"].max()) if isinstance(at, int)]
    exemplar = next(
        (one.ref for one in occurrences if one.text == lead.text[:TEXT_KEPT]),
        occurrences[0].ref if occurrences else None,
    )
    issue = Issue(
        id=issue_id,
        title=finding.title if finding else headline(signature),
        rule=finding.rule if finding else None,
        exception_type=signature.exception_type,
        template=signature.template,
        location=signature.location,
        frames=signature.frames[-30:],
        severity=SEVERITY_NAMES.get(max(member.severity for member in members), "DEFAULT"),
        count=int(cells["count"].sum()) + len(tested),
        first_at=rfc3339(min(times)) if times else None,
        last_at=rfc3339(max(times)) if times else None,
        services=tuple(sorted(set(cells["service"].drop_nulls()))),
        revisions=tuple(sorted(set(cells["revision"].drop_nulls()))),
        tests=tuple(sorted({one.test for one in tested if one.test})),
        exemplar=exemplar,
        evidence=tuple(dict.fromkeys(one.ref for one in occurrences))[:EVIDENCE_KEPT],
        captures=finding.captures if finding else {},
        cycle=signature.cycle,
        parts=signature.parts,
        minutes=_minutes(cells, tested),
    )
    ids = tuple(sorted({signatures[member.key].id for member in members}))
    return Occurring(
        issue, signature, finding, tuple(occurrences[:OCCURRENCES_KEPT]), any(m.failing for m in members), ids
    )


def _lead(members: Sequence[Subject], signatures: Mapping[str, Signature]) -> Subject:
    """The member that stands for the issue: whole before cut, with own frames before without, logs before tests."""

    def order(member: Subject) -> tuple[bool, bool, bool, str, str]:
        signature = signatures[member.key]
        return (signature.partial, signature.location is None, member.origin == "test", signature.template, member.key)

    return min(members, key=order)


def headline(signature: Signature) -> str:
    """`Type: message` or the template, on one line."""
    text = signature.template.split("\n", 1)[0]
    name = (signature.exception_type or "").rsplit(".", 1)[-1]
    if name and not text.startswith((name, signature.exception_type or name)):
        text = f"{name}: {text}" if text else name
    return text if len(text) <= TITLE else f"{text[: TITLE - 1]}…"


def _minutes(cells: pl.DataFrame, tested: Sequence[Occurrence]) -> tuple[tuple[str, int], ...]:
    counts: dict[int, int] = {}
    for minute, count in cells.select("minute", "count").iter_rows():
        if minute is not None:
            counts[minute] = counts.get(minute, 0) + int(count)
    for one in tested:
        if one.at is not None:
            minute = one.at // MINUTE_NS * MINUTE_NS
            counts[minute] = counts.get(minute, 0) + 1
    return tuple((rfc3339(minute), counts[minute]) for minute in sorted(counts))
