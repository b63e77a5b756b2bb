"""Which commits a deploy brought: those between the commit it replaced and its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from rca.model import Change
from rca.when import to_ns

MOST = 200
UNSURE = 12  # ancestors looked at when the deploy before is not known
_SHORTEST = 7  # hex digits of an abbreviated sha


@dataclass(frozen=True, slots=True)
class History:
    """Commits, newest first, by sha; and those that are known to be live with some deploy."""

    commits: tuple[Change, ...]
    by_sha: Mapping[str, Change]

    def find(self, sha: str | None) -> Change | None:
        """The commit of a full or abbreviated sha."""
        if not sha or len(sha) < _SHORTEST:
            return None
        exact = self.by_sha.get(sha)
        if exact:
            return exact
        hits = [commit for full, commit in self.by_sha.items() if full.startswith(sha) or sha.startswith(full)]
        return hits[0] if len(hits) == 1 else None

    def ancestors(self, sha: str | None) -> frozenset[str]:
        """Shas reachable from `sha`, itself included. Commits without parents on record are taken in list order."""
        start = self.find(sha)
        if start is None:
            return frozenset()
        if not any(commit.parents for commit in self.commits):
            position = self.commits.index(start)
            return frozenset(sha_of(commit) for commit in self.commits[position:])
        seen: set[str] = set()
        stack = [sha_of(start)]
        while stack:
            one = stack.pop()
            if one not in seen and one in self.by_sha:
                seen.add(one)
                stack.extend(self.by_sha[one].parents)
        return frozenset(seen)


def sha_of(commit: Change) -> str:
    """The bare sha of a commit change."""
    return commit.commit or commit.id.removeprefix("commit:")


def history(commits: Sequence[Change]) -> History:
    """Index of the commits; order is kept (newest first)."""
    kept = tuple(commit for commit in commits if commit.kind == "commit")
    return History(kept, {sha_of(commit): commit for commit in kept})


@dataclass(frozen=True, slots=True)
class Brought:
    """Commits that may have come with a deploy, newest first; `priors` say how likely each came with it (sum 1)."""

    commits: tuple[Change, ...] = ()
    priors: tuple[float, ...] = ()


def brought(deploy: Change, deploys: Sequence[Change], past: History) -> Brought:
    """Commits that first went live with `deploy`; none when its commit is not known.

    `deploys` are all deploys in time order. The predecessor is `previous_commit`, else the last earlier deploy of the
    same service with a commit; between the two all commits count alike. Without a predecessor nobody knows how far
    back the deploy reaches: the newest ancestors of its commit, the n-th with weight 1 / n.
    """
    tip = past.find(deploy.commit)
    if tip is None or deploy.kind not in {"deploy", "dependency", "migration"}:
        return Brought()
    before = past.find(deploy.previous_commit) or _predecessor(deploy, deploys, past)
    reached = past.ancestors(sha_of(tip))
    fresh = reached - past.ancestors(sha_of(before)) if before else reached
    commits = tuple(commit for commit in past.commits if sha_of(commit) in fresh)[: MOST if before else UNSURE]
    weights = [1.0 if before else 1.0 / (i + 1) for i in range(len(commits))]
    return Brought(commits, tuple(weight / fsum(weights) for weight in weights))


def _predecessor(deploy: Change, deploys: Sequence[Change], past: History) -> Change | None:
    mine = to_ns(deploy.live_at or deploy.at or "")
    if mine is None:
        return None
    earlier = [
        (at, other)
        for other in deploys
        if other.id != deploy.id
        and other.service == deploy.service
        and past.find(other.commit)
        and (at := to_ns(other.live_at or other.at or "")) is not None
        and at < mine
    ]
    return past.find(max(earlier, key=lambda pair: (pair[0], pair[1].id))[1].commit) if earlier else None
