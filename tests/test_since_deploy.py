"""`--since deploy` says who told of the deploy; explicit lists win over the audit log, that over what entries name."""

import json
from pathlib import Path

import pytest

from rca.gather import Request, gather
from rca.model import Change
from rca.pipeline import Settings, analyze
from rca.rules import builtin, load
from rca.window import KNOWN_FROM

INPUT = Path(__file__).parents[1] / "fixtures" / "recursion-pending-auth" / "input"
DEPLOY = "deploy:chat-backend:chat-backend-00043-m3d"


def entries(folder: Path, *, audits: bool) -> Path:
    """The logs of a recorded incident, with or without audit entries."""
    kept = [line for line in (INPUT / "logs.jsonl").read_text().splitlines() if audits or "cloudaudit" not in line]
    (folder / "logs.jsonl").write_text("\n".join(kept) + "\n")
    (folder / "junit.xml").write_bytes((INPUT / "junit.xml").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("why", "audits", "listed", "source"),
    [
        ("a list is explicit", True, True, "changelist"),
        ("audit entries", True, False, "audit"),
        ("only what the entries name", False, False, "revisions"),
    ],
)
def test_the_window_says_who_told_of_the_deploy(
    why: str, audits: bool, listed: bool, source: str, tmp_path: Path
) -> None:
    folder = entries(tmp_path, audits=audits)
    if listed:
        item = {"kind": "deploy", "at": "2025-09-09T19:09:32Z", "service": "chat-backend"}
        (folder / "changes.json").write_text(json.dumps([{**item, "revision": "chat-backend-00043-m3d"}]))
    facts = gather(Request(paths=[str(folder)]))
    report = analyze(facts, load([builtin()]), Settings())
    (deploy,) = [change for change in report.changes if change.kind == "deploy"]
    assert deploy.source == source, why
    assert report.window.anchor == f"deploy:{deploy.id}"
    assert report.window.note.endswith(f"known from {KNOWN_FROM[source]}")


def test_no_deploy_takes_effect_before_it_was_made(tmp_path: Path) -> None:
    """Without the request, Ready is all that is known of when it was made; entries on the revision may precede it."""
    folder = entries(tmp_path, audits=True)
    lines = [
        line
        for line in (folder / "logs.jsonl").read_text().splitlines()
        if "cloudaudit.googleapis.com%2Factivity" not in line
    ]
    late = [
        line.replace("2025-09-09T19:09:3", "2025-09-09T19:09:5") if "%2Fsystem_event" in line else line
        for line in lines
    ]
    (folder / "logs.jsonl").write_text("\n".join(late) + "\n")
    deploys: list[Change] = [one for one in gather(Request(paths=[str(folder)])).changes if one.kind == "deploy"]
    assert deploys
    assert all(one.at and one.live_at and one.at <= one.live_at for one in deploys)
