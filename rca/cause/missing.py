"""Missing: evidence that would have been worth having, named so that it can be fetched."""

from rca.cause.nature import Nature
from rca.cause.roots import Standing
from rca.cause.scene import Scene
from rca.cause.signs import hops_from
from rca.cause.words import listing, plural, short

MISSED = "tests.missing-"  # rules for tests that say what they waited for


def missing(scene: Scene, natures: dict[str, Nature], standing: Standing) -> tuple[str, ...]:
    """Absent sources, silent services, expected events that never came, failures without a cause."""
    found = [*_sources(scene), *_silent(scene, natures, standing), *_absent(scene)]
    if scene.failing and not standing.causes:
        found += _to_compare(scene)
    explained = standing.explained
    left = [ref for ref in scene.failing if ref not in explained]
    if left and standing.causes:
        found.append(f"evidence for {plural(len(left), 'failing test')} that no cause found here explains")
    return tuple(dict.fromkeys(found))


def _sources(scene: Scene) -> list[str]:
    found = []
    if not has_logs(scene):
        found.append("logs of the system under test: none among the inputs")
    if not scene.runs:
        found.append("a test run: none among the inputs")
    if not any(change.kind != "commit" for change in scene.changes.values()):
        found.append("deploys and config changes: none on record in the inputs")
    return found


def has_logs(scene: Scene) -> bool:
    """Whether any log of any kind was read."""
    return any(source.kind in {"entries", "otlp", "lines", "digest"} and source.kept for source in scene.sources)


def _to_compare(scene: Scene) -> list[str]:
    """Without a cause in the evidence: what would show one."""
    green = any(all(case.outcome not in {"failed", "error"} for case in run.cases) for run in scene.runs)
    found = ["what the failing calls answered: log status, size and cause of each answer at the failing endpoint"]
    return found if green else [*found, "a green run of the same tests to compare with (--baseline, --earlier)"]


def silent(scene: Scene, service: str) -> tuple[str, ...]:
    """Services called by this one of which no entry was read."""
    heard = {owner for (owner,) in scene.digest.traffic.select("service").iter_rows() if owner}
    return tuple(sorted(called for called in hops_from(scene, service) if called not in heard))


def _silent(scene: Scene, natures: dict[str, Nature], standing: Standing) -> list[str]:
    """A relay at the root: the fault lies at or below its service."""
    found = []
    for root in standing.starts:
        if root.issue in standing.failing and natures[root.issue].kind == "relay":
            for service in scene.issues[root.issue].issue.services:
                quiet = silent(scene, service)
                if quiet:
                    found.append(f"logs of {listing(quiet)}, called by {service}: no entry in the window")
    return found


def _absent(scene: Scene) -> list[str]:
    found = [each.title for each in scene.cross if each.kind == "absence"]
    found += [
        each.finding.title for each in scene.issues.values() if each.finding and each.finding.rule.startswith(MISSED)
    ]
    return [short(title, 200) for title in dict.fromkeys(found)]
