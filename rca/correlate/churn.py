"""How often files change: what an innocent commit touches by accident."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rca.correlate.paths import is_document, same_file
from rca.model import Change

LEARNT = 8  # commits on record; with fewer the defaults of the notes serve
LOW, HIGH = 0.02, 0.9
WEIGHT = 10  # commits that the default counts for: a file touched once in twenty commits is no rarity yet
FIRST, OTHERS = 0.10, 0.18  # default chance per file of a diff to hold the raising file, or any other own frame's


@dataclass(frozen=True, slots=True)
class Churn:
    """Touches per path over `commits` commits, and the mean number of files of a commit."""

    touches: Mapping[str, int]
    commits: int
    size: float

    def chance(self, frames: Sequence[str], files: int) -> float:
        """Chance that an innocent diff of so many files holds one of these frames' files."""
        if not frames:
            return 0.0
        if self.commits < LEARNT:
            return min(0.6, (FIRST if len(frames) == 1 else OTHERS) * files)
        scale = files / self.size if self.size else 1.0
        spared = 1.0
        for frame in frames:
            hits = max((n for path, n in self.touches.items() if same_file(frame, path)), default=0)
            spared *= 1.0 - min(HIGH, (hits + WEIGHT * FIRST) / (self.commits + WEIGHT) * scale)
        return min(HIGH, max(LOW, 1.0 - spared))


def churn_of(commits: Sequence[Change]) -> Churn:
    """From the commits on record; documents and merges without files do not count."""
    touched = [[path for path in commit.files if not is_document(path)] for commit in commits]
    some = [files for files in touched if files]
    counts = Counter(path for files in some for path in files)
    sizes = sorted(len(files) for files in some)
    return Churn(dict(sorted(counts.items())), len(some), float(sizes[len(sizes) // 2]) if sizes else 0.0)
