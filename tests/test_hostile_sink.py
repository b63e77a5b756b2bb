"""No way around the sink: every command over an incident that is hostile in every field; and every step is needed."""

import asyncio
import importlib
import io
import json
import pkgutil
import shlex
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from corpus import hostile, sink
from markupsafe import Markup

import rca.report
from rca.cli import app, output, run
from rca.digest import read
from rca.redact import bulk
from rca.safe import strip

for _found in pkgutil.iter_modules(rca.report.__path__, "rca.report."):
    importlib.import_module(
        _found.name
    )  # none may be imported first while a step is taken out: it would keep the wound

TARGETS = {"comment": "md", "codequality": "json", "junit": "xml", "annotations": "commands"}
FORMATS = [(name, TARGETS.get(name, name)) for name in output.FORMATS]
"""Every format there is, and what its bytes are judged as; a new one is judged as its name says, or fails for want of a rule."""
Capture = pytest.CaptureFixture[bytes]

COMMANDS: list[tuple[str, str]] = [
    # what is typed, and the format of standard output
    *((f"analyze {{folder}} --topology {{topology}} --history {{history}} --format {name}", target) for name, target in FORMATS),
    ("analyze {folder} --no-history --verbose", "text"),
    ("analyze {folder} --history {history} --verbose", "text"),
    ("analyze {folder} --history {history} --format comment", "github"),
    ("analyze {folder} --history {history} --format codequality", "json"),
    ("analyze {folder} --history {history} --format junit", "xml"),
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
    ("redact", "pipe"),
    ("mcp", "conversation"),
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
        if target in {"pipe", "conversation"}:
            continue  # told below, each in its way
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


def test_the_filter_lets_no_secret_through(places: dict[str, str]) -> None:
    for name in ("logs", "text"):
        raw = Path(places[name]).read_bytes()
        shown = b"".join(bulk.lines(io.BytesIO(raw), strip)).decode()
        assert [one for one in hostile.SECRETS if one in shown] == []
        assert shown.count("\n") == raw.count(b"\n")


def test_no_answer_to_an_assistant_lets_anything_through(places: dict[str, str]) -> None:
    pytest.importorskip("mcp", reason="the extra rca[mcp] is not installed")
    from mcp import Client

    from rca.mcp import server

    calls: list[tuple[str, dict[str, Any]]] = [
        *(("analyze", {"paths": [places[name]]}) for name in ("folder", "report", "evil", "broken")),
        ("analyze", {"paths": [places["folder"]], "since": places["evil"]}), ("analyze", {"paths": [places["folder"]]}), ("issues", {}),
        ("suspects", {"issue": places["issue"]}), ("explain", {"issue": places["issue"]}), ("explain", {"issue": places["evil"]}), ("evidence", {"ref": places["evil"]}),
    ]  # fmt: skip

    refs = list(json.loads(Path(places["report"]).read_text())["evidence"])[:20]

    async def told() -> tuple[set[str], list[Any]]:
        async with Client(server()) as client:
            answers = [await client.call_tool(tool, arguments) for tool, arguments in calls]
            answers += [await client.call_tool("evidence", {"ref": ref}) for ref in refs]
            return {tool.name for tool in (await client.list_tools()).tools}, answers

    tools, answers = asyncio.run(told())
    assert tools == {tool for tool, _ in calls}  # a new tool fails until it is tried
    held = [answer.content[0].text if answer.is_error else json.dumps(answer.structured_content) for answer in answers]
    found = [
        one
        for text in held
        for one in sink.violations(json.dumps(json.loads(text) if text[:1] == "{" else text).encode(), "json")
    ]
    assert found == []
    assert {answer.is_error for answer in answers} == {True, False}


def test_nothing_is_left_in_a_digest_and_in_the_memory(places: dict[str, str], tmp_path: Path) -> None:
    assert run(["digest", places["logs"], places["text"], "-o", str(tmp_path / "d"), "-q"]) == 0
    held = read(tmp_path / "d").digest
    frames = (held.shapes, held.events, held.routes)
    shown = "\n".join(str(value) for frame in frames for row in frame.rows() for value in row)
    assert (
        run(["analyze", places["folder"], "--history", str(tmp_path / "h"), "-q", "-o", str(tmp_path / "r.json")]) == 0
    )
    with sqlite3.connect(tmp_path / "h") as memory:
        shown += "\n".join(memory.iterdump())
    assert [one for one in hostile.SECRETS if one in shown] == []


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
