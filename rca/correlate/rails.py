"""Guard rails: what a probability may not exceed whatever the formula says, and the words for it (ICD-203 bands)."""

from collections.abc import Sequence
from dataclasses import dataclass

from rca.correlate.contrast import COUNTED, TEMPER
from rca.correlate.exposure import SECOND, Exposure
from rca.correlate.live import Live
from rca.correlate.proximity import Place
from rca.correlate.timeline import Timeline
from rca.model import Source

MOST = 0.98  # above .99 the measured frequency falls short of p
POSSIBLE = 0.5
LIKELY = 0.79  # the top of "likely": an export with a hole in it
THIN_BEFORE = 0.05  # share of the exposure; less before the change is no comparison, unless failures were due in it
SHORT_BEFORE_NS = 600 * SECOND
COMPARED = 30  # with as many requests before the change, the ten minutes do not matter
DUE = 3.0  # failures that were due before the change at the later rate, and did not come: e^-3 is no accident
FEW = 2
OVER = 0.05  # for a change that took effect when the last failure was over
SKEW_NS = 2 * SECOND  # between the clocks of two services
EARLY_NS = 30 * SECOND  # a reported time may be the end of the roll-out (notes, 1.3)

_BANDS = (
    (0.95, "almost certain"),
    (0.80, "very likely"),
    (0.55, "likely"),
    (0.45, "roughly even"),
    (0.20, "unlikely"),
    (0.05, "very unlikely"),
    (0.0, "almost no chance"),
)


def words(p: float, *, railed: bool) -> str:
    """ICD-203 words; "possible" where a guard rail holds p down."""
    if railed and p >= 0.20:
        return "possible"
    return next(text for least, text in _BANDS if p >= least)


@dataclass(frozen=True, slots=True)
class Rail:
    """The highest p allowed, why, and whether the reason is that there is nothing to compare with."""

    cap: float
    reasons: tuple[str, ...]
    blind: bool


def rail(
    one: Live, place: Place, line: Timeline, exposure: Exposure, cut: Sequence[Source], *, mechanism: bool
) -> Rail:
    """All rails that hold for this change; the lowest cap counts. `mechanism`: its content fits what failed."""
    reasons: list[str] = []
    cap = MOST
    amount = exposure.between(exposure.start, one.at)
    compared = bool(line.times) and line.times[0] < one.at
    due = 0.0 if compared else _due(one.at, amount, line, exposure)
    blind = not compared and exposure.share(one.at) < THIN_BEFORE and due < DUE
    if blind:
        reasons.append(f"almost nothing could have failed before it ({exposure.words(amount)}): no comparison")
    elif not compared and one.at - exposure.start < SHORT_BEFORE_NS and due < DUE and amount < COMPARED:
        reasons.append(f"the evidence begins only {(one.at - exposure.start) / SECOND:.0f} s before it")
    if one.change.date_only:
        reasons.append("only its date is known, not its time")
    if place.apart:
        reasons.append("the call topology shows no way from it to the failures")
    if reasons:
        cap = POSSIBLE
    if len(line.times) < FEW:
        reasons.append("a single burst: too few events to tell")
        cap = min(cap, LIKELY if mechanism else POSSIBLE)
    if _over(one, line):
        cap = OVER
        reasons.append("all failures came before it took effect")
    holes = [source for source in cut if not source.complete]
    if holes and not reasons:
        cap = LIKELY
        reasons.append(f"the evidence is cut ({holes[0].path}): earlier failures may be missing")
    return Rail(cap, tuple(reasons), blind)


def _due(at: int, before: float, line: Timeline, exposure: Exposure) -> float:
    """Failures that the later rate would have brought before the change; one request or test fails at most once.

    Where failures are among the trials, those of one burst count in part (TEMPER), not as one.
    """
    after = exposure.between(at, exposure.end)
    if after <= 0:
        return 0.0
    events = float(len(line.times))
    if exposure.unit in COUNTED:
        events = max(events, TEMPER * line.between(at - 1, exposure.end))
    rate = events / after
    return before * (rate if exposure.unit == "seconds" else min(rate, 1.0))


def _over(one: Live, line: Timeline) -> bool:
    """Whether the last failure came before the change: by the clock, or on a revision that it replaced."""
    if not line.times:
        return False
    if line.times[-1] < one.at - (SKEW_NS if one.bracketed else EARLY_NS):
        return True
    known = False
    for at, revision, service in reversed(line.revisions):  # the last decides most often
        if service != one.change.service:
            continue
        if at >= one.at or revision is None or revision not in one.olds:
            return False
        known = True
    return known
