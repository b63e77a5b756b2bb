"""Refs as a reader can follow them: file and line, the test's name, the rule, the change."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from rca.model import Report
from rca.report.telling import Told
from rca.report.words import change_short

TAIL = 60
DEPTH = 12  # parts of a path that are looked at


def labels(report: Report) -> dict[str, str]:
    """Ref → label: `logs.jsonl:208`, `test_login`, `rule python.missing-module`, `commit 6ebd3ff`.

    Of two inputs with the same file name both are named with their folders. Refs without evidence keep their own text.
    """
    names = file_names(source.path for source in report.coverage.sources)
    tests = {f"test:{run}:{one.id}": one.name for one in report.tests.failures for run in (_run(one.evidence),)}
    changes = {f"change:{one.id}": change_short(one) for one in report.changes}
    found: dict[str, str] = {}
    for ref, one in report.evidence.items():
        name = names.get(one.source, PurePath(one.source).name or one.source)
        if one.kind == "log":
            found[ref] = f"{name}:{one.line}" if one.line else f"{name} {one.insert_id or ref}"
        elif one.kind == "test":
            found[ref] = tests.get(ref, ref.rpartition("::")[2] or ref)
        elif one.kind == "change":
            found[ref] = changes.get(ref, ref.removeprefix("change:"))
        else:
            found[ref] = f"rule {ref.removeprefix('rule:')}"
    return found


def labelled(refs: Iterable[str], known: dict[str, str], most: int = 3) -> list[str]:
    """Labels of the first refs, each once."""
    return list(dict.fromkeys(known.get(ref, ref) for ref in refs))[:most]


def source_of(step: Told, known: dict[str, str]) -> str:
    """What one step stands on: `observed: logs.jsonl:208`, `rule python.missing-module`, `open`."""
    if step.basis == "open":
        return "open"
    shown = labelled(step.evidence, known, 2)
    if step.basis == "rule" and shown and shown[0].startswith("rule "):
        return shown[0]
    return f"{step.basis}: {', '.join(shown)}" if shown else step.basis


def _run(evidence: Sequence[str]) -> str:
    return evidence[0].split(":", 2)[1] if evidence and evidence[0].count(":") >= 2 else "0"


def file_names(paths: Iterable[str]) -> dict[str, str]:
    """Each path by as many of its last parts as no other path ends in."""
    given = list(dict.fromkeys(paths))
    names: dict[str, str] = {}
    for count in range(1, DEPTH):
        ends = {path: PurePath(path).parts[-count:] for path in given}
        shared = Counter(ends.values())
        for path, end in ends.items():
            if path not in names and end and shared[end] == 1:
                names[path] = str(PurePath(*end))
    found = {path: names.get(path, path) for path in given}
    return {path: f"…{name[-TAIL:]}" if len(name) > TAIL else name for path, name in found.items()}
