"""What a commit touched, weighed against what an issue shows: one likelihood ratio, each factor with its sentence."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rca.correlate.churn import Churn
from rca.correlate.failure import Failure
from rca.correlate.paths import IGNORE_FILES, fits, holds, ignores, is_document, is_test, same_file
from rca.correlate.terms import SOURCES, Terms
from rca.model import Change, FilePatch, Frame

LINE_CAP = 400  # characters of a diff line looked at
SMALL = 10  # files; beyond it the content of a diff says less, because everything occurs in it
RAISES, PASSES, ELSEWHERE = 0.70, 0.12, 0.18  # where a guilty diff lies: the raising file, another own file, neither
OUTSIDE = frozenset({"environment", "slow"})  # their files (clients, settings, pools) are in every other diff
STRONGEST = 4.0  # ln; a diff alone never outweighs about 50 : 1

_REPAIR = re.compile(
    r"\bfix(?:e[sd])?\b|\brepair|\bresolv|\bhotfix|\bbug\b|\brevert|\bworkaround|修[复復正]|fehler|behoben|corrig",
    re.IGNORECASE,
)
_DEFINES = ("def ", "class ", "import ", "from ", "function ", "const ", "let ", "var ", "func ", "type ", "export ")


@dataclass(frozen=True, slots=True)
class Clue:
    """One point for (weight > 0) or against (weight < 0): ln of its factor and the sentence."""

    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What an issue shows of its place: own frames (raising first), the names it speaks of, its class."""

    frames: tuple[Frame, ...]
    terms: Terms
    failure: Failure
    churn: Churn


def clues(change: Change, trace: Trace) -> tuple[Clue, ...]:
    """All points of one commit (or of a deploy whose files are known); nothing known about its files: no points."""
    if not change.files and not change.patches:
        return ()
    files = change.files or tuple(patch.path for patch in change.patches)
    if all(is_document(path) for path in files):
        return (Clue(-3.0, f"it touched only documents ({_some(files)})"),)
    ran = [path for path in files if not is_document(path)]
    # settings, schemas and flags never stand on a stack: only a diff with code can miss the frames
    framed = change.kind in {"commit", "deploy"} or any(path.endswith(SOURCES) for path in ran)
    found = [*(_frames(ran, trace) if framed else ()), *_named(files, trace.terms), *_kind(ran, trace)]
    bulk = 1.0 / (1.0 + math.log(max(len(ran) / SMALL, 1.0)))
    found += [Clue(clue.weight * bulk, clue.text) for clue in _content(change.patches, trace.terms)]
    found += _title(change, trace.terms)
    if all(is_test(path) or is_document(path) for path in files) and not any(
        is_test(frame.file) for frame in trace.frames
    ):
        found.append(Clue(-1.5, "it touched only tests"))
    return tuple(found)


def strength(found: Sequence[Clue]) -> float:
    """Ln of the joint factor, bounded."""
    return max(-STRONGEST, min(STRONGEST, math.fsum(clue.weight for clue in found)))


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:2]) + (f" and {len(paths) - 2} more" if len(paths) > 2 else "")


def _frames(files: Sequence[str], trace: Trace) -> list[Clue]:
    """LR_file of the notes: a guilty diff holds the frames' files for its guilt, or like any diff by accident.

    p0 and pa are the chances that an innocent diff of this size holds the raising file, or another own frame's.
    """
    if not trace.frames:
        return []
    first, *others = trace.frames
    p0 = trace.churn.chance([first.file], len(files))
    pa = trace.churn.chance(sorted({frame.file for frame in others} - {first.file}), len(files))
    for place, frame in enumerate(trace.frames):
        hit = next((path for path in files if same_file(frame.file, path)), None)
        if hit is None:
            continue
        spot = f"{hit}:{frame.line}" if frame.line else hit
        if place == 0:
            return [Clue(math.log(RAISES / p0 + 1 - RAISES), f"the raising frame is in a file it changed ({spot})")]
        weight = math.log(max(PASSES / max(pa, 0.02) + ELSEWHERE, 0.5))
        return [Clue(weight, f"an own frame of the stack is in a file it changed ({spot})")]
    return [Clue(math.log(ELSEWHERE), "no own frame of the stack is in a file it changed")]


def _named(files: Sequence[str], terms: Terms) -> list[Clue]:
    for module in terms.paths:
        hit = next((path for path in files if holds(module, path)), None)
        if hit:
            return [Clue(1.6, f"it touched {hit}, which the message names")]
    return []


def _kind(files: Sequence[str], trace: Trace) -> list[Clue]:
    failure = trace.failure
    by_rule = next((path for path in files for glob in failure.globs if _globbed(path, glob)), None)
    if by_rule:
        return [Clue(1.1, f"it touched {by_rule}, a kind of file that rule {failure.rule} points to")]
    hit = next((path for path in files if fits(failure.kind, path)), None)
    if hit:
        weight = 0.4 if failure.kind in OUTSIDE else 0.8
        return [Clue(weight, f"it touched {hit}, a kind of file that can bring this failure")]
    code = next((path for path in files if path.endswith(SOURCES) and not is_test(path)), None)
    told = bool(trace.frames) or failure.kind in OUTSIDE
    return [Clue(0.3, f"it touched code ({code})")] if code and not told else []


def _globbed(path: str, glob: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    return fnmatchcase(path, glob) or fnmatchcase(name, glob) or fnmatchcase(path, f"*/{glob}")


def _content(patches: Sequence[FilePatch], terms: Terms) -> list[Clue]:
    found = _ignored(patches, terms)
    best: Clue | None = None
    for name in terms.names:
        for word in dict.fromkeys((name, name.rsplit(".", 1)[-1])):
            clue = _word(patches, word)
            if clue and (best is None or clue.weight > best.weight):
                best = clue
    return [*found, best] if best else found


def _whole(name: str) -> re.Pattern[str]:
    """The name as a whole ASCII word: `line_user_id` does not name `user_id`, but Chinese text may touch it."""
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])")


def _ignored(patches: Sequence[FilePatch], terms: Terms) -> list[Clue]:
    for patch in patches:
        if patch.path.rsplit("/", 1)[-1] not in IGNORE_FILES:
            continue
        for line in patch.added:
            path = next((path for path in terms.paths if ignores(line, path)), None)
            if path:
                return [Clue(3.4, f"it added “{line.strip()[:80]}” to {patch.path}, which leaves out {path}")]
    return []


def _word(patches: Sequence[FilePatch], word: str) -> Clue | None:
    """The name in removed or added lines: a removed definition says most, a mere mention least."""
    if len(word) < 4:
        return None
    pattern = _whole(word)
    best: Clue | None = None
    for patch in patches:
        if is_document(patch.path):
            continue
        for sign, lines in (("removed", patch.removed), ("added", patch.added)):
            for line in lines:
                if word not in line or not pattern.search(line[:LINE_CAP]):
                    continue
                defines = line.lstrip().startswith(_DEFINES)
                weight = {"removed": 2.6, "added": 1.6}[sign] if defines else {"removed": 2.0, "added": 1.6}[sign]
                what = "a line that defines or imports" if defines else "a line with"
                if best is None or weight > best.weight:
                    best = Clue(weight, f"it {sign} {what} “{word}” in {patch.path}")
    return best


def _title(change: Change, terms: Terms) -> list[Clue]:
    """A title that repairs what the message names shows that the failure is older than the commit."""
    title = change.title[:LINE_CAP]
    named = next((name for name in terms.names if len(name) >= 4 and _whole(name).search(title)), None)
    if not named:
        return []
    if _REPAIR.search(title):
        return [Clue(-1.4, f"its title says it repairs “{named}”: the failure is likely older than it")]
    return [Clue(0.9, f"its title names “{named}”")]
