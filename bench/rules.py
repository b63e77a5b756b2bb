"""Spoil every rule in every way we can think of, and count how many of the spoiled rules the proofs let through.

Run: python bench/rules.py [--all]       one line per kind of damage, and with --all each that went unnoticed
     python bench/rules.py --coverage    how much of each recorded incident a specific rule explains
     python bench/rules.py --million [ENTRIES]    what all rules cost on top of the digest of that many entries;
                                         needs ../shared/data
"""

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from rca import proof, rules
from rca.model import Group, Rule, RuleSet
from rca.rules import Text, patterns, weaken
from rca.rules.checks import complaints, matches
from rca.signatures import extract

Damage = tuple[str, Rule]


def damages(rule: Rule) -> Iterator[Damage]:
    """Every spoiled version of a rule, with the name of what was done."""
    for each in weaken.weakened(rule):
        yield f"{each.how}", each.rule
    yield from _tests(rule)
    yield from _grouping(rule)
    yield from _patterns(rule)
    yield "title changed", rule.model_copy(update={"title": f"{rule.title}!"})


def _tests(rule: Rule) -> Iterator[Damage]:
    for kind, name in (("no-match", "all near misses dropped"), ("match", "all matches dropped")):
        yield name, rule.model_copy(update={"tests": tuple(test for test in rule.tests if test.expect != kind)})
    for test in rule.tests:
        other = "no-match" if test.expect == "match" else "match"
        flipped = tuple(one.model_copy(update={"expect": other}) if one is test else one for one in rule.tests)
        yield "an expectation turned round", rule.model_copy(update={"tests": flipped})


def _grouping(rule: Rule) -> Iterator[Damage]:
    by = [name for name in rule.group.by if name != "rule"]
    for name in by:
        left = Group(by=("rule", *(one for one in by if one != name)))
        yield "grouping made coarser", rule.model_copy(update={"group": left})
    if by:
        yield "grouping made finer", rule.model_copy(update={"group": Group(by=(*rule.group.by, "signature"))})


def _patterns(rule: Rule) -> Iterator[Damage]:
    for path, match in matches(rule):
        for index, pattern in enumerate(match.message):
            literal = max(patterns.literals(pattern), key=len, default="")
            spoiled = [("a pattern that never fits", f"{pattern}NEVER")]
            if re.sub(r"\\(.)", r"\1", pattern).lower() != literal:  # else the cut pattern would say the same
                spoiled.append(("a pattern cut to its fixed words", f"(?i:{re.escape(literal)})"))
            for how, new in spoiled:
                changed = (*match.message[:index], new, *match.message[index + 1 :])
                yield how, weaken.replaced(rule, path[-1], match.model_copy(update={"message": changed}))


def noticed(rule: Rule, texts: list[Text]) -> bool:
    """Whether loading or a proof complains."""
    if any(True for _ in complaints(rule)):
        return True
    return any(True for _ in proof.tried(rule, texts))


def main() -> None:
    """Spoil, prove, count."""
    ruleset = rules.load([rules.builtin()])
    texts = proof.samples(ruleset)
    rows: list[tuple[str, str, bool]] = []
    begun = time.perf_counter()
    for rule in sorted(ruleset.rules, key=lambda one: one.id):
        known = {test.name: text for test, text in zip(rule.tests, texts[rule.id], strict=False)}
        for how, spoiled in damages(rule):
            rows.append(
                (how, rule.id, noticed(spoiled, [known[test.name] for test in spoiled.tests if test.name in known]))
            )
    frame = pl.DataFrame(rows, schema=["damage", "rule", "caught"], orient="row")
    table = frame.group_by("damage").agg(pl.len().alias("rules"), pl.col("caught").sum()).sort("damage")
    for how, total, caught in table.iter_rows():
        print(f"{caught:5} of {total:5} caught  {caught / total:6.1%}  {how}")
    caught = frame["caught"].sum()
    print(
        f"{caught:5} of {frame.height:5} caught  {caught / frame.height:6.1%}  all, {len(ruleset.rules)} rules, {time.perf_counter() - begun:.0f} s"
    )
    if "--all" in sys.argv:
        for how, name, _ in frame.filter(~pl.col("caught")).sort("damage", "rule").iter_rows():
            print(f"unnoticed: {name}: {how}")
    print(speed(ruleset))


def speed(ruleset: RuleSet) -> str:
    """Time to classify 10,000 distinct texts of which one in a hundred is a sample."""
    samples = [test.sample for rule in ruleset.rules for test in rule.tests if test.sample]
    lines = [
        f"INFO worker {n}: order {n * 7} of customer {n % 91} was shipped in {n % 13} parcels" for n in range(9_900)
    ]
    signature = extract("INFO nothing")
    texts = [Text(text=line, signature=signature) for line in [*lines, *samples[:100]]]
    begun = time.perf_counter()
    found = rules.classify(texts, ruleset)
    spent = time.perf_counter() - begun
    return f"{len(texts)} distinct texts x {len(ruleset.rules)} rules: {spent:.2f} s, {sum(one is not None for one in found)} recognised"


def coverage() -> None:
    """For each recorded incident, and those beside the project if they are there: how much a specific rule explains."""
    from rca.gather import Request, gather
    from rca.pipeline import Settings, analyze

    root = Path(__file__).parent.parent
    ruleset = rules.load([rules.builtin()])
    for folder in [
        *sorted(root.glob("fixtures/*/input")),
        *sorted(root.parent.glob("shared/data/gcp/incidents/*/input")),
    ]:
        report = analyze(gather(Request(paths=[str(folder)])), ruleset, Settings())
        failing = [issue for issue in report.issues if issue.role != "background"]
        named = [issue for issue in failing if issue.rule]
        tests = sum(
            bool(failure.issue and any(i.id == failure.issue and i.rule for i in report.issues))
            for failure in report.tests.failures
        )
        print(
            f"{len(named):3} of {len(failing):3} issues, {tests:3} of {len(report.tests.failures):3} failing tests  {folder.parent.name}"
        )


def million(count: int) -> None:
    """Seconds of the digest of log entries as JSON lines, and of all rules on what it holds.

    The samples of all rules are among the entries, so that every rule has something to do.
    """
    from signatures_end_to_end import generate

    from rca.digest import digest
    from rca.issues import subjects
    from rca.model import Facts, RuleSet
    from rca.recognise import findings_of, over_events
    from rca.signatures import sign

    ruleset = rules.load([rules.builtin()])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entries.jsonl"
        generate(path, count)
        with path.open("a", encoding="utf-8") as out:
            for number, sample in enumerate(one.sample for rule in ruleset.rules for one in rule.tests if one.sample):
                out.write(json.dumps({**ENTRY, "insertId": f"sample{number}", "textPayload": sample}) + "\n")
        begun = _clocks()
        made = digest([str(path)]).digest
        reading = _since(begun)
    print(
        f"{made.shapes['count'].sum()} entries, {made.shapes.height} shapes, {made.events.height} events kept; "
        f"digest {reading[0]:.2f} s wall, {reading[1]:.2f} s cpu",
        flush=True,
    )
    begun = _clocks()
    found = subjects(made, ())
    signed = sign(made)
    _say("signatures", _since(begun), reading)
    for name, force in (("no rule", RuleSet()), (f"{len(ruleset.rules)} rules", ruleset)):
        begun = _clocks()
        named = findings_of(found, signed, force)
        crossed = over_events(Facts(digest=made), signed, named, force)
        _say(name, _since(begun), reading, f"; {len(named)} shapes recognised, {len(crossed)} patterns")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begun: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - begun[0], now[1] - begun[1]


def _say(name: str, spent: tuple[float, float], reading: tuple[float, float], more: str = "") -> None:
    wall, cpu = spent[0] / reading[0], spent[1] / reading[1]
    print(
        f"{name}: {spent[0]:.2f} s wall = {wall:.1%} of the digest, {spent[1]:.2f} s cpu = {cpu:.1%}{more}", flush=True
    )


ENTRY = {
    "timestamp": "2025-09-01T00:00:00Z",
    "severity": "ERROR",
    "resource": {"type": "cloud_run_revision", "labels": {"service_name": "shop", "revision_name": "shop-00001"}},
    "logName": "projects/p/logs/run.googleapis.com%2Fstderr",
}

if __name__ == "__main__":
    if "--million" in sys.argv:
        million(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
        sys.exit()
    if "--coverage" in sys.argv:
        coverage()
        sys.exit()
    main()
