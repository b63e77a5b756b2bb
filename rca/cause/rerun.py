"""Rerun: the command that runs one failing test again, with the runner that its file belongs to."""

import re
import shlex

from rca.model.case import TestCase

_RUNNERS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".rb",), "bundle exec rspec {file} -e {name}"),
    ((".go",), "go test ./... -run {anchored} -v"),
    ((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx"), "npx jest -t {name}"),
    ((".cs", ".fs", ".vb"), "dotnet test --filter {filter}"),
    ((".java", ".kt", ".groovy", ".scala"), "mvn test -Dtest={method}"),
)
"""File endings, and what runs one test of such a file. Python is apart: it has two forms."""
_FRAME = re.compile(
    r"([\w./@+-]{1,200}\.(?:rb|go|jsx?|mjs|cjs|tsx?|cs|fs|vb|java|kt|groovy|scala|py)):?(?:line )?(\d+)"
)


def rerun(case: TestCase) -> str:
    """One line to paste. The file is the case's own, else the last one its failure text names."""
    file = case.file or _named(case)
    name = case.name.partition("[")[0] or case.id
    template = next((one for ends, one in _RUNNERS if file.endswith(ends)), None)
    if template is None:
        return _pytest(file, name)
    owner = case.classname or case.suite
    slots = {
        "file": file,
        "name": name,
        "anchored": f"^{name}$",
        "filter": f"FullyQualifiedName~{name}",
        "method": f"{owner.rpartition('.')[2]}#{name}" if owner else name,
    }
    return template.format(**{slot: shlex.quote(value) for slot, value in slots.items()})


def _pytest(file: str, name: str) -> str:
    """An error in set-up names the file of the fixture, which holds no test; a module that fails to import has no tests."""
    if file.endswith(".py") and not file.endswith("conftest.py"):
        stem = file.removesuffix(".py").replace("/", ".")
        if stem == name or stem.endswith(f".{name}"):
            return f"pytest {shlex.quote(file)} -x -vv"
        return f"pytest {shlex.quote(file)} -k {shlex.quote(name)} -x -vv"
    return f"pytest -k {shlex.quote(name)} -x -vv"


def _named(case: TestCase) -> str:
    found = _FRAME.findall(case.text[-8_000:])
    return next((path for path, _ in reversed(found) if not path.endswith(".py")), "")
