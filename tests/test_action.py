"""The CI attachments do on each host what their files say: their own commands are run, with that host's variables."""

import json
import os
import re
import stat
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CI = ROOT / "templates" / "ci"
INCIDENT = ROOT / "fixtures" / "missing-module" / "input"
HEALTHY = ROOT / "fixtures" / "healthy" / "input"
GH = """#!/usr/bin/env python3
import json, os, pathlib, sys
log = pathlib.Path(os.environ["GH_LOG"])
body = pathlib.Path(sys.argv[sys.argv.index("--input") + 1]).read_text() if "--input" in sys.argv else ""
token = os.environ.get("GH_TOKEN", "")
log.open("a").write(json.dumps({"argv": sys.argv[1:], "body": body, "token": token}) + "\\n")
if os.environ.get("GH_FAILS"):
    sys.exit(1)
if "--jq" in sys.argv and os.environ.get("GH_KNOWN"):
    print(os.environ["GH_KNOWN"])
"""


def commands(tmp_path: Path, **scripts: str) -> dict[str, str]:
    """The environment of a runner: `rca` of this checkout and stubs of the host's own programs come first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    rca = f'#!/bin/sh\nenv >"${{ENV_LOG:-/dev/null}}"\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -P -m rca "$@"\n'
    for name, text in {"rca": rca, **scripts}.items():
        path = folder / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


class Run:
    """One run of the action's script."""

    def __init__(self, tmp_path: Path, paths: str, **inputs: str) -> None:
        env = commands(tmp_path, gh=GH, **({"rca": inputs.pop("GH_RCA")} if "GH_RCA" in inputs else {}))
        self.place, self.log = tmp_path, tmp_path / "gh.jsonl"
        files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        given = {f"RCA_{name.upper()}": value for name, value in inputs.items() if not name.startswith("GH_")}
        more = {name: value for name, value in inputs.items() if name.startswith("GH_")}
        self.done = subprocess.run(
            ["bash", str(CI / "github.sh")],
            cwd=tmp_path,
            env={
                **env, **files, **given, **more, "RCA_PATHS": paths, "GH_LOG": str(self.log), "ENV_LOG": str(tmp_path / "env.txt"), "GITHUB_SHA": "0123456789abcdef",
                "GITHUB_REPOSITORY": "o/r", "RCA_COMMENT_AUTHOR": "github-actions[bot]", "RCA_ACTION_PATH": str(ROOT),
            },
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    @property
    def outputs(self) -> dict[str, str]:
        """Name → value, as the runner reads them."""
        path = self.place / "GITHUB_OUTPUT"
        found = re.findall(r"^(\w+)<<(rca_[0-9a-f]{32})\n(.*?)\n\2$", path.read_text(), re.MULTILINE | re.DOTALL)
        return {name: value for name, _, value in found}

    @property
    def calls(self) -> list[dict[str, Any]]:
        """What gh was asked to do."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []


def test_a_red_job_gets_summary_annotations_outputs_and_one_comment(tmp_path: Path) -> None:
    run = Run(tmp_path, str(INCIDENT), comment="true", pull_request="7")
    assert run.done.returncode == 0, run.done.stderr
    assert run.outputs["verdict"] == "cause_found"
    assert "app.monitoring" in run.outputs["cause"]
    assert 0 < float(run.outputs["p"]) <= 1
    assert (tmp_path / run.outputs["report"] / "report.html").stat().st_size > 10_000
    assert "app.monitoring" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    printed = run.done.stdout.splitlines()
    assert 1 <= len(printed) <= 10
    assert all(re.match(r"::(error|warning|notice) ", line) for line in printed)
    assert [call["argv"][2:4] for call in run.calls][-1] == ["POST", "repos/o/r/issues/7/comments"]
    assert json.loads(run.calls[-1]["body"])["body"].startswith("<!-- rca:report -->")


def test_the_comment_is_edited_in_place_and_cleared_on_green(tmp_path: Path) -> None:
    run = Run(tmp_path, str(HEALTHY), comment="true", pull_request="7", GH_KNOWN="99")
    assert run.calls[-1]["argv"][2:4] == ["PATCH", "repos/o/r/issues/comments/99"]
    assert "Resolved in 0123456789ab" in json.loads(run.calls[-1]["body"])["body"]


def test_a_green_job_that_never_had_a_comment_stays_silent(tmp_path: Path) -> None:
    run = Run(tmp_path, str(HEALTHY), comment="true", pull_request="7")
    assert run.done.stdout == ""
    assert not (tmp_path / "GITHUB_STEP_SUMMARY").exists()
    assert len(run.calls) == 1, "it looked for a comment, and wrote none"
    assert run.outputs["verdict"] == "no_failure_found"


def test_only_comments_of_the_same_author_with_the_same_key_are_looked_for(tmp_path: Path) -> None:
    run = Run(tmp_path, str(INCIDENT), comment="true", pull_request="7", comment_key='py3.12"; x')
    asked = run.calls[0]["argv"][-1]
    assert "env.RCA_COMMENT_AUTHOR" in asked
    assert "<!-- rca:report py3.12---x -->" in asked


def test_a_read_only_token_costs_the_comment_and_not_the_job(tmp_path: Path) -> None:
    run = Run(tmp_path, str(INCIDENT), comment="true", pull_request="7", GH_FAILS="1")
    assert run.done.returncode == 0
    assert "forks have a read-only token" in run.done.stdout


@pytest.mark.parametrize(("fail_on", "status"), [("none", 0), ("any", 1)])
def test_only_fail_on_makes_the_step_fail(fail_on: str, status: int, tmp_path: Path) -> None:
    run = Run(tmp_path, str(INCIDENT), fail_on=fail_on)
    assert run.done.returncode == status
    assert run.outputs["verdict"] == "cause_found"


@pytest.mark.parametrize(
    ("sentence", "paths"), [("a path that is not there", "missing\n::error::x.xml"), ("no report at all", "")]
)
def test_an_error_of_its_own_is_one_warning_and_never_fails_the_job(sentence: str, paths: str, tmp_path: Path) -> None:
    run = Run(tmp_path, paths)
    assert run.done.returncode == 0, sentence
    assert run.outputs["verdict"] == "error"
    lines = [line for line in run.done.stdout.splitlines() if line.strip()]
    assert len(lines) == 1
    assert lines[0].startswith("::warning title=rca::")


def test_the_token_reaches_gh_alone_and_no_module_of_the_workspace_is_run(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the workspace was imported')")
    run = Run(tmp_path, str(INCIDENT), comment="true", pull_request="7", token="s3cret")
    assert run.outputs["verdict"] == "cause_found", run.done.stderr
    assert run.calls[-1]["token"] == "s3cret"
    assert "s3cret" not in (tmp_path / "env.txt").read_text()


@pytest.mark.parametrize(
    ("sentence", "rca"),
    [("a crash", "echo Traceback >&2; exit 1"), ("a signal", "kill -9 $$"), ("a partial report", "exit 4")],
)
def test_an_exit_without_a_report_is_an_error_of_rca_and_not_an_answer_to_fail_on(
    sentence: str, rca: str, tmp_path: Path
) -> None:
    (tmp_path / "rca-report").mkdir()
    (tmp_path / "rca-report" / "report.json").write_text("{}")  # left behind by an earlier step
    run = Run(tmp_path, str(INCIDENT), fail_on="any", GH_RCA=f"#!/bin/sh\n{rca}\n")
    assert run.done.returncode == 0, sentence
    assert run.outputs["verdict"] == "error"
    assert "report" not in run.outputs


@pytest.mark.parametrize(("version", "wanted"), [("1.2", "rca==1.2"), ("", str(ROOT))])
def test_the_version_asked_for_is_installed_and_nothing_else(version: str, wanted: str, tmp_path: Path) -> None:
    pip = 'mkdir -p "$4/bin"; printf \'#!/bin/sh\\necho "$@" >"%s"\\nexit 1\\n\' "$PIP_LOG" >"$4/bin/pip"; chmod +x "$4/bin/pip"'
    env = commands(tmp_path, python3=f"#!/bin/sh\n{pip}\n")
    (tmp_path / "bin" / "rca").unlink()
    given = {
        "RCA_VERSION": version,
        "RCA_ACTION_PATH": str(ROOT),
        "RUNNER_TEMP": str(tmp_path),
        "PIP_LOG": str(tmp_path / "pip.txt"),
    }
    script = ["bash", str(CI / "github.sh")]
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(
        script, cwd=tmp_path, env={**env, **given, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert (tmp_path / "pip.txt").read_text().split()[-1] == wanted


@pytest.mark.parametrize("number", ["7/../../x; id"])
def test_a_pull_request_that_is_no_number_is_never_part_of_an_address(number: str, tmp_path: Path) -> None:
    assert Run(tmp_path, str(INCIDENT), comment="true", pull_request=number).calls == []


def test_inputs_reach_the_script_as_variables_and_other_actions_are_pinned_by_commit() -> None:
    text = (ROOT / "action.yml").read_text()
    for line in text.splitlines():
        if re.match(r"\s+(- )?run:", line):
            assert "${{" not in line
        if used := re.search(r"uses: (\S+)", line):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used[1])


def test_the_deploy_of_the_workflow_becomes_a_change(tmp_path: Path) -> None:
    run = Run(tmp_path, str(INCIDENT / "junit.xml"), deployed_at="2025-10-14T13:05:41Z", service="chat-backend")
    report = json.loads((tmp_path / run.outputs["report"] / "report.json").read_text())
    assert [change["commit"] for change in report["changes"] if change["kind"] == "deploy"] == ["0123456789abcdef"]


def script(name: str) -> str:
    """The commands between the marks of an example file, as a shell gets them."""
    found = re.search(r"# rca: begin\n(.*?)[^\n]*# rca: end", (CI / name).read_text(), re.DOTALL)
    assert found, name
    lines = textwrap.dedent(found[1]).splitlines()
    return "\n".join(line.removeprefix("- ") for line in lines).replace("$$", "$")


HOSTS = [
    ("gitlab.yml", {"GITLAB_CI": "true", "CI_JOB_URL": "https://gitlab.example/o/r/-/jobs/1"}, "codequality.json"),
    ("buildkite.yml", {"BUILDKITE": "true", "BUILDKITE_JOB_ID": "b-1"}, "annotation.md"),
    ("Jenkinsfile", {"JENKINS_URL": "https://jenkins.example/", "BUILD_NUMBER": "4"}, "rca.sarif"),
    ("cloudbuild.yaml", {"BUILD_ID": "c-1", "PROJECT_ID": "p"}, "report.html"),
]


@pytest.mark.parametrize(("name", "environ", "written"), HOSTS, ids=[row[0] for row in HOSTS])
def test_the_commands_of_an_example_run_on_its_host(
    name: str, environ: dict[str, str], written: str, tmp_path: Path
) -> None:
    env = commands(tmp_path, **{"buildkite-agent": '#!/bin/sh\necho "$@" >>"$AGENT_LOG"\ncat >/dev/null </dev/stdin\n'})
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script(name)],
        cwd=tmp_path,
        env={**env, **environ, "CI": "true", "RCA_PATHS": str(INCIDENT), "AGENT_LOG": str(tmp_path / "agent.txt")},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "rca-report" / written).stat().st_size > 100
    assert (tmp_path / "rca-report" / "report.json").exists()
    assert "\x1b" not in done.stdout
    if name == "gitlab.yml":
        link = json.loads((tmp_path / "rca-report" / "annotations.json").read_text())["rca"][0]["external_link"]
        assert link["url"].startswith("https://gitlab.example/o/r/-/jobs/1/artifacts/")
    if name == "buildkite.yml":
        assert "annotate --style error --context rca-b-1" in (tmp_path / "agent.txt").read_text()
