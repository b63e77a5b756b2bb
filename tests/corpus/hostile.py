"""One incident in which every field that a stranger chooses holds what must not get out, or must not be believed."""

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from corpus.draw import Draw

ESC, ZERO, BIDI = "\x1b", "\u200b", "\u202e"
_DRAW = Draw(99)
JWT, KEY, PASSWORD = (
    _DRAW.jwt(),
    "AI" + "za" + _DRAW.of("abcdefghijKLMNOPQRST0123456789", 35),
    "hunter2" + "correcthorse",
)
SECRETS = (JWT.split(".")[2], KEY, PASSWORD)
COMMAND, HASHED = "::error file=x::taken", "##[error]taken"
HTML = '<script>alert(1)</script><img src=x onerror="alert(2)">'
MARKDOWN = "![pixel](http://evil.invalid/p.png) [link](javascript:alert(3)) @everyone # head"


def evil(place: str, *, lines: bool = True) -> str:
    """A text for the field `place`: colours, a split token, direction, workflow commands, elements, links."""
    parts = [
        f"{place} {ESC}[31mred{ESC}[0m{BIDI} {ESC}]0;title\x07",
        f"Authorization: Bearer {JWT[:50]}{ZERO}{JWT[50:]}",
        f"k={KEY[:9]}{ESC}[1m{KEY[9:]} password={PASSWORD}",
        COMMAND,
        f"  {HASHED} ##vso[x] ##teamcity[y]",
        HTML,
        MARKDOWN,
    ]
    return ("\n" if lines else " ").join(parts)


def short(place: str) -> str:
    """The same on one line without slashes, for names of files and services."""
    return f"{place}{ESC}[31m{BIDI} password={PASSWORD} {HASHED} <b onclick=x>"


def entry(number: int, message: str, severity: str = "ERROR", **more: Any) -> dict[str, Any]:
    return {
        "insertId": evil(f"id{number}", lines=False),
        "timestamp": f"2025-09-09T19:09:{number % 60:02}.{number:06}Z",
        "severity": severity,
        "jsonPayload": {"message": message, "logger": short("logger"), short("key"): short("value"), "password": PASSWORD},
        "logName": f"projects/{short('project')}/logs/run.googleapis.com%2Fstderr",
        "resource": {"type": "cloud_run_revision", "labels": {"service_name": short("service"), "revision_name": short("revision")}},
        "labels": {"commit-sha": short("sha"), short("label"): short("label value")},
        "trace": f"projects/p/traces/{short('trace')}",
        "httpRequest": {"requestUrl": f"https://h/{short('url')}?token={JWT}", "status": 500, "requestMethod": "GET"} if number % 3 == 0 else {},
        **more,
    }  # fmt: skip


def write(folder: Path) -> dict[str, Path]:
    """The files of the incident, their names hostile too; by what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    trace = f'Traceback (most recent call last):\n  File "/app/{short("file").replace("/", "")}.py", line 3, in run\n    x()\nValueError: {evil("error")}'
    big = "x" * 100_000 + f" password={PASSWORD} " + "y" * 100_000
    rows = [
        entry(n, [trace, evil("message"), big, "Boot ready"][n % 4], "ERROR" if n % 4 < 3 else "INFO")
        for n in range(24)
    ]
    cases = "".join(
        f"<testcase classname={quoteattr(_xml(short('class')))} name={quoteattr(_xml(evil(f'case{n}', lines=False)))} time='1'>"
        f"<failure message={quoteattr(_xml(evil('failure')))}>{escape(_xml(trace))}</failure>"
        f"<system-out>{escape(_xml(evil('output')))}</system-out></testcase>"
        for n in range(3)
    )
    files = {
        "logs": (f"{short('logs').replace('/', '')}.jsonl", "".join(json.dumps(row) + "\n" for row in rows)),
        "tests": ("tests.xml", f"<testsuite name={quoteattr(_xml(short('suite')))}>{cases}</testsuite>"),
        "changes": ("changes.json", json.dumps([change(n) for n in range(2)])),
        "text": ("plain.log", f"2025-09-09T19:09:01Z ERROR {evil('line', lines=False)}\n{evil('next')}\n"),
        "topology": ("topology.json", json.dumps({short("service"): [short("callee"), "db"]})),
    }
    made = {}
    for kind, (name, text) in files.items():
        made[kind] = folder / name
        made[kind].write_text(text, "utf-8")
    return made


def change(number: int) -> dict[str, Any]:
    return {
        "kind": "deploy", "at": f"2025-09-09T19:0{number}:00Z", "id": evil(f"change{number}", lines=False), "service": short("service"),
        "revision": short("revision"), "commit": short("commit"), "title": evil("title"), "files": [short("path")], "actor": short("actor"),
        short("unknown"): short("kept"),
    }  # fmt: skip


def _xml(text: str) -> str:
    """What XML 1.0 can hold; the rest is tested by the ingest of damaged reports."""
    bare = text.replace(f"{ESC}[31m", "").replace(f"{ESC}[1m", "").replace(f"{ESC}[0m", "")
    return "".join(character for character in bare if character >= " " or character in "\t\n")
