"""Cluster: masked texts that differ only in what is variable become one template; the order of input does not matter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from rca.signatures.mask import WILD
from rca.signatures.tokens import LIMITS, NEVER, STRONG, join, kinds, split

Row = tuple[str, ...]
ROUNDS = 4  # places that become variable one after the other; more never occurred in 8 systems' logs
LONG = 200  # words; longer texts are data, their words are not compared


def cluster(texts: Iterable[str]) -> dict[str, str]:
    """Text to template, for the unique masked texts of one family; O(words) per round."""
    buckets: dict[Row, list[tuple[str, Row]]] = defaultdict(list)
    result: dict[str, str] = {}
    for text in sorted(set(texts)):
        words, separators = split(text)
        if not words or len(words) > LONG:
            result[text] = text
        else:
            buckets[separators].append((text, words))
    learnt: set[str] = set()
    merged: dict[Row, Mapping[Row, Row]] = {}
    for separators, members in buckets.items():
        rows = [words for _, words in members]
        merged[separators] = _merge(separators, rows, learnt) if len(rows) > 1 else {}
    for separators, members in buckets.items():
        if len(members) > 1:
            merged[separators] = _absorb(separators, merged[separators], learnt)
        found = merged[separators]
        result.update({text: join(found.get(words, words), separators) for text, words in members})
    return result


def _merge(separators: Row, rows: Sequence[Row], learnt: set[str]) -> Mapping[Row, Row]:
    """Row to template row within one skeleton of separators; adds the values of variable places to `learnt`."""
    now: dict[Row, Row] = {row: row for row in rows}
    for step in (_strong, *[_single] * ROUNDS):
        found = step(separators, sorted(set(now.values())))
        if not found and step is _single:
            break
        now = {row: found.get(current, current) for row, current in now.items()}
    learnt.update(word for row, final in now.items() for word, new in zip(row, final, strict=True) if word != new)
    return now


def _strong(separators: Row, rows: Sequence[Row]) -> dict[Row, Row]:
    """Places that hold parameters by their form (paths, values, who): several may vary at once."""
    groups: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[
            tuple(None if kind in STRONG else word for word, kind in zip(row, kinds(row, separators), strict=True))
        ].append(row)
    result: dict[Row, Row] = {}
    for key, members in groups.items():
        places = [place for place, word in enumerate(key) if word is None]
        loose = set()
        for place in places:
            values = {row[place] for row in members}
            need = min(LIMITS[kinds(row, separators)[place]] for row in members)
            if len(values) >= (2 if WILD in values else need):
                loose.add(place)
        if loose:
            for row in members:
                result[row] = tuple(WILD if place in loose else word for place, word in enumerate(row))
    return result


def _single(separators: Row, rows: Sequence[Row]) -> dict[Row, Row]:
    """One round: each row takes the wildcard of the place where it has most companions that are equal elsewhere."""
    places: dict[tuple[int, Row], list[Row]] = defaultdict(list)
    limits: dict[tuple[int, Row], int] = {}
    for row in rows:
        for place, kind in enumerate(kinds(row, separators)):
            limit = LIMITS[kind]
            if limit < NEVER:
                key = (place, (*row[:place], *row[place + 1 :]))
                places[key].append(row)
                limits[key] = min(limit, limits.get(key, NEVER))
    chosen: dict[Row, tuple[int, int]] = {}
    for key, members in places.items():
        if len(members) >= max(2, limits[key]):
            for row in members:
                chosen[row] = max(chosen.get(row, (0, 0)), (len(members), -key[0]))
    return {row: _wild(row, -place) for row, (_, place) in chosen.items()}


def _absorb(separators: Row, found: Mapping[Row, Row], learnt: set[str]) -> Mapping[Row, Row]:
    """Values seen to vary elsewhere (user names) vary here too, from two on; so does any word said of a known who."""
    finals = sorted(set(found.values()))
    templates = set(finals)
    pairs: dict[tuple[int, Row], list[Row]] = defaultdict(list)
    moved: dict[Row, Row] = {}
    for row in finals:
        for place, kind in enumerate(kinds(row, separators, who_first=True)):
            wild = _wild(row, place)
            if row[place] == WILD or wild == row:
                continue
            if kind == "who" and wild in templates:
                moved[row] = wild
            elif row[place] in learnt and kind != "fixed":
                pairs[place, wild].append(row)
    for (_, wild), rows in sorted(pairs.items()):
        if len(rows) > 1 or wild in templates:
            moved.update({row: wild for row in rows if row not in moved})
    return {row: moved.get(final, final) for row, final in found.items()}


def _wild(row: Row, place: int) -> Row:
    return (*row[:place], WILD, *row[place + 1 :])
