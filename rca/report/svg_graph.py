"""The causal graph as static SVG, causes left, by depth: no layout program is needed."""

import textwrap
from collections.abc import Sequence

from markupsafe import Markup

from rca.model import Edge, Issue, Report
from rca.report.choose import listed, row_id
from rca.safe import cut_short

WIDTH, GAP, BOX, STEP = 250, 56, 58, 72  # pixels: a box, the room for edges, its height, the next box below it
LINE = 36  # characters on one line of a box; two lines are shown
NODES_DRAWN = 60


def graph_svg(report: Report) -> Markup:
    """The kept edges of the causal graph as a left-to-right drawing by depth, causes left. Empty without edges."""
    depth = _depths([edge for edge in report.graph if edge.kept])
    drawn = dict(list(depth.items())[:NODES_DRAWN])
    kept = [edge for edge in report.graph if edge.kept and edge.cause in drawn and edge.effect in drawn]
    if not kept:
        return Markup("")
    place, width, height = _places(drawn, kept)
    titles = {one.id: one for one in report.issues}
    parts = [
        Markup(
            '<svg class="graph" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="group" aria-label="Causal graph, causes left; the list below says the same">'
        ).format(w=width, h=height)
    ]
    parts += [_edge(edge, place[edge.cause], place[edge.effect]) for edge in kept]
    linked = {one.id for one in listed(report)}
    parts += [_node(titles.get(node), node, *at, linked=node in linked) for node, at in place.items()]
    return Markup("").join([*parts, Markup("</svg>")])


def _places(depth: dict[str, int], edges: Sequence[Edge]) -> tuple[dict[str, tuple[int, int]], int, int]:
    """Top left corner of each box, and the size of the drawing; an effect stands near the middle of its causes."""
    columns: dict[int, list[str]] = {}
    for node, level in depth.items():
        columns.setdefault(level, []).append(node)
    tallest = max(len(column) for column in columns.values())
    row: dict[str, float] = {}
    for level in sorted(columns):
        column = sorted(columns[level], key=lambda node: (_mean(node, edges, row), node))
        offset = (tallest - len(column)) / 2
        row.update({node: offset + n for n, node in enumerate(column)})
    levels = {level: n for n, level in enumerate(sorted(columns))}
    place = {node: (2 + levels[depth[node]] * (WIDTH + GAP), 2 + round(row[node] * STEP)) for node in row}
    return place, len(columns) * (WIDTH + GAP) - GAP + 4, tallest * STEP - (STEP - BOX) + 4


def _mean(node: str, edges: Sequence[Edge], row: dict[str, float]) -> float:
    above = [row[edge.cause] for edge in edges if edge.effect == node and edge.cause in row]
    return round(sum(above) / len(above), 6) if above else 0.0


def _edge(edge: Edge, start: tuple[int, int], end: tuple[int, int]) -> Markup:
    """A curve that ends in an arrow head."""
    (x1, y1), (x2, y2) = start, end
    x1, y1, y2 = x1 + WIDTH, y1 + BOX // 2, y2 + BOX // 2
    bend = GAP // 2
    return Markup(
        '<g class="edge"><path fill="none" stroke="#777" d="M{} {}C{} {},{} {},{} {}"/><path class="head" fill="#777" d="M{} {}l-7 -4v8z"/><title>{}</title></g>'
    ).format(x1, y1, x1 + bend, y1, x2 - bend, y2, x2 - 6, y2, x2, y2, ", ".join(edge.kinds))


def _node(issue: Issue | None, name: str, x: int, y: int, *, linked: bool) -> Markup:
    """A box with the title on two lines, its role and count; it leads to the row of the issue."""
    role = issue.role if issue else "background"
    title = issue.title if issue else name
    lines = textwrap.wrap(title, LINE) or [""]
    if len(lines) > 2:
        lines = [lines[0], cut_short(f"{lines[1]} {lines[2]}", LINE)]
    words = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(x + 10, y + 18 + 15 * n, line) for n, line in enumerate(lines)
    )
    box = Markup(
        '<g class="node role-{}"><rect fill="none" stroke="#777" x="{}" y="{}" width="{}" height="{}" rx="6"/>{}<text class="sub" x="{}" y="{}">{}</text><title>{}</title></g>'
    ).format(
        role,
        x,
        y,
        WIDTH,
        BOX,
        words,
        x + 10,
        y + 18 + 15 * len(lines),
        f"{role}, {issue.count if issue else 0}×",
        title,
    )
    return Markup('<a href="#{}">{}</a>').format(row_id(name), box) if linked else box


def _depths(edges: Sequence[Edge]) -> dict[str, int]:
    """Longest distance from a cause; edges of a cycle stop counting after as many rounds as there are nodes."""
    nodes = sorted({name for edge in edges for name in (edge.cause, edge.effect)})
    depth = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for edge in edges:
            depth[edge.effect] = min(max(depth[edge.effect], depth[edge.cause] + 1), len(nodes))
    return dict(sorted(depth.items(), key=lambda pair: (pair[1], pair[0])))
