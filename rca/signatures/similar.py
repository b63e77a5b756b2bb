"""Similar: a hint that two templates may belong together; it never merges anything."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

NEAR = 85.0  # percent; below it most pairs share only their frame of words
WINDOW = 40  # neighbours compared in each of the two orders: keeps the cost at n log n for any number of templates
TEXT_CAP = 400  # characters; the beginning of a message is what names it


@dataclass(frozen=True, slots=True)
class Similarity:
    """Two keys whose masked texts are close; `percent` is rapidfuzz's partial ratio."""

    first: str
    second: str
    percent: float


def similar(templates: Mapping[str, str]) -> tuple[Similarity, ...]:
    """Pairs of near texts, nearest first; `templates` maps a key (signature id) to its masked text.

    Compared are texts that are close neighbours when sorted forwards or backwards: near texts share a beginning or an
    end. String similarity alone merges opened with closed (measured worse than no clustering), hence a hint only.
    """
    texts = {key: text[:TEXT_CAP] for key, text in templates.items() if text}
    pairs: dict[tuple[str, str], float] = {}
    for order in (
        sorted(texts, key=lambda key: (texts[key], key)),
        sorted(texts, key=lambda key: (texts[key][::-1], key)),
    ):
        for place, key in enumerate(order):
            for other in order[place + 1 : place + 1 + WINDOW]:
                pair = (min(key, other), max(key, other))
                if pair not in pairs:
                    pairs[pair] = fuzz.partial_ratio(texts[pair[0]], texts[pair[1]], score_cutoff=NEAR)
    found = [
        Similarity(first, second, round(percent, 1)) for (first, second), percent in pairs.items() if percent >= NEAR
    ]
    return tuple(sorted(found, key=lambda one: (-one.percent, one.first, one.second)))


def hints(templates: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Key to the keys most similar to it, nearest first, at most three."""
    result: dict[str, list[str]] = defaultdict(list)
    for one in similar(templates):
        for key, other in ((one.first, one.second), (one.second, one.first)):
            if len(result[key]) < 3:
                result[key].append(other)
    return {key: tuple(result[key]) for key in sorted(result)}
