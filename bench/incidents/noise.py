"""What any system logs anyway: warnings at every hour, errors that nobody minds, bursts and schedules."""

from collections.abc import Callable
from random import Random

from bench.incidents.script import Job, Script
from bench.incidents.world import NOUNS, VERBS

TEXTS = (
    ("WARNING", "slow query on table {noun}s: {n} ms"),
    ("WARNING", "retrying {verb} of {noun} {hex}: attempt 2 of 3"),
    ("WARNING", "deprecated parameter `{noun}` used by client {hex}"),
    ("ERROR", "could not send metric batch {hex}: sink busy"),
    ("ERROR", "{noun} {n} was rejected by the partner and is parked"),
    ("WARNING", "cache miss ratio of {noun}s is {n} %"),
    ("ERROR", "webhook for {noun} {hex} answered 410, subscription dropped"),
    ("WARNING", "clock of worker {n} drifts"),
)


def _writer(template: str, noun: str, verb: str) -> Callable[[Random], str]:
    fixed = template.replace("{noun}", noun).replace("{verb}", verb)
    return lambda rng: fixed.replace("{n}", str(rng.randint(2, 900))).replace("{hex}", f"{rng.getrandbits(48):012x}")


def add(script: Script) -> None:
    """Three to six kinds of noise: even, in bursts, on a schedule, or from some time on; all independent of any change."""
    rng = script.rng
    for severity, template in rng.sample(
        [text for text in TEXTS if not script.mild or text[0] == "WARNING"], rng.randint(3, 4 if script.mild else 6)
    ):
        noun, verb = rng.choice(NOUNS), rng.choice(VERBS)
        times = rng.choice((_even, _even, _bursty, _scheduled, _sudden))(rng, script.length)
        service = rng.choice(script.world.services)
        script.jobs.append(Job(service, _writer(template, noun, verb), severity, times))
        script.truth.background.append(_regex(template, noun, verb))


def _regex(template: str, noun: str, verb: str) -> str:
    """The longest stretch of the text that does not vary."""
    fixed = template.replace("{noun}", noun).replace("{verb}", verb).replace("{hex}", "{n}")
    return max(fixed.split("{n}"), key=len).strip().replace("`", ".")


def _even(rng: Random, length: float) -> list[float]:
    return [rng.uniform(0, length) for _ in range(rng.randint(5, 60))]


def _bursty(rng: Random, length: float) -> list[float]:
    starts = [rng.uniform(0, length) for _ in range(rng.randint(3, 8))]
    return [start + rng.uniform(0, 20) for start in starts for _ in range(rng.randint(2, 10))]


def _sudden(rng: Random, length: float) -> list[float]:
    start = rng.uniform(0.1, 0.9) * length
    return [rng.uniform(start, length) for _ in range(rng.randint(4, 25))]


def _scheduled(rng: Random, length: float) -> list[float]:
    period, phase = rng.choice((300.0, 600.0, 900.0)), rng.uniform(0, 300)
    return [phase + period * i + rng.uniform(0, 4) for i in range(int(length // period))]
