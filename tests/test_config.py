"""rca.toml: found where it is looked for, refused with file, line, field and remedy, and what it says is used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rca import config, gather, pipeline, rules, signatures
from rca.cli import run
from rca.errors import InputUnusableError, RcaError, UsageError
from rca.model import Config, Report

ROOT = Path(__file__).resolve().parent.parent
P1 = '[[priorities]]\nname = "P1"\ntests = ["*"]\n'
WANTED = '[[performance]]\nname = "log-in"\ntests = "*"\n'

BAD = [
    ("no TOML", "own = [", "rca.toml: is not TOML: "),
    ("an unknown key", 'owm = ["shop"]', "rca.toml:1: owm: no such field; did you mean `own`? one of: rules, silence, own"),
    ("an unknown key of a priority", f"{P1}weight = 3", "rca.toml:4: priorities[0].weight: no such field; one of: name, tests"),
    ("a number for a list", "own = 3", "rca.toml:1: own: input should be a list of texts"),
    ("an empty name", 'silence = [""]', "rca.toml:1: silence: holds an empty text"),
    ("a folder of rules that is not there", 'rules = ["nowhere"]', "rca.toml:1: rules[0]: 'nowhere' is not a folder; give"),
    ("a priority without tests", '[[priorities]]\nname = "P1"', "rca.toml:1: priorities[0].tests: is missing; add `tests = …`"),
    ("a bare number as a share", f"{P1}target = 1", 'rca.toml:4: priorities[0].target: 1 is not a share; write it as a percentage, for example "99.5 %"'),
    ("more than all", f'{P1}target = "101 %"', "priorities[0].target: '101 %' is not a share"),
    ("one priority twice", f"{P1}{P1}", "rca.toml:1: priorities: 'P1' is named twice"),
    ("a target of nothing", '[[targets]]\ntarget = "95 %"', "rca.toml:1: targets[0]: needs `tests` or `suites`, and not both"),
    ("a limit on neither side", WANTED, "rca.toml:1: performance[0]: needs `at_most` or `at_least`, and not both"),
    ("a time in weeks", f'{WANTED}at_most = "2 weeks"', "rca.toml:4: performance[0].at_most: '2 weeks' is not a number or a time"),
    ("a statistic nobody knows", f'{WANTED}at_most = 2\nstatistic = "p42"', "rca.toml:5: performance[0].statistic: input should be 'max', 'mean'"),
    ("an address without a place for the commit", '[links]\ncommit = "https://code.example/"', "rca.toml:2: links.commit: is not an https address with {sha} in it"),
    ("an address that runs", '[links]\nissue = "javascript:{id}"', "rca.toml:2: links.issue: is not an https address with {id} in it"),
    ("a policy that would show credentials", '[redact]\nkeep = ["secrets"]', "rca.toml:2: redact.keep[0]: input should be 'emails' or 'addresses'"),
    ("an alias that is every service", '[services]\nshop = ["*"]', "rca.toml:1: services: 'shop' needs names of services, not `*` alone"),
    ("what only rca may say", 'hash = "0"', "rca.toml:1: hash: no such field"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_configuration_is_one_line_that_names_the_place_and_the_remedy(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "rca.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RcaError) as caught:
        config.load(None, start=tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)
    assert caught.value.code == 2


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert config.load(None, start=tmp_path) == Config()


@pytest.mark.parametrize(
    ("sentence", "files", "start", "found"),
    [
        ("the folder itself", {"rca.toml": 'own = "a"'}, ".", ("a",)),
        ("a parent, up to the root of the repository", {"rca.toml": 'own = "a"', ".git/HEAD": ""}, "x/y", ("a",)),
        ("not above the root of the repository", {"rca.toml": 'own = "a"', "x/.git/HEAD": ""}, "x/y", ()),
        ("outside a repository no parent is asked", {"rca.toml": 'own = "a"'}, "x", ()),
        ("the nearest wins", {".git/HEAD": "", "rca.toml": 'own = "a"', "x/rca.toml": 'own = "b"'}, "x", ("b",)),
        ("[tool.rca]", {"pyproject.toml": '[tool.rca]\nown = "a"'}, ".", ("a",)),
        ("rca.toml beside it wins", {"pyproject.toml": '[tool.rca]\nown = "a"', "rca.toml": 'own = "b"'}, ".", ("b",)),
        (
            "a pyproject.toml that says nothing of rca does not end the search",
            {".git/HEAD": "", "rca.toml": 'own = "a"', "x/pyproject.toml": "[project]\nname = 'x'"},
            "x",
            ("a",),
        ),
    ],
)
def test_the_configuration_is_looked_for_in(
    sentence: str, files: dict[str, str], start: str, found: tuple[str, ...], tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / start).mkdir(parents=True, exist_ok=True)
    assert config.load(None, start=tmp_path / start).own == found, sentence


def test_in_pyproject_the_line_is_that_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n\n[tool.rca]\nown = 3\n', encoding="utf-8")
    with pytest.raises(InputUnusableError, match=r"^pyproject\.toml:5: own: "):
        config.load(None, start=tmp_path)


def test_the_hash_is_that_of_the_content_not_of_its_layout(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        (tmp_path / "rca.toml").write_text(text, encoding="utf-8")
        return config.load(None, start=tmp_path).hash

    assert hash_of('own = ["a"]\nsilence = ["b"]') == hash_of('# said twice\nsilence=["b"]\nown=["a"]')
    assert hash_of('own = ["a"]') != hash_of('own = ["b"]')


def test_folders_of_rules_are_relative_to_the_file_and_a_rule_to_be_silenced_must_exist(tmp_path: Path) -> None:
    (tmp_path / "ops").mkdir()
    (tmp_path / "rca.toml").write_text('rules = "ops"\nsilence = "no.such"', encoding="utf-8")
    found = config.load(tmp_path / "rca.toml", start=ROOT)
    assert found.rules == (str(tmp_path / "ops"),)
    with pytest.raises(UsageError, match=r"cannot silence 'no\.such'"):
        rules.load([rules.builtin()], silence=found.silence)


SAID = """own = ["app"]
silence = ["python.missing-module"]

[services]
chat = ["chat-*"]

[links]
commit = "https://code.example/c/{sha}"
issue = "https://tracker.example/?q={id}"

[[priorities]]
name = "P1"
tests = ["*websocket*"]
impact = "$120K MRR"
target = "100 %"
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("told")
    (folder / "rca.toml").write_text(SAID, encoding="utf-8")
    says = config.load(None, start=folder)
    given = [str(ROOT / "fixtures" / "missing-module" / "input")]
    facts = gather.gather(gather.Request(paths=given, services=says.services))
    library = rules.load([rules.builtin()], silence=says.silence)
    return pipeline.analyze(facts, library, pipeline.Settings(config=says))


def test_the_report_names_its_configuration_and_the_rules_that_were_silenced(told: Report) -> None:
    assert told.tool.config.startswith("rca.toml (")
    assert told.coverage.rules == ("python.missing-module is silenced",)
    assert "python.missing-module" not in {issue.rule for issue in told.issues}


def test_services_have_the_names_of_their_project(told: Report) -> None:
    named = {name for issue in told.issues for name in issue.services}
    assert "chat" in named
    assert not any(name.startswith("chat-") for name in named)
    assert {series.service for series in told.traffic} >= {"chat"}
    assert any(change.service == "chat" for change in told.changes if change.kind == "deploy")
    assert told.verdict.status == "cause_found"


def test_commits_and_issues_lead_to_where_the_project_keeps_them(told: Report) -> None:
    assert all(issue.url == f"https://tracker.example/?q={issue.id.replace(':', '%3A')}" for issue in told.issues)
    urls = [one.url for ref, one in told.evidence.items() if ref.startswith("change:commit:")]
    assert urls
    assert all(url and url.startswith("https://code.example/c/") for url in urls)


INSTALLED = """Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/shopkit/cart.py", line 3, in add
    check()
  File "/usr/lib/python3.11/site-packages/other/shopkit_like.py", line 9, in check
    raise ValueError("no")
ValueError: no"""


def test_frames_of_own_packages_are_own_wherever_they_are_installed() -> None:
    with signatures.owned(["shopkit"]):
        found = signatures.extract(INSTALLED)
        java = signatures.extract("java.lang.IllegalStateException: no\n\tat com.google.shop.Cart.add(Cart.java:3)")
    assert [frame.own for frame in found.frames] == [True, False]
    assert found.location is not None
    assert found.location.file == "shopkit/cart.py"
    assert not java.frames[0].own
    with signatures.owned(["com.google.shop"]):
        own = signatures.extract("java.lang.IllegalStateException: no\n\tat com.google.shop.Cart.add(Cart.java:3)")
    assert own.frames[0].own
    assert not any(frame.own for frame in signatures.extract(INSTALLED).frames)


def test_a_bad_configuration_ends_every_command_that_uses_rules_with_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rca.toml").write_text("nonsense = 1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for command in (["analyze", "x.xml"], ["rules", "list"], ["verify", "x.xml"], ["diff", "a", "b"], ["eval", "."]):
        assert run(command) == 2
        said = capsys.readouterr().err
        assert said.startswith("rca: rca.toml:1: nonsense: no such field; ")
        assert said.count("\n") == 1


def test_config_names_a_file_and_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SAID, encoding="utf-8")
    given = str(ROOT / "fixtures" / "missing-module" / "input" / "junit.xml")
    command = [
        sys.executable,
        "-m",
        "rca",
        "analyze",
        given,
        "--no-history",
        "--format",
        "json",
        "--config",
        "other.toml",
    ]
    runs = [
        subprocess.run(
            command, cwd=tmp_path, capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    report = json.loads(runs[0].stdout)
    assert report["tool"]["config"].startswith("other.toml (")
    assert report["impact"][0]["impact"] == "$120K MRR"


def test_the_example_of_the_page_for_rule_writers_is_a_configuration(tmp_path: Path) -> None:
    page = (ROOT / "rules" / "README.md").read_text(encoding="utf-8").partition("`rca.toml`\n")[2]
    example = "\n".join(line[4:] for line in page.splitlines() if line.startswith("    "))
    (tmp_path / "ops" / "rules").mkdir(parents=True)
    (tmp_path / "rca.toml").write_text(example, encoding="utf-8")
    found = config.load(None, start=tmp_path)
    assert all(getattr(found, name) for name in Config.model_fields)
    library = rules.load([rules.builtin(), *map(Path, found.rules)], silence=found.silence)
    assert "python.missing-module is silenced" in library.notes


def test_addresses_of_people_are_shown_only_where_the_project_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "AssertionError: no mail to jane@shop.dev"
    case = f'<testcase classname="a" name="b"><failure message="{said}">{said}</failure></testcase>'
    (tmp_path / "r.xml").write_text(f'<testsuite name="s">{case}</testsuite>', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shown = []
    for text in ('[redact]\nkeep = ["emails"]', ""):
        (tmp_path / "rca.toml").write_text(text, encoding="utf-8")
        assert run(["analyze", "r.xml", "--no-history", "--format", "json"]) == 0
        shown.append("jane@shop.dev" in capsys.readouterr().out)
    assert shown == [True, False]
