"""Recursion: a sequence of frames that repeats is a cycle, told once, with how often and from where."""

from rca.model.signature import Cycle, Frame
from rca.signatures.traceback.block import Block

PERIOD_CAP = 16  # frames in one round; longer mutual recursion is told as it is printed
ROUNDS = 3  # a function that calls itself once or twice is an algorithm, three equal rounds are a pattern


def find(block: Block) -> tuple[tuple[Frame, ...], Cycle | None]:
    """Frames with the longest repetition told once, and the cycle; the frames as they are when nothing repeats."""
    frames = block.frames
    names = [(one.file, one.function, one.line) for one in frames]
    folded = {index: times for index, _, times in block.repeats}
    best = _longest(names)
    start, period, rounds = best or (0, 0, 0)
    extra = sum(times for index, times in folded.items() if not best or start <= index < start + period * (rounds + 1))
    if not best and folded:
        index = max(folded, key=lambda key: (folded[key], -key))
        start, period, rounds, extra = index, 1, 1, folded[index]
    if not period:
        return frames, None
    end = start + period * rounds
    cycle = Cycle(
        frames=frames[start : start + period],
        repeats=rounds + extra // period,
        entered_from=frames[start - 1] if start else None,
    )
    return (*frames[: start + period], *frames[end:]), cycle


def _longest(names: list[tuple[str, str, int | None]]) -> tuple[int, int, int] | None:
    """(start, period, rounds) of the repetition that covers most frames; the shortest period wins a tie."""
    best: tuple[int, int, int] | None = None
    covered = 0
    for period in range(1, min(PERIOD_CAP, len(names) // ROUNDS) + 1):
        run = 0
        for index in range(period, len(names)):
            run = run + 1 if names[index] == names[index - period] else 0
            rounds = run // period + 1
            if rounds >= ROUNDS and rounds * period > covered:
                covered = rounds * period
                best = (index - run - period + 1, period, rounds)
    return best
