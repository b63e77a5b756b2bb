"""Before and after as two bars: what share of what could fail did fail, on either side of a change."""

from markupsafe import Markup

from rca.model import Count, Suspect
from rca.report.words import count

BAR, LABEL, STEP = 10, 16, 34  # pixels


def bars_svg(suspect: Suspect) -> Markup:
    """Two bars on one scale, the larger rate full width; numbers stand above them, so that no length must be read. Empty without counts."""
    if not any(value.count or value.exposure for value in (suspect.before, suspect.after)):
        return Markup("")
    sides = (("before", suspect.before), ("after", suspect.after))
    top = max(_rate(value) for _, value in sides)
    parts = [
        Markup('<svg class="bars" width="100%" height="{}" role="img" aria-label="{}">').format(
            2 * STEP - 4, "; ".join(f"{name}: {count(value)}" for name, value in sides)
        )
    ]
    for row, (name, value) in enumerate(sides):
        y = row * STEP
        width = round(100 * _rate(value) / top, 1) if top else 0.0
        parts.append(
            Markup(
                '<text x="0" y="{}">{}: {}</text><rect class="track" fill="#eee" x="0" y="{}" width="100%" height="{}"/>'
                '<rect class="{}" fill="#b4231b" x="0" y="{}" width="{}%" height="{}"/>'
            ).format(y + 12, name, count(value), y + LABEL, BAR, name, y + LABEL, width, BAR)
        )
    return Markup("").join([*parts, Markup("</svg>")])


def _rate(value: Count) -> float:
    """Failures per unit of exposure; more failures than exposure on record count as all of it."""
    return min(value.count / value.exposure, 1.0) if value.exposure else float(value.count > 0)
