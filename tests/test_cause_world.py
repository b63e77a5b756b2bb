"""A small world to explain: builders of issues, tests, joins and suspects, as the earlier stages make them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rca.cause import explain
from rca.model import (
    Change,
    Correlation,
    Count,
    CrossFinding,
    Digest,
    Explain,
    Explanation,
    Finding,
    Frame,
    Issue,
    Link,
    Links,
    NoChange,
    Occurrence,
    Occurring,
    Ratio,
    Reason,
    Rule,
    RuleSet,
    Signature,
    Suspect,
    TestCase,
    TestRun,
    Window,
)
from rca.model.report import Novelty
from rca.when import rfc3339

START = 1_757_444_974_000_000_000  # 2025-09-09T19:09:34Z
SECOND = 1_000_000_000

RULES = RuleSet(
    rules=(
        Rule(
            id="python.recursion",
            title="Endless recursion",
            role="root",
            explain=Explain(
                whys=("The call path returns to its own start.",), latent="A patched function calls itself."
            ),
        ),
        Rule(id="data.user-id", title="User id {value} is refused", role="root"),
        Rule(id="client.subprotocol", title="Server chose a subprotocol the client had not offered", role="root"),
        Rule(id="image.module", title="Module {module} is not in the image", role="root", causes=("run.exit",)),
        Rule(id="run.exit", title="Container exited", role="symptom"),
        Rule(id="net.refused", title="Nothing listens there", role="relay"),
        Rule(id="data.store", title="No connection to the store", role="root"),
        Rule(id="noise.sdk", title="Optional SDK is absent", role="noise"),
    )
)


def logged(
    name: str,
    at: Sequence[float],
    *,
    kind: str | None = None,
    message: str = "",
    service: str = "chat-backend",
    traces: Sequence[str | None] = (),
    rule: str | None = None,
    severity: str = "ERROR",
    frames: tuple[Frame, ...] = (),
    source: int = 0,
    novelty: Novelty = "unknown",
    instance: str | None = None,
    failing: bool = True,
    status: int | None = None,
) -> Occurring:
    """An issue of the logs; `at` in seconds after START, evidence lines numbered from the name's length."""
    text = f"{kind}: {message}" if kind else message
    events = tuple(
        Occurrence(
            ref=f"log:{source}:{len(name) * 1000 + i}",
            at=START + round(second * SECOND),
            service=service,
            revision=f"{service}-00002",
            instance=instance,
            trace=traces[i] if i < len(traces) else None,
            severity=500,
            text=text,
            status=status,
        )
        for i, second in enumerate(at)
    )
    return _occurring(name, kind, message or name, text, events, rule, severity, frames, (service,), failing, novelty)


def of_tests(
    name: str,
    cases: Sequence[TestCase],
    *,
    kind: str,
    message: str,
    rule: str | None = None,
    frames: tuple[Frame, ...] = (),
) -> Occurring:
    """An issue of failing test cases."""
    events = tuple(
        Occurrence(ref=case.ref, at=case.start_ns, test=case.id, severity=500, text=f"{kind}: {message}")
        for case in cases
    )
    return _occurring(name, kind, message, f"{kind}: {message}", events, rule, "ERROR", frames, (), True, "unknown")


def _occurring(
    name: str, kind: str | None, message: str, text: str, events: tuple[Occurrence, ...], rule: str | None,
    severity: str, frames: tuple[Frame, ...], services: tuple[str, ...], failing: bool, novelty: Novelty,
) -> Occurring:  # fmt: skip
    times = [event.at for event in events if event.at is not None]
    found = RULES.get(rule)
    issue = Issue(
        id=name, title=found.title if found else text, rule=rule, exception_type=kind, template=message,
        location=frames[-1] if frames else None, frames=frames, severity=severity, count=len(events),
        first_at=rfc3339(min(times)) if times else None, last_at=rfc3339(max(times)) if times else None,
        services=services, tests=tuple(event.test for event in events if event.test), novelty=novelty,
        exemplar=events[0].ref, evidence=tuple(event.ref for event in events[:12]),
    )  # fmt: skip
    signature = Signature(
        id=f"v1:{name}", template=message, exception_type=kind, exception_message=message, frames=frames
    )
    finding = Finding(rule=rule, signature=signature.id, title=found.title, role=found.role) if rule and found else None
    return Occurring(issue, signature, finding, events, failing)


def case(name: str, at: float | None, outcome: Any = "failed", run: int = 0) -> TestCase:
    """A test that started `at` seconds after START and took a second."""
    start = None if at is None else START + round(at * SECOND)
    return TestCase(
        id=f"e2e::{name}", ref=f"test:{run}:e2e::{name}", suite="e2e", classname="", name=name, outcome=outcome,
        duration_s=1.0, message="", start_ns=start, end_ns=None if start is None else start + SECOND,
    )  # fmt: skip


def run(cases: Sequence[TestCase], at: float = 30.0) -> TestRun:
    """A run that holds these cases."""
    return TestRun(path="junit.xml", source=1, started_ns=START + round(at * SECOND), cases=tuple(cases))


def deploy(name: str = "chat-backend-00002", at: float = 0.0, service: str = "chat-backend", **more: Any) -> Change:
    """A deploy that went live `at` seconds after START."""
    when = rfc3339(START + round(at * SECOND))
    return Change(
        id=name, kind="deploy", at=when, live_at=when, service=service, revision=name, title="roll-out", **more
    )


def blamed(
    issue: str, change: str, p: float, *, gap: float = 2.0, before: int = 0, after: int = 5
) -> tuple[Suspect, NoChange]:
    """A suspect and what is left for the answer that no change did it."""
    suspect = Suspect(
        issue=issue, change=change, p=p, verdict="explains" if p > 0.55 else "compatible", gap_s=gap,
        before=Count(count=before, exposure=213), after=Count(count=after, exposure=180),
        rate_ratio=Ratio(estimate=None, low=None, high=None), against=(Reason(text="nothing in its files"),) if p < 0.5 else (),
    )  # fmt: skip
    return suspect, NoChange(issue=issue, p=1 - p, kind="unknown_onset")


def told(
    issues: Sequence[Occurring],
    *,
    cases: Sequence[TestCase] = (),
    links: Sequence[Link] = (),
    suspects: Sequence[tuple[Suspect, NoChange]] = (),
    changes: Sequence[Change] = (),
    commits: Sequence[Change] = (),
    topology: Mapping[str, tuple[str, ...]] | None = None,
    novelty: dict[str, Novelty] | None = None,
    runs: Sequence[TestRun] | None = None,
    digest: Digest | None = None,
    cross: Sequence[CrossFinding] = (),
) -> Explanation:
    """The explanation of this world, half an hour on each side of START."""
    return explain(
        issues,
        links=Links(tuple(links)),
        correlation=Correlation(tuple(s for s, _ in suspects), tuple(n for _, n in suspects), novelty or {}),
        changes=changes,
        commits=commits,
        rules=RULES,
        cross=cross,
        topology=topology,
        runs=tuple(runs) if runs is not None else ((run(cases),) if cases else ()),
        window=Window(
            since=None, until=None, anchor="inputs", since_ns=START - 1800 * SECOND, until_ns=START + 1800 * SECOND
        ),
        digest=digest or Digest(),
        sources=(),
    )


def joined(each: TestCase, issue: Occurring, by: str, number: int = 0) -> Link:
    """A join of a failing case and an occurrence."""
    return Link(test=each.id, ref=each.ref, issue=issue.issue.id, occurrence=issue.occurrences[number].ref, by=by)
