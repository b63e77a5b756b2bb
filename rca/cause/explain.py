"""explain(): issues, joins and suspects in; roles, causal graph, causes with their whys, actions and the verdict out."""

from collections.abc import Mapping, Sequence

from rca.cause.actions import actions
from rca.cause.causes import found
from rca.cause.graph import edges, grow
from rca.cause.lend import lend
from rca.cause.missing import missing
from rca.cause.nature import nature
from rca.cause.roots import roles, stand
from rca.cause.scene import look
from rca.cause.unlogged import best_statements
from rca.cause.verdict import verdict
from rca.model import Change, Correlation, Digest, Explanation, Links, Occurring, RuleSet, Source, TestRun, Window
from rca.model.signature import CrossFinding


def explain(
    issues: Sequence[Occurring],
    *,
    links: Links,
    correlation: Correlation,
    changes: Sequence[Change],
    commits: Sequence[Change],
    rules: RuleSet,
    cross: Sequence[CrossFinding],
    topology: Mapping[str, tuple[str, ...]] | None,
    runs: Sequence[TestRun],
    window: Window,
    digest: Digest,
    sources: Sequence[Source],
) -> Explanation:
    """The causes of the failures, or the statement that the evidence does not hold them. Pure and order-free."""
    scene = look(
        issues,
        links=links,
        correlation=correlation,
        changes=changes,
        commits=commits,
        rules=rules,
        cross=cross,
        topology=topology,
        runs=runs,
        window=window,
        digest=digest,
        sources=sources,
    )
    natures = {name: nature(each) for name, each in scene.issues.items()}
    tree = grow(scene, natures)
    scene = lend(scene, tree)
    standing = stand(scene, tree, natures)
    cast = roles(scene, natures, standing)
    causes = found(scene, tree, natures, standing) if standing.causes else best_statements(scene, standing)
    return Explanation(
        verdict=verdict(scene, standing, causes),
        roles=cast,
        edges=edges(tree, frozenset(name for name, role in cast.items() if role != "background")),
        causes=causes,
        actions=actions(scene, causes),
        explained=standing.explained,
        missing=missing(scene, natures, standing),
    )
