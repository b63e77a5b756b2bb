"""Marks of many incidents added up: overall and for each family, with a reliability table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rca.evaluate.judged import Answered, Result

BINS = 10
SURE = 0.8


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions with p in one tenth: how many, their mean p, and the share that came true."""

    low: float
    n: int
    mean: float
    share: float


@dataclass(frozen=True, slots=True)
class Marks:
    """Shares (0 to 1; None where nothing asks) of one family or of all incidents.

    `root`: first cause is a true root. `top1`: guilty incidents whose guilty change is blamed (p > .5). `false_blame`:
    incidents without a guilty change in which one is blamed. `precision`: right among all blames; `sure`: among those
    with p >= .8. `abstained`: verdict right where the evidence holds no cause. `commit`: a guilty
    commit is among the first three suspected of a root. `brier`, `ece` (each possibility) and
    `ece_top` (the most probable one) are over all answers, roots and background alike.
    """

    name: str
    incidents: int
    verdict: float | None
    root: float | None
    top1: float | None
    false_blame: float | None
    precision: float | None
    sure: float | None
    abstained: float | None
    commit: float | None
    brier: float | None
    ece: float | None
    ece_top: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Score:
    """The whole evaluation."""

    overall: Marks
    families: tuple[Marks, ...]
    reliability: tuple[Bin, ...]
    results: tuple[Result, ...]
    prior_hint: float | None  # (guilty + 1) / (labelled + 2): what --prior-change would be on such incidents


def score(results: Sequence[Result]) -> Score:
    """Add up."""
    names = sorted({one.incident.family for one in results})
    answers = [answer for one in results for answer in one.answers]
    roots = [answer for answer in answers if answer.kind == "root"]
    return Score(
        overall=marks("all", results),
        families=tuple(marks(name, [one for one in results if one.incident.family == name]) for name in names),
        reliability=bins(pair for answer in answers for pair in answer.pairs),
        results=tuple(results),
        prior_hint=(sum(1 for answer in roots if answer.guilty) + 1) / (len(roots) + 2) if roots else None,
    )


def marks(name: str, results: Sequence[Result]) -> Marks:
    """Marks of some incidents."""
    answers = [answer for one in results for answer in one.answers]
    return Marks(
        name=name,
        incidents=len(results),
        verdict=share(one.status_right for one in results),
        root=share(one.root_right for one in results),
        top1=share(one.top1 for one in results),
        false_blame=share(one.false_blame for one in results),
        precision=share(one.precise for one in results),
        sure=share(one.precise for one in results if one.p >= SURE),
        abstained=share(one.status_right for one in results if one.incident.status == "cause_not_in_evidence"),
        commit=share(one.commit_right for one in results),
        brier=mean([answer.brier for answer in answers]),
        ece=ece(pair for answer in answers for pair in answer.pairs),
        ece_top=ece(_tops(answers)),
        seconds=mean([one.seconds for one in results]) or 0.0,
    )


def _tops(answers: Iterable[Answered]) -> Iterable[tuple[float, bool]]:
    return (answer.top for answer in answers)


def share(flags: Iterable[bool | None]) -> float | None:
    """Share of True among those that are not None."""
    asked = [flag for flag in flags if flag is not None]
    return sum(asked) / len(asked) if asked else None


def mean(values: Sequence[float]) -> float | None:
    """Mean, None of nothing."""
    return sum(values) / len(values) if values else None


def bins(pairs: Iterable[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Tenths of p that hold a prediction."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for p, hit in pairs:
        sorted_in[min(int(p * BINS), BINS - 1)].append((p, hit))
    return tuple(
        Bin(i / BINS, len(kept), sum(p for p, _ in kept) / len(kept), sum(hit for _, hit in kept) / len(kept))
        for i, kept in enumerate(sorted_in)
        if kept
    )


def ece(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Expected calibration error: mean over predictions of |mean p - share true| of their tenth."""
    table = bins(pairs)
    total = sum(row.n for row in table)
    return sum(row.n * abs(row.mean - row.share) for row in table) / total if total else None
