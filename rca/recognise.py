"""Recognition: texts get their signatures, rules say what they mean, and occurrences that are alike become issues."""

from collections.abc import Mapping, Sequence

from rca.issues import Folded, Subject, fold, subjects
from rca.model import CrossFinding, Facts, Finding, RuleSet, Signature
from rca.rules import Text, classify, cross
from rca.rules.mark import marked
from rca.signatures import extract, sign


def recognised(facts: Facts, rules: RuleSet) -> tuple[dict[str, Signature], dict[str, Finding], Folded]:
    """Signatures and findings by subject, and the issues they fold into."""
    found = subjects(facts.digest, facts.runs)
    signatures = _signatures(facts, found)
    findings = findings_of(found, signatures, rules)
    return signatures, findings, fold(found, signatures, findings, facts.digest, facts.runs)


def _signatures(facts: Facts, found: Sequence[Subject]) -> dict[str, Signature]:
    from_logs = sign(facts.digest)
    return {one.key: extract(one.text, kind="test") if one.origin == "test" else from_logs[one.key] for one in found}


def findings_of(found: Sequence[Subject], signatures: Mapping[str, Signature], rules: RuleSet) -> dict[str, Finding]:
    """What a rule says of each subject, by the subject's key; those that no rule knows are left out."""
    texts = [
        Text(
            text=one.text,
            signature=signatures[one.key],
            logger=one.logger,
            log=one.log,
            resource=one.resource,
            status=one.status,
            outcome=one.outcome,
        )
        for one in found
    ]
    named = zip(found, classify(texts, rules), strict=True)
    return {one.key: finding for one, finding in named if finding is not None}


def over_events(
    facts: Facts, signatures: Mapping[str, Signature], findings: Mapping[str, Finding], rules: RuleSet
) -> tuple[CrossFinding, ...]:
    """What rules over several events find; shapes and cells keep an absence honest."""
    digest = facts.digest
    return cross(
        marked(digest.events, signatures, findings),
        digest.traffic,
        digest.routes,
        facts.runs,
        facts.changes,
        rules,
        shapes=digest.shapes,
        cells=digest.cells,
    )
