"""From a failed job to the record: links to the log entry, its trace, the commit and the CI run, and to nothing else."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from rca.cli import host
from rca.model import Linking, Report
from rca.report import render

ROOT = Path(__file__).resolve().parent.parent
GITHUB = {
    "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/api",
    "GITHUB_RUN_ID": "77", "GITHUB_RUN_ATTEMPT": "2",
}  # fmt: skip
COMMIT = Linking(commit="https://git.example/{sha}")


@pytest.mark.parametrize(
    ("sentence", "environ", "expected"),
    [
        ("GitHub, with the attempt", GITHUB, "https://github.com/shop/api/actions/runs/77/attempts/2"),
        (
            "GitHub Enterprise of old, without it",
            {**GITHUB, "GITHUB_SERVER_URL": "https://git.firm.example:8443", "GITHUB_RUN_ATTEMPT": ""},
            "https://git.firm.example:8443/shop/api/actions/runs/77",
        ),
        ("GitLab", {"CI_JOB_URL": "https://gitlab.com/shop/api/-/jobs/5"}, "https://gitlab.com/shop/api/-/jobs/5"),
        (
            "Buildkite, at its job",
            {"BUILDKITE_BUILD_URL": "https://buildkite.com/shop/api/builds/9", "BUILDKITE_JOB_ID": "01-ab"},
            "https://buildkite.com/shop/api/builds/9#01-ab",
        ),
        (
            "Jenkins within the house",
            {"BUILD_URL": "http://jenkins:8080/job/api%20e2e/5/"},
            "http://jenkins:8080/job/api%20e2e/5/",
        ),
        (
            "Azure, whose project has a blank",
            {
                "SYSTEM_COLLECTIONURI": "https://dev.azure.com/shop/",
                "SYSTEM_TEAMPROJECT": "the api",
                "BUILD_BUILDID": "3",
            },
            "https://dev.azure.com/shop/the%20api/_build/results?buildId=3",
        ),
        ("a laptop", {"HOME": "/home/me"}, ""),
        ("a script for an address", {"BUILD_URL": "javascript:alert(1)"}, ""),
        ("an attribute that ends", {"BUILD_URL": 'https://jenkins/"onmouseover="alert(1)'}, ""),
        ("a variable that names a variable", {"CI_JOB_URL": "{GITHUB_TOKEN}", "GITHUB_TOKEN": "secret"}, ""),
    ],
)
def test_the_run_is_where_the_host_says(sentence: str, environ: dict[str, str], expected: str) -> None:
    assert host.run_url(environ) == expected, sentence


@pytest.mark.parametrize(
    ("sentence", "links", "repo", "environ", "expected"),
    [
        ("of the host", Linking(), True, GITHUB, "https://github.com/shop/api/commit/{sha}"),
        (
            "of GitLab",
            Linking(),
            True,
            {"CI_PROJECT_URL": "https://gitlab.com/shop/api"},
            "https://gitlab.com/shop/api/-/commit/{sha}",
        ),
        ("the project's own word wins", COMMIT, True, GITHUB, COMMIT.commit),
        ("commits of another place are not the host's", Linking(), False, GITHUB, ""),
        ("a host without TLS", Linking(), True, {**GITHUB, "GITHUB_SERVER_URL": "http://git"}, ""),
    ],
)
def test_a_commit_is_looked_up_at_the_host_if_its_own_repository_was_read(
    sentence: str, links: Linking, repo: bool, environ: dict[str, str], expected: str
) -> None:
    assert host.commits(links, environ, repo=repo).commit == expected, sentence


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Report, str]:
    """(page, report, summary) of an incident analysed in a job of GitHub."""
    out = tmp_path_factory.mktemp("links")
    command = [sys.executable, "-m", "rca", "analyze", "fixtures/policy-violation/input", "--no-history", "--quiet"]
    names = {form: out / f"{form}.out" for form in ("html", "json", "github")}
    given = [part for form, path in names.items() for part in ("-o", f"{form}={path}")]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "BUILD"))}
    subprocess.run([*command, *given], cwd=ROOT, env=environ | GITHUB, check=True)
    texts = {form: path.read_text(encoding="utf-8") for form, path in names.items()}
    return texts["html"], Report.model_validate(json.loads(texts["json"])), texts["github"]


def hrefs(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'href="(https?://[^"]+)"', page)]


def test_the_page_links_to_the_run_the_entry_and_its_trace(made: tuple[str, Report, str]) -> None:
    page, report, _ = made
    links = hrefs(page)
    assert "https://github.com/shop/api/actions/runs/77/attempts/2" in links
    entries = [unquote(one) for one in links if "/logs/query;" in one]
    assert entries
    assert all(re.search(r'insertId="[^"]+";timeRange=[\dT:.Z-]+/[\dT:.Z-]+\?project=\w', one) for one in entries)
    traced = [one for one in report.evidence.values() if one.trace_url]
    assert traced
    assert all(re.search(r"/traces/list\?project=[\w-]+&tid=[0-9a-f]{32}$", one.trace_url or "") for one in traced)
    assert any("/traces/list?" in one for one in links)


def test_an_address_that_a_report_was_given_leads_nowhere_unless_it_is_plain(made: tuple[str, Report, str]) -> None:
    _, report, _ = made
    evil = "https://console.cloud.google.com.evil.example/traces/list?tid=1"
    spoiled = {"url": evil, "trace_url": evil}
    evidence = {
        ref: one if one.kind == "change" else one.model_copy(update=spoiled) for ref, one in report.evidence.items()
    }
    tool = report.tool.model_copy(update={"run": "javascript:alert(1)//https://x/"})
    page = render(report.model_copy(update={"evidence": evidence, "tool": tool}), "html")
    assert hrefs(page) == []
    assert "javascript:" not in page


def test_the_summary_of_the_job_leads_to_the_entry_in_one_click(made: tuple[str, Report, str]) -> None:
    _, _, summary = made
    found = re.findall(r"\[([^\]]+)\]\((https://console\.cloud\.google\.com/logs/query;[^)\s]+)\)", summary)
    assert found
    assert all(re.search(r"logs\.json", label) for label, _ in found)
