"""The causal graph as static SVG, causes left, by depth: no layout program is needed."""

from collections.abc import Sequence

from markupsafe import Markup

from rca.model import Edge, Report
from rca.safe import cut_short

NODES_DRAWN = 60


def graph_svg(report: Report) -> Markup:
    """The kept edges of the causal graph as a left-to-right drawing by depth, causes left. Empty without edges."""
    kept = [edge for edge in report.graph if edge.kept]
    titles = {one.id: one for one in report.issues}
    if not kept:
        return Markup("")
    depth = _depths(kept)
    columns: dict[int, list[str]] = {}
    for node in sorted(depth, key=lambda name: (depth[name], name)):
        columns.setdefault(depth[node], []).append(node)
    width, box, line, step = 300, 250, 46, 62
    height = max(len(column) for column in columns.values()) * step + 20
    place = {
        node: (20 + level * width, 10 + row * step)
        for level, column in columns.items()
        for row, node in enumerate(column)
    }
    parts = [
        Markup('<svg class="graph" viewBox="0 0 {} {}" role="img" aria-label="Causal graph, causes left">').format(
            40 + len(columns) * width, height
        )
    ]
    for edge in kept:
        (x1, y1), (x2, y2) = place[edge.cause], place[edge.effect]
        parts.append(
            Markup('<path class="edge" d="M{} {} C {} {}, {} {}, {} {}"><title>{} ({})</title></path>').format(
                x1 + box,
                y1 + line / 2,
                x1 + box + 30,
                y1 + line / 2,
                x2 - 30,
                y2 + line / 2,
                x2,
                y2 + line / 2,
                ", ".join(edge.kinds),
                f"{edge.weight:.2f}",
            )
        )
    for node, (x, y) in place.items():
        issue = titles.get(node)
        role = issue.role if issue else "background"
        text = issue.title if issue else node
        parts.append(
            Markup(
                '<g class="node role-{}"><rect x="{}" y="{}" width="{}" height="{}" rx="5"/><text x="{}" y="{}">{}</text><text class="sub" x="{}" y="{}">{}</text><title>{}</title></g>'
            ).format(
                role,
                x,
                y,
                box,
                line,
                x + 8,
                y + 19,
                cut_short(text, 36),
                x + 8,
                y + 36,
                f"{role}, {issue.count if issue else 0}×",
                text,
            )
        )
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _depths(edges: Sequence[Edge]) -> dict[str, int]:
    """Longest distance from a cause; edges of a cycle stop counting after as many rounds as there are nodes."""
    nodes = sorted({name for edge in edges for name in (edge.cause, edge.effect)})
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for edge in edges:
            depth[edge.effect] = min(max(depth[edge.effect], depth[edge.cause] + 1), len(nodes))
    return depth
