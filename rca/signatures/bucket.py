"""Bucket: texts with the same separators, whose words are compared place by place."""

from collections import defaultdict
from collections.abc import Iterable

from rca.signatures.mask import WILD
from rca.signatures.tokens import LIMITS, NEVER, STRONG, is_who, kinds

Row = tuple[str, ...]
ROUNDS = 4  # places that become variable one after the other; more never occurred in 8 systems' logs


class Bucket:
    """`now` maps each row of words to its template row; every step rewrites the templates only."""

    def __init__(self, separators: Row, rows: Iterable[Row]) -> None:
        self.separators = separators
        self.now: dict[Row, Row] = {row: row for row in rows}
        self._kinds: dict[Row, Row] = {}

    def kinds(self, row: Row) -> Row:
        """Classes of the words of a row, kept: they are asked for in every step."""
        found = self._kinds.get(row)
        if found is None:
            found = self._kinds[row] = kinds(row, self.separators)
        return found

    def merge(self) -> None:
        """Find the variable places; the result depends on the set of rows, not on their order."""
        if len(self.now) < 2:
            return
        self._rewrite(self._strong())
        for _ in range(ROUNDS):
            moved = self._single()
            if not moved:
                break
            self._rewrite(moved)

    def variable(self) -> set[str]:
        """Words that stood at a place which became variable."""
        changed = ((row, final) for row, final in self.now.items() if row != final)
        return {word for row, final in changed for word, new in zip(row, final, strict=True) if word != new}

    def absorb(self, learnt: set[str]) -> None:
        """Values that vary elsewhere (names of users) vary here from two on; a word after "user" joins a known user."""
        if len(self.now) < 2:
            return
        finals = set(self.now.values())
        wilds: dict[tuple[int, Row], list[Row]] = defaultdict(list)
        moved: dict[Row, Row] = {}
        for row in sorted(finals):
            for place, kind in enumerate(self.kinds(row)):
                word = row[place]
                who = place > 0 and kind != "hidden" and is_who(row[place - 1], self.separators[place])
                if who and self.separators[place + 1][:1] != "=" and _wild(row, place) in finals:
                    moved[row] = _wild(row, place)
                elif word in learnt and kind not in {"fixed", "hidden"}:
                    wilds[place, _wild(row, place)].append(row)
        for (_, wild), rows in sorted(wilds.items()):
            if len(rows) > 1 or wild in finals:
                moved.update({row: wild for row in rows if row not in moved})
        self._rewrite(moved)

    def _rewrite(self, moved: dict[Row, Row]) -> None:
        if moved:
            self.now = {row: moved.get(final, final) for row, final in self.now.items()}

    def _strong(self) -> dict[Row, Row]:
        """Places that hold parameters by their form (paths, values, who): several may vary at once."""
        groups: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
        for row in self.now:
            groups[
                tuple(None if kind in STRONG else word for word, kind in zip(row, self.kinds(row), strict=True))
            ].append(row)
        result: dict[Row, Row] = {}
        for key, members in groups.items():
            if len(members) < 2:
                continue
            loose = {place for place, word in enumerate(key) if word is None and self._varies(members, place)}
            if loose:
                result.update(
                    {row: tuple(WILD if place in loose else word for place, word in enumerate(row)) for row in members}
                )
        return result

    def _varies(self, members: list[Row], place: int) -> bool:
        values = {row[place] for row in members}
        need = 2 if WILD in values else min(LIMITS[self.kinds(row)[place]] for row in members)
        return len(values) >= need

    def _single(self) -> dict[Row, Row]:
        """One round: each row takes the wildcard of the place where it has most companions that are equal elsewhere."""
        rows = sorted(set(self.now.values()))
        groups: dict[tuple[int, int], list[Row]] = defaultdict(list)
        for row in rows:
            marks = [hash((place, word)) for place, word in enumerate(row)]
            total = sum(marks)
            for place, kind in enumerate(self.kinds(row)):
                if LIMITS[kind] < NEVER:
                    groups[place, total - marks[place]].append(row)
        chosen: dict[Row, tuple[int, int]] = {}
        for (place, _), found in groups.items():
            if len(found) < 2:
                continue
            for members in _equal_elsewhere(found, place):
                if len(members) >= max(2, min(LIMITS[self.kinds(row)[place]] for row in members)):
                    for row in members:
                        chosen[row] = max(chosen.get(row, (0, 0)), (len(members), -place))
        return {row: _wild(row, -place) for row, (_, place) in chosen.items()}


def _equal_elsewhere(rows: list[Row], place: int) -> Iterable[list[Row]]:
    """Rows in groups that differ at one place only: the sums of hashes were a sieve, this is the proof."""
    groups: dict[Row, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_wild(row, place)].append(row)
    return groups.values()


def _wild(row: Row, place: int) -> Row:
    return (*row[:place], WILD, *row[place + 1 :])
