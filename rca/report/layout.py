"""Text on 100 columns: folded paragraphs and aligned rows."""

import textwrap
from collections.abc import Sequence

from rca.model import Report
from rca.safe import cut_short

COLUMNS = 100


def wrap(text: str, indent: int, first: int = 0) -> str:
    """`text` folded at 100 columns: the first line indented by `first`, the others by `indent`."""
    return textwrap.fill(
        " ".join(text.split()),
        COLUMNS,
        initial_indent=" " * first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def hang(text: str, lead: str) -> str:
    """`text` folded behind `lead`, which stands alone in the first lines' margin."""
    return textwrap.fill(
        " ".join(text.split()),
        COLUMNS,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Cells padded to the widest of their column; those in `right` stand at its end."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))] if rows else []
    return [
        "  ".join(
            cell.rjust(width) if n in right else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def source_rows(report: Report) -> list[str]:
    """One line per input, columns aligned, notes below."""
    rows = [("read", "kept", "dup", "skipped", "input")]
    rows += [
        (str(one.read), str(one.kept), str(one.duplicates), str(one.skipped), cut_short(f"{one.path} ({one.kind})", 72))
        for one in report.coverage.sources
    ]
    lines = columns(rows, right=(0, 1, 2, 3))
    out = [lines[0]]
    for line, source in zip(lines[1:], report.coverage.sources, strict=True):
        out.append(line)
        out += [f"    skipped {n}: {cut_short(reason, 80)}" for reason, n in source.skipped_reasons.items()]
        out += [f"    {cut_short(note, 92)}" for note in source.notes[:3]]
    return out
