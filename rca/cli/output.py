"""Where reports go: files by suffix, standard output last; on a terminal the text is painted."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rca.cli import emit, terminal
from rca.cli.inputs_of import choice
from rca.errors import UsageError

if TYPE_CHECKING:
    from rca.model import Report

FORMATS = ("text", "md", "html", "json", "github", "sarif", "comment", "annotations", "codequality", "junit")
SUFFIXES = {
    ".txt": "text",
    ".md": "md",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".sarif": "sarif",
    ".xml": "junit",
}
Target = tuple[str, Path | str | None]
"""A format, and a file, the gs:// address of an object, or None for standard output."""


def targets(format_: str, output: Sequence[str]) -> list[Target]:
    """One for each -o, else standard output; an -o without a known suffix needs its format said."""
    choice(format_, FORMATS, "--format")
    found: list[Target] = []
    for item in output:
        name, _, rest = item.partition("=")
        if rest and name in FORMATS:
            found.append((name, _place(rest)))
            continue
        suffix = Path(item).suffix.lower()
        if suffix not in SUFFIXES:
            raise UsageError(
                f"-o {item}: no format can be told from the suffix",
                hint=f"write -o md={item}, or end it in {', '.join(SUFFIXES)}",
            )
        found.append((SUFFIXES[suffix], _place(item)))
    return found or [(format_, None)]


def _place(given: str) -> Path | str:
    return given if given.startswith("gs://") else Path(given)


def templates(given: Sequence[str]) -> dict[str, Path]:
    """Format → a template of the user's; `html=FILE`, or a file named *.html.j2, *.md.j2 or *.txt.j2."""
    names = {"html": "html", "md": "md", "txt": "text", "text": "text"}
    found: dict[str, Path] = {}
    for item in given:
        name, _, rest = item.partition("=")
        path = Path(rest or item)
        if not rest:
            name = path.name.removesuffix(".j2").rpartition(".")[2]
        if name not in names:
            raise UsageError(f"--template {item}: for which format?", hint="write html=FILE, md=FILE or text=FILE")
        found[names[name]] = path
    return found


def write(
    report: "Report",
    wanted: Sequence[Target],
    own: dict[str, Path],
    *,
    quiet: bool = False,
    no_color: bool = False,
    full: bool = False,
) -> None:
    """Render once per target; `full` text folds nothing; files are written atomically, standard output last."""
    from rca.report import render

    for name, path in wanted:
        if path is not None:
            emit.file(path, render(report, name, own.get(name), full=full))
            if not quiet:
                emit.complain(f"wrote {path}")
    for name, path in wanted:
        if path is None:
            text = render(report, name, own.get(name), full=full)
            if name == "text" and name not in own and terminal.styled(no_color=no_color):
                terminal.show(report, text)
            else:
                emit.data(text)
    if all(path is not None for _, path in wanted) and not quiet:
        emit.complain(report.verdict.summary)
