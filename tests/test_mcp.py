"""An assistant gets the same facts as a person: typed, redacted, each ref resolvable, errors in words."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra rca[mcp] is not installed")

from mcp import Client

from rca.mcp import server

ROOT = Path(__file__).resolve().parent.parent
INCIDENT = str(ROOT / "fixtures" / "missing-module" / "input")

Call = Callable[[str, dict[str, Any]], Awaitable[Any]]


def talk(conversation: Callable[[Call], Awaitable[Any]], root: Path | None = None) -> Any:
    """Run one conversation with a fresh server, in memory."""

    async def run() -> Any:
        async with Client(server(root)) as client:

            async def call(tool: str, arguments: dict[str, Any]) -> Any:
                answer = await client.call_tool(tool, arguments)
                if answer.is_error:
                    return "".join(getattr(part, "text", "") for part in answer.content)
                return answer.structured_content

            return await conversation(call)

    return asyncio.run(run())


def test_the_assistant_gets_cause_suspects_evidence_and_fingerprint() -> None:
    async def conversation(call: Call) -> None:
        answer = await call("analyze", {"paths": [INCIDENT]})
        assert answer["verdict"]["status"] == "cause_found"
        cause = answer["causes"][0]
        assert "app.monitoring" in cause["statement"]
        for ref in cause["whys"][0]["evidence"]:
            assert (await call("evidence", {"ref": ref}))["text"]
        suspects = await call("suspects", {"issue": cause["issue"]})
        total = sum(one["p"] for one in suspects["suspects"]) + sum(one["p"] for one in suspects["no_change"])
        assert total == pytest.approx(1, abs=1e-6)
        assert suspects["suspects"][0]["for"]
        explained = await call("explain", {"issue": cause["issue"].partition(":")[2][:8]})
        assert any(part["contributes"] for part in explained["parts"])
        roots = await call("issues", {"role": "root"})
        assert roots["total"] == len(roots["issues"]) == 1

    talk(conversation)


def test_an_earlier_report_opens_without_its_inputs(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, "-m", "rca", "analyze", INCIDENT, "-o", str(path), "--no-history"], check=True, cwd=ROOT
    )
    answer = talk(lambda call: call("analyze", {"paths": [str(path)]}))
    assert answer["verdict"] == json.loads(path.read_text())["verdict"]


@pytest.mark.parametrize(
    ("sentence", "tool", "arguments", "word"),
    [
        ("nothing is open yet", "issues", {}, "analyze"),
        ("a path that does not exist", "analyze", {"paths": ["missing-folder"]}, "missing-folder"),
        ("a path outside the root", "analyze", {"paths": ["/etc/passwd"]}, "outside"),
    ],
)
def test_errors_are_told_in_words(
    sentence: str, tool: str, arguments: dict[str, Any], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert word in talk(lambda call: call(tool, arguments), root=tmp_path), sentence


def test_secrets_do_not_reach_the_assistant(tmp_path: Path) -> None:
    secret = "hunter2" * 2
    entry = {"insertId": "a", "timestamp": "2025-09-09T19:09:34Z", "severity": "ERROR", "logName": "projects/p/logs/x"}
    text = f"RuntimeError: login failed password={secret}"
    (tmp_path / "logs.jsonl").write_text(json.dumps({**entry, "textPayload": text}) + "\n")

    async def conversation(call: Call) -> str:
        answer = await call("analyze", {"paths": [str(tmp_path)]})
        return json.dumps([answer, await call("issues", {})])

    told = talk(conversation)
    assert "RuntimeError" in told
    assert secret not in told
