"""Change lists and topologies: recognised by content, every item accounted for."""

import json
from pathlib import Path
from typing import Any

import pytest

from rca.errors import InputUnusableError
from rca.ingest import changelist, topology
from rca.ingest.changelist_item import unquoted
from rca.model import Change, Source
from rca.model.piece import Changes, Topology

SHARED = Path(__file__).parents[2] / "shared" / "data"
SHA = "413c3207fe568dbf445a4c2df2fdda2bea1079c2"
DEPLOY = {
    "kind": "deploy",
    "at": "2026-03-04T05:06:07Z",
    "service": "api",
    "revision": "api-2",
    "commit": SHA,
    "team": "x",
}
COMMIT = {
    "sha": SHA,
    "committed_at": "2026-03-04T13:06:07+08:00",
    "subject": "Fix it",
    "files": ["a.py", '"\\351\\233\\206.md"'],
}
GITHUB = {
    "url": "u",
    "id": 42,
    "sha": SHA,
    "ref": "main",
    "task": "deploy",
    "environment": "staging",
    "created_at": "2026-03-04T05:06:07Z",
    "statuses_url": "s",
    "creator": {"login": "octo"},
}
HUB_COMMIT = {
    "sha": SHA,
    "node_id": "n",
    "commit": {"message": "Fix\n\nmore", "committer": {"date": "2026-03-04T05:06:07Z"}},
    "parents": [{"sha": "b" * 40}],
}


def listed(data: str | bytes) -> tuple[tuple[Change, ...], Source]:
    raw = data.encode() if isinstance(data, str) else data
    assert changelist.recognise(raw[:4096])
    pieces = list(changelist.read(0, "changes.json", raw))
    found = next(piece.changes for piece in pieces if isinstance(piece, Changes))
    source = pieces[-1]
    assert isinstance(source, Source)
    return found, source


def lines(*items: Any) -> str:
    return "\n".join(json.dumps(item) for item in items)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            DEPLOY,
            {"id": "deploy:api:api-2", "kind": "deploy", "revision": "api-2", "commit": SHA, "extra": {"team": "x"}},
        ),
        (
            COMMIT,
            {
                "id": f"commit:{SHA}",
                "kind": "commit",
                "at": "2026-03-04T05:06:07Z",
                "title": "Fix it",
                "files": ("a.py", "集.md"),
            },
        ),
        (GITHUB, {"id": "deploy:42", "kind": "deploy", "commit": SHA, "actor": "octo"}),
        (HUB_COMMIT, {"id": f"commit:{SHA}", "kind": "commit", "title": "Fix", "parents": ("b" * 40,)}),
        ({"at": "2026-03-04", "kind": "flag", "title": "new checkout on"}, {"kind": "flag", "date_only": True}),
        ({"timestamp": 1772600767, "kind": "migration", "id": "m7"}, {"id": "m7", "at": "2026-03-04T05:06:07Z"}),
        ({"at": "2026-03-04T05:06:07Z", "kind": "rollback", "service": "api"}, {"kind": "deploy", "rollback": True}),
        ({"at": "2026-03-04T05:06:07Z", "service": "api"}, {"kind": "deploy", "title": "deploy of api"}),
    ],
    ids=[
        "deploy",
        "commit with a name that git quoted",
        "GitHub deployment",
        "GitHub commit",
        "a date only",
        "epoch",
        "rollback",
        "bare",
    ],
)
def test_items_by_their_usual_keys(item: dict[str, Any], expected: dict[str, Any]) -> None:
    (one,), source = listed(json.dumps([item]))
    assert {key: getattr(one, key) for key in expected} == expected
    assert (source.read, source.kept) == (1, 1)


def test_json_lines_and_arrays_say_the_same() -> None:
    assert listed(lines(DEPLOY, COMMIT))[0] == listed(json.dumps([DEPLOY, COMMIT], indent=2))[0]


def test_unusable_items_are_counted_with_a_reason() -> None:
    found, source = listed(
        lines(DEPLOY, DEPLOY, {"kind": "deploy"}, {"kind": "party", "at": "2026-03-04"}, 7) + '\n{"kind": "dep'
    )
    assert len(found) == 1
    assert (source.read, source.kept, source.duplicates, source.skipped) == (6, 1, 1, 4)
    assert source.skipped_reasons == {
        "no time that can be read": 1,
        "not JSON": 1,
        "not an object": 1,
        "unknown kind of change": 1,
    }


def test_two_deploys_of_one_revision_both_stay() -> None:
    found, _ = listed(lines(DEPLOY, {**DEPLOY, "at": "2026-03-04T06:00:00Z"}))
    assert [one.id for one in found] == ["deploy:api:api-2", "deploy:api:api-2@2026-03-04T06:00:00Z"]


def test_broken_surrogates_do_not_reach_the_report() -> None:
    (one,), _ = listed('[{"at": "2026-03-04T05:06:07Z", "kind": "flag", "title": "on \\ud83d", "id": "f\\udc00"}]')
    assert one.model_dump_json()


def test_an_array_that_was_cut_off_keeps_what_was_whole() -> None:
    found, source = listed(json.dumps([DEPLOY, COMMIT])[:-20])
    assert [one.kind for one in found] == ["deploy"]
    assert not source.complete
    assert (source.read, source.kept, source.skipped) == (2, 1, 1)


def test_a_first_item_longer_than_the_head_is_still_recognised() -> None:
    assert changelist.recognise(json.dumps([{**COMMIT, "files": ["x" * 50] * 500}]).encode()[:1000])


FOREIGN: dict[str, Any] = {
    "a LogEntry": {"logName": "projects/p/logs/x", "timestamp": "2026-03-04T05:06:07Z", "insertId": "1", "labels": {}},
    "a structured log line": {
        "timestamp": "2026-03-04T05:06:07Z",
        "level": "info",
        "message": "deploy done",
        "service": "api",
        "revision": "r",
    },
    "CTRF": {"results": {"tool": {"name": "jest"}, "tests": []}},
    "our own report": {"schema": "rca.report/1", "changes": []},
    "go test": {"Time": "2026-03-04T05:06:07Z", "Action": "run", "Package": "x"},
    "pytest-reportlog": {"$report_type": "SessionStart", "pytest_version": "9"},
    "any object": {"a": 1},
}


@pytest.mark.parametrize("item", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_no_change_list(item: dict[str, Any]) -> None:
    assert not changelist.recognise(json.dumps(item).encode())
    assert not changelist.recognise(json.dumps([item]).encode())
    assert not topology.recognise(json.dumps(item).encode())


@pytest.mark.parametrize("raw", [b"", b"[]", b"[1, 2]", b"not json", b"\xff\xfe\x00", b"[" * 100_000])
def test_rubbish_is_no_change_list_and_no_topology(raw: bytes) -> None:
    assert not changelist.recognise(raw)
    assert not topology.recognise(raw)


@pytest.mark.parametrize(
    ("quoted", "name"),
    [
        ("plain.py", "plain.py"),
        ('"a\\"b\\\\c\\td"', 'a"b\\c\td'),
        ('"\\303\\251.txt"', "é.txt"),
        ('"\\377"', "\ufffd"),
        ('"', '"'),
    ],
)
def test_quoting_of_unusual_names_is_undone(quoted: str, name: str) -> None:
    assert unquoted(quoted) == name


def test_a_topology_maps_services_to_what_they_call() -> None:
    raw = json.dumps({"web": ["api", "auth", "api"], "api": []}).encode()
    assert topology.recognise(raw)
    found, source = topology.read(0, "t.json", raw)
    assert isinstance(found, Topology)
    assert dict(found.calls) == {"api": (), "web": ("api", "auth")}
    assert isinstance(source, Source)
    assert (source.kind, source.read, source.kept) == ("topology", 2, 2)


def test_a_topology_longer_than_the_head_is_recognised() -> None:
    raw = json.dumps({f"service-{n}": [f"service-{n + 1}"] for n in range(500)}).encode()
    assert topology.recognise(raw[:1000])


def test_a_topology_that_is_none_says_where_and_what_to_write() -> None:
    with pytest.raises(InputUnusableError, match=r"t\.json:1: not JSON; write \{"):
        list(topology.read(0, "t.json", b'{"web": ['))


def test_recorded_commit_lists_are_read_whole() -> None:
    paths = sorted(SHARED.glob("gcp/incidents/*/input/commits.jsonl"))
    if not paths:
        pytest.skip("../shared/data is not here (development data, not part of the project)")
    for path in paths:
        found, source = listed(path.read_bytes())
        assert source.read == source.kept == len(path.read_text().splitlines())
        assert all(
            one.kind == "commit" and one.at and not any(name.startswith('"') for name in one.files) for one in found
        )
