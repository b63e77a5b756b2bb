"""A rule that cannot prove itself is not a rule: the seven proofs, over the samples the rules carry."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from rca import rules, signatures
from rca.model import CrossFinding, Digest, Finding, Rule, RuleSet, RuleTest, TestRun
from rca.rules import Text, skeleton
from rca.rules.checks import matches
from rca.rules.table import table
from rca.rules.weaken import Weakened, weakened

__all__ = ["Proof", "ProofReport", "prove", "prove_all", "skeleton"]


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven of one rule, and what is not."""

    rule: str
    file: str
    status: str
    matches: int
    near_misses: int
    gaps: int
    clauses: int
    complaints: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """One line for a person."""
        gaps = f", {self.gaps} known gaps" if self.gaps else ""
        proven = f"{self.matches} matched, {self.near_misses} near misses, {self.clauses} clauses needed{gaps}"
        return f"{'FAIL' if self.complaints else 'ok  '} {self.rule} ({self.status}): {proven}"


@dataclass(frozen=True, slots=True)
class ProofReport:
    """Proofs of all rules in order of id."""

    proofs: tuple[Proof, ...]
    healthy_texts: int

    @property
    def ok(self) -> bool:
        """Whether nothing is left unproven."""
        return not any(proof.complaints for proof in self.proofs)

    def lines(self) -> Iterator[str]:
        """One line per rule, each complaint indented below, and a sum."""
        for proof in self.proofs:
            yield proof.line
            yield from (f"     {proof.file}: {complaint}" for complaint in proof.complaints)
        failed = sum(bool(proof.complaints) for proof in self.proofs)
        silent = f", silent on {self.healthy_texts} healthy texts" if self.healthy_texts else ""
        yield f"{len(self.proofs)} rules, {failed} unproven{silent}"


def prove_all(dirs: Sequence[Path], *, healthy: Digest | None = None, runs: Sequence[TestRun] = ()) -> ProofReport:
    """Load the rules of all folders and prove each. `healthy` and `runs`: a good run, on which all must be silent."""
    return prove(rules.load(dirs), healthy=healthy, runs=runs)


def prove(ruleset: RuleSet, *, healthy: Digest | None = None, runs: Sequence[TestRun] = ()) -> ProofReport:
    """The proofs of a loaded set."""
    loud = _loud(ruleset, healthy or Digest(), runs)
    texts = samples(ruleset)
    contested = _contested(ruleset, texts)
    proofs = [
        _proof(rule, [*tried(rule, texts[rule.id]), *contested.get(rule.id, ()), *loud.get(rule.id, ())])
        for rule in sorted(ruleset.rules, key=lambda rule: rule.id)
    ]
    return ProofReport(tuple(proofs), (healthy or Digest()).shapes.height)


def found(rule: Rule, texts: Sequence[Text]) -> dict[str, Finding | CrossFinding | None]:
    """What the rule alone says of each of its samples, by the sample's name."""
    alone = RuleSet(rules=(rule,))
    if rule.cross is None:
        return dict(zip([test.name for test in rule.tests], rules.classify(texts, alone), strict=True))
    return {test.name: _crossed(test, alone, rule.file) for test in rule.tests}


def _crossed(test: RuleTest, alone: RuleSet, file: str) -> CrossFinding | None:
    sample = table(test.events, f"{file}: {test.name}")
    digest = signatures.tally(sample.entries)
    counted = (digest.traffic, digest.routes, sample.runs, sample.changes)
    findings = rules.cross(digest.events, *counted, alone, shapes=digest.shapes, cells=digest.cells)
    return next(iter(findings), None)


def samples(ruleset: RuleSet) -> dict[str, list[Text]]:
    """The samples of each rule, as the text of a log entry or of whatever `given` says; signatures of all in one pass."""
    tests = [(rule.id, test) for rule in ruleset.rules for test in rule.tests if test.sample]
    found: dict[str, list[Text]] = {rule.id: [] for rule in ruleset.rules}
    extracted = signatures.extract_all([test.sample.strip("\n") for _, test in tests])
    for (name, test), signature in zip(tests, extracted, strict=True):
        given = test.given
        status = given.get("status")
        words = {key: str(given[key]) for key in ("logger", "log", "resource", "outcome", "source") if key in given}
        text = Text(text=test.sample.strip("\n"), signature=signature, status=int(status) if status else None, **words)
        found[name].append(text)
    return found


def _proof(rule: Rule, complaints: Sequence[str]) -> Proof:
    sure = [test for test in rule.tests if not test.known_gap]
    return Proof(
        rule=rule.id,
        file=rule.file,
        status=rule.status,
        matches=sum(test.expect == "match" for test in sure),
        near_misses=sum(test.expect == "no-match" for test in sure),
        gaps=len(rule.tests) - len(sure),
        clauses=sum(len(getattr(match, clause)) for _, match in matches(rule) for clause in rules.clauses(match)),
        complaints=tuple(dict.fromkeys(complaints)),
    )


def tried(rule: Rule, texts: Sequence[Text]) -> Iterator[str]:
    """Proofs 1, 3, 4, 5 and 6: what the rule's own samples say about it."""
    yield from _samples(rule, texts)
    if not any(test.title for test in rule.tests if test.expect == "match"):
        yield 'title: no test states the title it expects; add title = "…" to one'
    by = [name for name in rule.group.by if name != "rule"]
    for field in ("same_as", "differs_from") if by else ():
        if not any(getattr(test, field) for test in rule.tests):
            yield f"group.by: no test has {field}, so nothing shows that {', '.join(by)} groups rightly"
    for each in weakened(rule):
        if not any(_samples(each.rule, texts)):
            yield _idle(each)


def _idle(each: Weakened) -> str:
    return f"{each.place}: no test needs it ({each.how}); add a near miss that only it keeps out, or drop it"


def _samples(rule: Rule, texts: Sequence[Text]) -> Iterator[str]:
    said = found(rule, texts)
    for index, test in enumerate(rule.tests):
        finding = said[test.name]
        right = (finding is not None) == (test.expect == "match")
        where = f"tests[{index}] '{test.name}'"
        if test.known_gap:
            if right:
                yield f"{where}: the known gap is closed; remove known_gap"
            continue
        if not right:
            yield f"{where}: expected {test.expect}, " + (
                "but the rule recognises it" if finding else "but no pattern finds it in the sample"
            )
        elif finding and test.title and finding.title != test.title:
            yield f"{where}: title is '{finding.title}', expected '{test.title}'"
        if finding is None:
            continue
        for field, alike in (("same_as", True), ("differs_from", False)):
            other = said.get(getattr(test, field) or "")
            if other and (other.group == finding.group) is not alike:
                yield f"{where}: is {'another' if alike else 'the same'} issue as '{getattr(test, field)}'"


def _contested(ruleset: RuleSet, texts: Mapping[str, Sequence[Text]]) -> dict[str, list[str]]:
    """Proof 7a: samples that another rule claims without either of the two overriding the other."""
    over = rules.overridden(ruleset.rules)
    pairs = [
        (rule, *pair) for rule in ruleset.rules if rule.match for pair in zip(rule.tests, texts[rule.id], strict=True)
    ]
    told = [(rule, test, text) for rule, test, text in pairs if test.expect == "match" and not test.known_gap]
    asked = [(rule, test, each) for rule, test, text in told for each in _from_both(rule, test, text)]
    complaints: dict[str, list[str]] = {}
    claims = rules.candidates([text for _, _, text in asked], ruleset)
    for (rule, test, _), claimed in zip(asked, claims, strict=True):
        for other, _ in claimed:
            if other.id != rule.id and other.id not in over[rule.id]:
                verb = "is overridden there by" if rule.id in over[other.id] else "is also claimed by"
                said = f"'{test.name}' {verb} {other.id}; state overrides, or narrow one"
                complaints.setdefault(rule.id, []).append(said)
    return complaints


def _from_both(rule: Rule, test: RuleTest, text: Text) -> Iterator[Text]:
    """The sample as told and, where nothing ties it to a log, as the failure of a test: tests quote what they got."""
    yield text
    if not test.given and rule.match and rule.match.source != ("log",):
        yield replace(text, outcome="failed")


def _loud(ruleset: RuleSet, healthy: Digest, runs: Sequence[TestRun]) -> dict[str, list[str]]:
    """Proof 7b: rules that speak on a good run."""
    seen = healthy.events.unique("shape", keep="first", maintain_order=True).select(
        "shape", "log", "logger", "resource", "status"
    )
    rows = healthy.shapes.join(seen, on="shape", how="left").sort("shape")
    texts = [
        Text(
            text=row["sample"],
            signature=signature,
            log=row["log"],
            logger=row["logger"],
            resource=row["resource"],
            status=row["status"],
        )
        for row, signature in zip(
            rows.iter_rows(named=True), signatures.extract_all(rows["sample"].to_list()), strict=True
        )
    ]
    complaints: dict[str, list[str]] = {}
    for text, finding in zip(texts, rules.classify(texts, ruleset), strict=True):
        if finding:
            complaints.setdefault(finding.rule, []).append(f"speaks on a healthy run: {text.text[:120]!r}")
    marked = healthy.events.with_columns(pl.lit(None, dtype=pl.String).alias("rule"))
    crossed = rules.cross(
        marked, healthy.traffic, healthy.routes, runs, (), ruleset, shapes=healthy.shapes, cells=healthy.cells
    )
    for each in crossed:
        complaints.setdefault(each.rule, []).append(f"speaks on a healthy run: {each.title!r}")
    return complaints
