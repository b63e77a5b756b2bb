"""Write an incident folder: input/ as Cloud Logging, pytest and a delivery pipeline would give it, answer.json beside it."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.incidents import audit
from bench.incidents.play import Played, Record, jobs, lifecycle, users
from bench.incidents.script import Script
from bench.incidents.suite import Case, junit, run

EPOCH = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
LEAST = 4


def stamp(script_start: datetime, at: float) -> str:
    return (script_start + timedelta(microseconds=round(at * 1e6))).isoformat().replace("+00:00", "Z")


def play(script: Script) -> tuple[Played, list[tuple[float, list[Case]]]]:
    """All records and the test runs."""
    rng = script.rng
    out = Played()
    users(script, out)
    lifecycle(script, out)
    jobs(script, out)
    early = script.length * rng.uniform(0.04, 0.12) + script.log_from
    late = script.length * rng.uniform(0.93, 0.97)
    late = late if script.tests_at is None else script.tests_at
    runs = [(at, run(script, out, at)) for at in ((early, late) if rng.random() < 0.5 else (late,))]
    out.records = sorted(
        (record for record in out.records if script.log_from <= record.at), key=lambda record: record.at
    )
    return out, runs


def beyond_doubt(script: Script, out: Played) -> bool:
    """Every root left at least four entries in two minutes or more: what is not in the evidence cannot be asked for."""
    for root in script.truth.roots:
        times = [record.at for record in out.records if re.search(root["regex"], record.text, re.IGNORECASE)]
        if len(times) < LEAST or times[-1] - times[0] < 120:
            return False
    return True


def write(script: Script, out: Played, runs: list[tuple[float, list[Case]]], folder: Path) -> None:
    """Write what a played script left behind."""
    rng = script.rng
    start = EPOCH + timedelta(minutes=rng.randint(0, 60 * 24 * 20))
    given = folder / "input"
    given.mkdir(parents=True, exist_ok=True)
    for i, (at, cases) in enumerate(runs):
        (given / f"junit-{i + 1}.xml").write_text(junit(cases, stamp(start, at).removesuffix("Z") + "+00:00"))
    split = rng.random() < 0.3
    told = [change for change in script.changes if script.audited and change.get("revision")]
    audited = [(at, entry) for change in told for at, entry in audit.entries(script, change) if at >= script.log_from]
    with (given / "logs.jsonl").open("w") as file:
        for i, record in enumerate(out.records):
            for entry in _entries(script, record, start, i, split=split):
                file.write(json.dumps(entry, separators=(",", ":")) + "\n")
        for i, (at, entry) in enumerate(sorted(audited, key=lambda pair: pair[0])):
            stamped = {"insertId": f"audit{i:05d}", "timestamp": stamp(start, at), **entry}
            file.write(json.dumps(stamped, separators=(",", ":")) + "\n")
    _json(
        given / "changes.json",
        [
            {**change, "at": stamp(start, change["at"])}
            for change in sorted(script.changes, key=lambda c: (c["at"], c["id"]))
            if change not in told
        ],
    )
    if script.commits:
        _json(given / "commits.json", [{**commit, "at": stamp(start, commit["at"])} for commit in script.commits])
    if rng.random() < 0.7:
        _json(given / "topology.json", script.world.calls)
    _answer(script, folder)


def _answer(script: Script, folder: Path) -> None:
    truth = script.truth
    _json(
        folder / "answer.json",
        {
            "family": script.family,
            "verdict": truth.verdict,
            "primary_regex": truth.regex,
            "roots": [{**root, "guilty": [_guilty(script, name) for name in root["guilty"]]} for root in truth.roots],
            "background_regex": truth.background,
            "introduced_by": truth.introduced_by,
            "decoys": truth.decoys,
            "notes": truth.notes,
        },
    )


def _guilty(script: Script, name: str) -> Any:
    """The id of a listed change; for one that only the audit log tells of, its service and revision."""
    change = next(change for change in script.changes if change["id"] == name)
    audited = script.audited and change.get("revision")
    return {"service": change["service"], "revision": change["revision"]} if audited else name


def _json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n")


def _entries(script: Script, record: Record, start: datetime, number: int, *, split: bool) -> list[dict[str, Any]]:
    project = script.world.project
    entry: dict[str, Any] = {
        "insertId": f"{number:012x}",
        "timestamp": stamp(start, record.at),
        "logName": f"projects/{project}/logs/run.googleapis.com%2F{record.log}",
        "resource": {
            "type": "cloud_run_revision",
            "labels": {
                "service_name": record.service,
                "revision_name": record.revision,
                "project_id": project,
                "location": "europe-west1",
            },
        },
        "labels": {"instanceId": f"{hash_of(record.revision):08x}"},
    }
    if record.severity != "DEFAULT":
        entry["severity"] = record.severity
    if record.trace:
        entry["trace"] = f"projects/{project}/traces/{record.trace}"
    if record.http is not None:
        return [{**entry, "httpRequest": record.http}]
    lines = record.text.split("\n")
    if not split or len(lines) == 1:
        return [{**entry, "textPayload": record.text}]
    parts = []
    for i, line in enumerate(lines):
        part = {
            **entry,
            "insertId": f"{number:012x}-{i:02d}",
            "textPayload": line,
            "timestamp": stamp(start, record.at + i * 1e-6),
        }
        if i:
            part.pop("severity", None)
        parts.append(part)
    return parts


def hash_of(text: str) -> int:
    """A small hash that does not depend on the process."""
    value = 2166136261
    for char in text.encode():
        value = (value ^ char) * 16777619 % 2**32
    return value
