"""Commits as suspects: inside a deploy, between a green and a red run, and older than the evidence."""

import pytest
from correlating import ask, deploy, flow, issue, p_of, row_of, stamp
from test_correlate_suspects import BURST_AFTER, TWO_REVISIONS, spread

from rca.correlate.paths import holds, ignores, same_file
from rca.model import Change, Correlation, FilePatch, TestCase, TestRun


def commit(
    sha: str, seconds: float, *files: str, title: str = "work", parent: str = "", patches: tuple[FilePatch, ...] = ()
) -> Change:
    full = sha * 8
    return Change(
        id=f"commit:{full}",
        kind="commit",
        at=stamp(seconds),
        commit=full,
        title=title,
        files=files,
        parents=(parent * 8,) if parent else (),
        patches=patches,
        source="git",
    )


def patch(path: str, added: tuple[str, ...] = (), removed: tuple[str, ...] = ()) -> FilePatch:
    return FilePatch(path=path, added=added, removed=removed)


OLD = commit("aaaaa", -9000, "app/main.py")


def _between(
    *commits: Change, exception: str = "KeyError", message: str = "'total'", frames: tuple[str, ...] = ()
) -> Correlation:
    """A failure right after a deploy that brought these commits (newest first)."""
    shas = [one.commit for one in commits]
    change = deploy("d", 5400, revision="api-2", commit=shas[0], previous_commit=OLD.commit)
    return ask(
        [issue(BURST_AFTER, exception=exception, message=message, frames=frames)],
        [change],
        traffic=TWO_REVISIONS,
        commits=[*commits, OLD],
    )


GUILTY: list[tuple[str, dict[str, object], Change, Change]] = [
    (
        "an added ignore pattern leaves out the missing module",
        {"exception": "ModuleNotFoundError", "message": "No module named 'app.services.monitoring'"},
        commit("bbbbb", 100, ".gcloudignore", patches=(patch(".gcloudignore", ("monitoring/",)),)),
        commit("ccccc", 200, "app/main.py", "app/views.py", parent="bbbbb"),
    ),
    (
        "the attribute was removed from a model",
        {
            "exception": "AttributeError",
            "message": "'MenuItem' object has no attribute 'price_large'",
            "frames": ("/srv/app/api/routes.py",),
        },
        commit(
            "bbbbb", 100, "app/models.py", patches=(patch("app/models.py", (), ("    price_large = Column(Integer)",)),)
        ),
        commit("ccccc", 200, "README.md", parent="bbbbb"),
    ),
    (
        "it changed the file that raises, the other one changed prose",
        {"frames": ("/srv/app/totals.py",)},
        commit("bbbbb", 100, "app/totals.py"),
        commit("ccccc", 200, "docs/guide.md", parent="bbbbb"),
    ),
    (
        "it renamed the function that is now missing",
        {"exception": "ImportError", "message": "cannot import name 'load_state' from 'app.store'"},
        commit(
            "bbbbb",
            100,
            "app/store.py",
            patches=(patch("app/store.py", ("def read_state():",), ("def load_state():",)),),
        ),
        commit("ccccc", 200, "app/store.py", "app/other.py", parent="bbbbb"),
    ),
]


@pytest.mark.parametrize(("sentence", "shown", "guilty", "other"), GUILTY, ids=[row[0] for row in GUILTY])
def test_the_guilty_commit_of_a_deploy_is_the_one_where(
    sentence: str, shown: dict[str, object], guilty: Change, other: Change
) -> None:
    found = _between(other, guilty.model_copy(update={"parents": OLD.parents or (OLD.commit or "",)}), **shown)  # type: ignore[arg-type] # one table for three keywords
    first, second = row_of(found, guilty.id), next((row for row in found.suspects if row.change == other.id), None)
    assert first.within == "d", sentence
    assert second is None or first.p > 2 * second.p, sentence
    assert first.for_, sentence
    assert p_of(found, "d") > 0.9


def test_commits_share_the_p_of_their_deploy_and_nothing_is_counted_twice() -> None:
    found = _between(commit("ccccc", 200, "app/b.py", parent="bbbbb"), commit("bbbbb", 100, "app/a.py", parent="aaaaa"))
    total = sum(row.p for row in found.suspects) + sum(row.p for row in found.no_change)
    assert total == pytest.approx(1.0, abs=1e-9)
    whole = sum(row.p for row in found.suspects if row.change == "d" or row.within == "d")
    assert p_of(found, "d") == pytest.approx(whole)
    assert 0 < row_of(found, "d").p < whole, "something else in the deploy keeps a part"


def test_a_bulk_commit_weighs_less_than_a_small_one_that_touched_the_same_file() -> None:
    small = commit("bbbbb", 100, "app/totals.py", parent="aaaaa")
    bulk = commit("ccccc", 200, "app/totals.py", *(f"app/part{i}.py" for i in range(60)), parent="bbbbb")
    found = _between(bulk, small, frames=("/srv/app/totals.py",))
    assert row_of(found, small.id).p > 3 * row_of(found, bulk.id).p


def test_a_commit_that_is_not_in_the_deploy_is_not_in_it() -> None:
    unmerged = commit("eeeee", 150, "app/totals.py", parent="aaaaa")
    found = _between(commit("bbbbb", 100, "app/other.py", parent="aaaaa"), unmerged, frames=("/srv/app/totals.py",))
    assert all(row.within is None for row in found.suspects if row.change == unmerged.id)


def _latent(*commits: Change, version: str | None = None) -> Correlation:
    shown = issue(
        spread(60, 10700, 25),
        exception="AttributeError",
        message="'MenuItem' object has no attribute 'price_large'",
        frames=("/app/app/api/routes.py",),
    )
    return ask([shown], [], traffic=flow("api", "api-7", range(180), version=version), commits=commits)


def test_without_a_deploy_old_commits_are_ranked_by_what_they_touched() -> None:
    author = commit(
        "ccccc", -5000, "app/api/routes.py", patches=(patch("app/api/routes.py", ("    size = item.price_large",)),)
    )
    found = _latent(commit("bbbbb", -3000, "app/jobs.py"), author, commit("eeeee", -7000, "web/menu.ts"))
    assert found.suspects[0].change == author.id
    assert found.suspects[0].within is None
    assert any("introduced earlier" in reason.text for reason in found.suspects[0].against)


def test_a_title_that_repairs_the_failure_shows_that_the_failure_is_older() -> None:
    repair = commit("bbbbb", -300, "app/api/routes.py", title="fix all price_large lookups")
    plain = commit("ccccc", -5000, "app/api/routes.py", title="translate shop names")
    found = _latent(repair, plain)
    assert found.suspects[0].change == plain.id
    assert any(
        "older than it" in reason.text for row in found.suspects if row.change == repair.id for reason in row.against
    )


def test_commits_that_the_failing_version_does_not_hold_are_left_out() -> None:
    newer = commit("bbbbb", -100, "app/api/routes.py", parent="ccccc")
    running = commit("ccccc", -5000, "app/api/routes.py", parent="aaaaa")
    found = _latent(newer, running, version=running.commit)
    assert [row.change for row in found.suspects] == [running.id]


def test_the_first_commit_of_all_fits_everything_and_is_no_suspect() -> None:
    first = commit("aaaaa", -9000, "app/api/routes.py", "app/models.py")
    second = commit("ccccc", -5000, "app/api/routes.py", parent="aaaaa")
    found = _latent(second, first)
    assert [row.change for row in found.suspects] == [second.id]


def _run(index: int, seconds: float, outcome: str) -> TestRun:
    start, end = (int(seconds * 1e9) + 1_750_000_000 * 10**9, int((seconds + 5) * 1e9) + 1_750_000_000 * 10**9)
    case = TestCase.model_validate(
        {
            "id": "t",
            "ref": f"test:{index}:t",
            "suite": "s",
            "classname": "c",
            "name": "t",
            "outcome": outcome,
            "start_ns": start,
            "end_ns": end,
        }
    )
    return TestRun(path=f"{index}.xml", source=index, started_ns=start, ended_ns=end, cases=(case,))


def test_between_the_last_green_and_the_first_red_run_commits_are_the_candidates() -> None:
    runs = [_run(i, 3600.0 * i, "passed" if i < 6 else "failed") for i in range(10)]
    inside = commit("bbbbb", 5.5 * 3600, "app/totals.py")
    before = commit("ccccc", 2.5 * 3600, "app/totals.py")
    failed = [run.cases[0].start_ns for run in runs if run.cases[0].outcome == "failed"]
    origin = 1_750_000_000 * 10**9
    base = issue([0], service=None, tests=("t",), frames=("/srv/app/totals.py",))
    shift = (base.occurrences[0].at or 0) - origin
    times = [((at or 0) - origin - shift) / 1e9 for at in failed]
    found = ask(
        [issue(times, service=None, tests=("t",), frames=("/srv/app/totals.py",))],
        commits=[inside, before],
        runs=runs[6:],
        earlier=runs[:6],
    )
    assert found.suspects[0].change == inside.id
    assert found.suspects[0].before.unit == "tests"
    assert found.suspects[0].before.exposure == 6
    assert p_of(found, before.id) < 0.1


PATHS: list[tuple[str, str, bool]] = [
    ("/app/app/api/routes.py", "app/api/routes.py", True),
    ("/app/app/api/routes.py", "other/api/routes.py", False),
    ("/usr/lib/python3.11/site-packages/pkg/__init__.py", "__init__.py", False),
    ("/app/main.py", "main.py", True),
    ("src\\app\\views.py", "src/app/views.py", True),
    ("app/a.py", "app/aa.py", False),
]


@pytest.mark.parametrize(("frame", "touched", "same"), PATHS)
def test_a_frame_and_a_touched_file_are_one_when_the_shorter_path_ends_the_longer(
    frame: str, touched: str, same: bool
) -> None:
    assert same_file(frame, touched) is same


IGNORED: list[tuple[str, str, bool]] = [
    ("monitoring/", "app/services/monitoring", True),
    ("**/monitoring", "app/services/monitoring", True),
    ("app/services/*", "app/services", True),
    ("/app/services/monitoring/", "app/services/monitoring", True),
    ("*.log", "app/services/monitoring", False),
    ("!monitoring", "app/services/monitoring", False),
    ("# monitoring", "app/services/monitoring", False),
    ("monitor", "app/services/monitoring", False),
    ("*", "app/services/monitoring", False),
]


@pytest.mark.parametrize(("line", "path", "left_out"), IGNORED)
def test_an_ignore_line_leaves_out_what_it_matches(line: str, path: str, left_out: bool) -> None:
    assert ignores(line, path) is left_out


def test_a_dotted_module_lies_in_its_file_or_its_folder() -> None:
    assert holds("app/services/monitoring", "app/services/monitoring.py")
    assert holds("app/services/monitoring", "src/app/services/monitoring/__init__.py")
    assert not holds("app/services/monitoring", "app/services/monitoring_old.py")
