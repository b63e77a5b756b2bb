"""No way around the sink: every command over an incident that is hostile in every field; and every step is needed."""

import importlib
import json
import pkgutil
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from corpus import hostile, sink
from markupsafe import Markup

import rca.report
from rca.cli import app, run

for _found in pkgutil.iter_modules(rca.report.__path__, "rca.report."):
    importlib.import_module(
        _found.name
    )  # none may be imported first while a step is taken out: it would keep the wound

FORMATS = ("text", "md", "html", "json", "github", "sarif")
Capture = pytest.CaptureFixture[bytes]

COMMANDS: list[tuple[str, str]] = [
    # what is typed, and the format of standard output
    *((f"analyze {{folder}} --topology {{topology}} --history {{history}} --format {name}", name) for name in FORMATS),
    ("ingest {folder}", "text"),
    ("ingest {folder} --format json", "json"),
    ("changes {folder}", "text"),
    ("changes {folder} --format json", "json"),
    ("signatures {logs}", "jsonl"),
    ("signatures {text}", "jsonl"),
    ("explain {issue} --report {report}", "text"),
    ("diff {report} {other}", "text"),
    ("diff {report} {folder} --format json", "json"),
    ("verify {folder}", "text"),
    ("verify {folder} --format json", "json"),
    ("digest {logs} -o {digest}", "text"),
    ("merge {digest} -o {digest}", "text"),
    ("rules list --rules {rules}", "text"),
    ("rules list --rules {rules} --format json", "json"),
    ("rules show hostile --rules {rules}", "text"),
    ("rules test {folder} --rules {rules}", "text"),
    ("rules new hostile.new --rules {made}", "text"),
    ("history list --history {history}", "text"),
    ("history list --history {history} --format json", "json"),
    ("history show {issue} --history {history}", "text"),
    ("history note {issue} --note {evil} --history {history}", "text"),
    ("history show {issue} --history {history}", "text"),
    ("history export --history {history}", "jsonl"),
    ("history merge {export} --history {history}", "text"),
    ("history forget {issue} --history {history}", "text"),
    ("eval {cases}", "text"),
    ("eval {cases} --format json", "json"),
    ("redact", "redacted"),
    ("mcp", "absent"),
    # errors are outputs, too
    ("analyze {evil}", "text"),
    ("analyze {logs} --since {evil}", "text"),
    ("analyze {logs} --format {evil}", "text"),
    ("analyze {logs} --rules {broken}", "text"),
    ("analyze {logs} --topology {evil}", "text"),
    ("explain {evil} --report {report}", "text"),
    ("history show {evil} --history {history}", "text"),
    ("{evil}", "text"),
]  # fmt: skip
RULE = """id = "hostile"
title = {title}
[match]
message = '''never to be seen in any log'''
[explain]
whys = [{title}]
"""


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files of the incident and values to type, by the names that COMMANDS uses."""
    root = tmp_path_factory.mktemp("hostile")
    files = hostile.write(root / "incident")
    (root / "rules").mkdir()
    (root / "rules" / "hostile.toml").write_text(RULE.format(title=json.dumps(hostile.evil("rule", lines=False))))
    (root / "broken").mkdir()
    (root / "broken" / f"{hostile.short('rule')}.toml").write_text("id = '''" + hostile.evil("id"))
    case = root / "cases" / hostile.short("case")
    case.mkdir(parents=True)
    (case / "input").symlink_to(root / "incident")
    (case / "answer.json").write_text(json.dumps({"rule": hostile.evil("rule"), "change": hostile.evil("change")}))
    for name in ("r.json", "other.json"):
        assert run(["analyze", str(root / "incident"), "--no-history", "-o", str(root / name), "-q"]) == 0
    named = {kind: str(path) for kind, path in files.items()}
    issue = json.loads((root / "r.json").read_text())["issues"][0]["id"]
    more = {"folder": "incident", "history": "h.sqlite", "report": "r.json", "other": "other.json", "digest": "d.parquet", "rules": "rules",
            "broken": "broken", "made": "made", "export": "export.jsonl", "cases": "cases"}  # fmt: skip
    return {
        **named,
        **{name: str(root / path) for name, path in more.items()},
        "issue": issue,
        "evil": hostile.evil("typed"),
    }


def told(line: str, places: dict[str, str], capsysbinary: Capture) -> tuple[int, bytes, bytes]:
    """Status, standard output and standard error of one command line."""
    words = [word.format(**places) for word in shlex.split(line)]
    status = run(words)
    out, err = capsysbinary.readouterr()
    if line.startswith("history export"):
        Path(places["export"]).write_bytes(out)
    return status, out, err


def leaves(group: object = app, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that can be typed."""
    for command in group.registered_commands:  # type: ignore[attr-defined]  # a typer.Typer
        yield " ".join([*before, command.name or command.callback.__name__])
    for inner in group.registered_groups:  # type: ignore[attr-defined]  # as above
        yield from leaves(inner.typer_instance, (*before, inner.name or inner.typer_instance.info.name))


def test_every_command_is_tried() -> None:
    assert [name for name in leaves() if not any(line.startswith(name) for line, _ in COMMANDS)] == []


def test_no_command_lets_anything_through(places: dict[str, str], capsysbinary: Capture) -> None:
    wrong: list[str] = []
    for line, target in COMMANDS:
        if target in {"absent", "redacted"}:
            continue  # `mcp` needs its extra and `redact` a pipe: both have tests of their own
        status, out, err = told(line, places, capsysbinary)
        wrong += [f"{line}: {one}" for one in sink.violations(out, target if out else "text")]
        wrong += [f"{line}, stderr: {one}" for one in sink.violations(err, "text")]
        if b"Traceback (most recent call last)" in err or status not in {0, 1, 2}:
            wrong.append(f"{line}: status {status}")
    assert wrong == [], "\n".join(wrong)


def test_no_file_lets_anything_through(places: dict[str, str], tmp_path: Path) -> None:
    names = {"html": "r.html", "md": "r.md", "json": "r.json", "sarif": "r.sarif", "text": "r.txt"}
    options = [word for name in names.values() for word in ("-o", str(tmp_path / name))]
    assert run(["analyze", places["folder"], "--history", str(tmp_path / "h"), "-q", *options]) == 0
    found = {name: sink.violations((tmp_path / path).read_bytes(), name) for name, path in names.items()}
    assert found == {name: [] for name in names}
    memory = (tmp_path / "h").read_bytes()
    assert [one for one in hostile.SECRETS if one.encode() in memory] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names.values(), "h"])


def broken(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take one step of the sink out."""
    from rca.report.page import environment

    same: Callable[..., str] = lambda text, *_: text  # noqa: E731  # the step that does nothing
    if step in {"strip", "redact", "show", "cut"}:
        monkeypatch.setattr(f"rca.safe.{step}", same)
        return
    if step == "command":
        for module in ("rca.safe", "rca.report.page", "rca.report.inventory"):
            monkeypatch.setattr(f"{module}.command", same)
        return
    made = environment("html" if step == "html" else "md")
    monkeypatch.setattr(made, "cache", None)
    if step == "html":
        monkeypatch.setattr(made, "autoescape", False)
        return
    if step == "markdown":
        monkeypatch.setattr(made, "finalize", None)
    for name in {"markdown": ("md", "cell"), "code": ("code", "fence")}[step]:
        monkeypatch.setitem(made.filters, name, lambda text, *_: Markup(text))  # the step that does nothing


STEPS = (("strip", "json"), ("redact", "json"), ("show", "json"), ("cut", "json"), ("command", "text"), ("html", "html"), ("markdown", "md"), ("code", "md"))  # fmt: skip


@pytest.mark.parametrize(("step", "target"), STEPS, ids=[step for step, _ in STEPS])
def test_without_any_one_step_the_check_fails(
    step: str, target: str, places: dict[str, str], capsysbinary: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(step, monkeypatch)
    assert run(["analyze", places["folder"], "--no-history", "--format", target, "-q"]) == 0
    out, _ = capsysbinary.readouterr()
    assert sink.violations(out, target) != []
