"""The messages are those of this interpreter: each failure really happens here, and the rule recognises what it says."""

import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rca import rules
from rca.rules import Text
from rca.signatures import extract

FAILURES = [
    ("a function replaced by one that calls it", "import asyncio\ndef again(): return now()\nnow = again\nnow()", "python.recursion"),
    ("a module nobody has", "import acme_billing.monitoring", "python.missing-module"),
    ("a file that hides a package", "import token.workers", "python.shadowed-module"),
    ("a name a library has lost", "from collections import Mapping", "python.cannot-import-name"),
    ("a name nobody defined", "get_machine('x')", "python.undefined-name"),
    ("an import inside a branch", "def f(x):\n    if x:\n        import json\n    return json.dumps(x)\nf(0)", "python.unbound-local"),
    ("a member of None", "None.user_id", "python.none-attribute"),
    ("an index of None", "x = None\nx['a']", "python.none-attribute"),
    ("a field that is not there", "class Dish: pass\nDish().price", "python.missing-attribute"),
    ("a function of a module that is not there", "import json\njson.dump_it", "python.missing-attribute"),
    ("an argument that is missing", "def ship(a): pass\nship()", "python.call-signature"),
    ("an argument nobody knows", "def ship(a): pass\nship(1, b=2)", "python.call-signature"),
    ("a key that is missing", "{}['user']", "python.key-error"),
    ("a variable of the environment", "import os\nos.environ['RCA_NOT_THERE']", "python.missing-env"),
    ("a page instead of JSON", "import json\njson.loads('<html>')", "http.not-json"),
    ("bytes that are no text", "b'\\xff'.decode('utf-8')", "python.encoding"),
    ("a text that is no ASCII", "'é'.encode('ascii')", "python.encoding"),
    ("a value JSON has no form for", "import json\njson.dumps({1})", "python.not-serializable"),
    ("a file that is not there", "open('/nowhere/prompts.yaml')", "python.file-missing"),
    ("a loop that is closed", "import asyncio\nl = asyncio.new_event_loop()\nl.close()\nl.run_forever()", "asyncio.loop-closed"),
    ("no loop at all", "import asyncio\nasyncio.get_running_loop()", "asyncio.no-loop"),
    ("a wait that is too long", "import asyncio\nasyncio.run(asyncio.wait_for(asyncio.sleep(5), 0.01))", "asyncio.timeout"),
    ("two kinds of time", "import datetime as d\nd.datetime.now() - d.datetime.now(d.UTC)", "python.naive-datetime"),
    ("a loop that removes", "d = {1: 1, 2: 2}\nfor k in d: d.pop(k)", "python.changed-while-iterating"),
    ("code that does not parse", "compile('def f(:', 'bad.py', 'exec')", "python.syntax"),
    ("a lambda for another process", "import pickle\npickle.dumps(lambda: 1)", "python.pickling"),
    ("a port that is taken", "import socket\nwith socket.create_server(('127.0.0.1', 0)) as a:\n    socket.create_server(a.getsockname())", "env.port-in-use"),
    ("a service that is not there", "import socket\na = socket.create_server(('127.0.0.1', 0))\np = a.getsockname()\na.close()\nimport asyncio\nasyncio.run(asyncio.open_connection(*p))", "http.connection-refused"),
    ("a model that refuses", "from pydantic import BaseModel\nclass Order(BaseModel):\n    total: int\nOrder(total='x')", "python.validation"),
    ("a table that is not there", "import sqlite3\nsqlite3.connect(':memory:').execute('select 1 from orders')", "db.unknown-table"),
    ("a column that is not there", "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t(a)')\nc.execute('select b from t')", "db.unknown-column"),
    ("the same row twice", "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t(a unique)')\nc.execute('insert into t values (1), (1)')", "db.unique"),
    ("a row without a value", "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('create table t(a not null)')\nc.execute('insert into t values (null)')", "db.not-null"),
]  # fmt: skip


def said(code: str) -> str:
    """What Python prints when the code fails."""
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(exec, compile(code, "/srv/app/story.py", "exec"), {"__name__": "story"}).exception()
    assert error is not None, f"it did not fail: {code}"
    return "".join(traceback.format_exception(error))


def recognised(texts: list[str]) -> list[str | None]:
    ruleset = rules.load([rules.builtin()])
    found = rules.classify([Text(text=text, signature=extract(text)) for text in texts], ruleset)
    return [one.rule if one else None for one in found]


def test_what_this_interpreter_says_is_recognised() -> None:
    texts = [said(code) for _, code, _ in FAILURES]
    wrong = [
        (sentence, name, text[-300:])
        for (sentence, _, wanted), name, text in zip(FAILURES, recognised(texts), texts, strict=True)
        if name != wanted
    ]
    assert wrong == []


CYCLES = [("app_from", "from app_from.a import alpha"), ("app_as", "import app_as.a as a\ny = a.alpha")]


@pytest.mark.parametrize(("name", "how"), CYCLES)
def test_a_cycle_of_imports_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, how: str) -> None:
    package = tmp_path / name
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "a.py").write_text(f"import {name}.b\ndef alpha(): pass\n", encoding="utf-8")
    (package / "b.py").write_text(how, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert recognised([said(f"import {name}.a")]) == ["python.circular-import"]
