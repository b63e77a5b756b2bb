"""The CI host that rca runs on, as its environment variables tell: where it shows this run, and where commits are looked up."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rca.model import Linking

# The first whose variables are all set counts. Documented by each host as predefined variables of a job.
RUNS = (
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}/attempts/{GITHUB_RUN_ATTEMPT}",
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
    "{CI_JOB_URL}",  # GitLab
    "{BUILDKITE_BUILD_URL}#{BUILDKITE_JOB_ID}",
    "{BUILDKITE_BUILD_URL}",
    "{CIRCLE_BUILD_URL}",
    "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",  # Azure Pipelines
    "{BUILD_URL}",  # Jenkins
)
COMMITS = (
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/commit/{{sha}}",
    "{CI_PROJECT_URL}/-/commit/{{sha}}",  # GitLab
)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9/;:=?&.,_~+%#{}-]{1,1000}")


def run_url(environ: Mapping[str, str]) -> str:
    """Where the host shows this run; "" on no known host, or when its variables make no web address."""
    return _first(RUNS, environ)


def commits(links: "Linking", environ: Mapping[str, str], *, repo: bool) -> "Linking":
    """`links`, with the host's page of a commit where the project names none and its own repository was read."""
    found = _first(COMMITS, environ) if repo and not links.commit else ""
    return links.model_copy(update={"commit": found}) if found.startswith("https://") else links


def _first(forms: tuple[str, ...], environ: Mapping[str, str]) -> str:
    given = {name: value.strip().replace(" ", "%20") for name, value in environ.items() if value.strip()}
    for form in forms:
        try:
            made = form.format_map(given)
        except KeyError:
            continue
        return made if _ADDRESS.fullmatch(made) else ""
    return ""
