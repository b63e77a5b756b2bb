"""git as evidence: what commits did, in repositories that nobody vouches for; and the commit that CI builds."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rca import git
from rca.errors import InputUnusableError
from rca.git.process import run

CLOCK = 1_772_600_000
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "a@b"))
}


class Repo:
    """A repository in the making; every commit is a minute after the one before."""

    def __init__(self, path: Path) -> None:
        self.path, self.count = path, 0
        self("init", "--quiet", "--initial-branch=main", str(path))

    def __call__(self, *arguments: str) -> str:
        """Run git as its user would."""
        stamp = f"{CLOCK + 60 * self.count} +0000"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_DATE": stamp,
            **WHO,
        }
        at = ["-C", str(self.path)] if self.path.exists() else []
        return subprocess.run(
            ["git", *at, *arguments], check=True, capture_output=True, text=True, env=env
        ).stdout.strip()

    def commit(self, message: str, files: Mapping[str, str | bytes]) -> str:
        """Write the files, commit, return the hash."""
        self.count += 1
        for name, content in files.items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        self("add", "--all")
        self("commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", message)
        return self("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def test_commits_are_changes_newest_first_with_files_and_lines(repo: Repo) -> None:
    first = repo.commit("Add the app", {"app.py": "a = 1\nb = 2\n"})
    second = repo.commit("Change b\n\nbecause", {"app.py": "a = 1\nb = 3\n", "new.txt": "x\n"})
    log = git.commits(repo.path)
    newest, oldest = log.commits
    assert (newest.id, newest.commit, newest.parents) == (f"commit:{second}", second, (first,))
    assert (newest.kind, newest.title, newest.source, newest.at) == (
        "commit",
        "Change b",
        "git",
        "2026-03-04T04:55:20Z",
    )
    assert newest.files == ("app.py", "new.txt")
    assert [(one.path, one.added, one.removed) for one in newest.patches] == [
        ("app.py", ("b = 3",), ("b = 2",)),
        ("new.txt", ("x",), ()),
    ]
    assert (oldest.parents, oldest.patches[0].added) == ((), ("a = 1", "b = 2"))
    assert (log.shallow, log.notes, log.head) == (False, (), second)


def test_strange_names_and_contents_cannot_forge_commits_or_files(repo: Repo) -> None:
    names = ['quo"te.py', "tab\there", "new\nline", "é 集.md", "diff --git a/x b/x", "a" * 40, "1772600000"]
    body = "commit " + "f" * 40 + "\ndiff --git a/evil b/evil\n@@ -0,0 +1 @@\n+evil\n"
    repo.commit("", dict.fromkeys(names, body))
    (one,) = git.commits(repo.path).commits
    assert sorted(one.files) == sorted(names)
    assert sorted(patch.path for patch in one.patches) == sorted(names)
    assert {patch.added for patch in one.patches} == {tuple(body.splitlines())}


def test_binary_files_have_names_but_no_lines(repo: Repo) -> None:
    repo.commit("logo", {"logo.png": b"\x89PNG\0\0" * 100, "a.txt": "x\n"})
    (one,) = git.commits(repo.path).commits
    assert one.files == ("a.txt", "logo.png")
    assert [patch.path for patch in one.patches] == ["a.txt"]


def test_long_patches_are_cut_and_say_so(repo: Repo) -> None:
    repo.commit("bulk", {"data.csv": "row\n" * 5000, "wide.txt": "x" * 10_000 + "\n"})
    (one,) = git.commits(repo.path).commits
    data, wide = one.patches
    assert (len(data.added), data.cut) == (400, True)
    assert (len(wide.added[0]), wide.cut) == (400, True)


def test_merges_empty_commits_and_bytes_that_are_no_utf8_are_survived(repo: Repo) -> None:
    repo.commit("base", {"a": "1\n"})
    repo("checkout", "--quiet", "-b", "side")
    repo.commit("side", {"b": b"\xff\xfe\n"})
    repo("checkout", "--quiet", "main")
    repo.commit("", {})
    repo("merge", "--quiet", "--no-edit", "side")
    titles = {one.title: one for one in git.commits(repo.path).commits}
    assert set(titles) == {"base", "side", "", "Merge branch 'side'"}
    assert titles["Merge branch 'side'"].files == ()
    assert len(titles["Merge branch 'side'"].parents) == 2
    assert titles["side"].patches[0].added == ("\ufffd\ufffd",)


def test_limit_and_ref(repo: Repo) -> None:
    shas = [repo.commit(f"c{n}", {"a": str(n)}) for n in range(5)]
    log = git.commits(repo.path, limit=2)
    assert [one.commit for one in log.commits] == shas[:2:-1]
    assert log.notes == ("only the last 2 commits were read",)
    assert [one.commit for one in git.commits(repo.path, ref=shas[1]).commits] == shas[1::-1]


def test_a_shallow_clone_is_noticed(repo: Repo, tmp_path: Path) -> None:
    for n in range(3):
        repo.commit(f"c{n}", {"a": str(n)})
    repo("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(tmp_path / "shallow"))
    log = git.commits(tmp_path / "shallow")
    assert log.shallow
    assert len(log.commits) == 1
    assert "shallow clone" in log.notes[0]


def test_a_repository_without_commits_has_none(repo: Repo) -> None:
    assert git.commits(repo.path) == git.GitLog(notes=("the repository has no commits",))


def test_a_bundle_is_read_like_a_repository(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", {"a": "1\n"})
    sha = repo.commit("two", {"a": "2\n"})
    bundle = tmp_path / "x.bundle"
    repo("bundle", "create", "--quiet", str(bundle), "main")
    assert git.from_bundle(bundle).commits == git.commits(repo.path).commits
    with git.unbundled(bundle) as unpacked:
        assert git.show_file(unpacked, sha, "a") == "2\n"
    assert not unpacked.exists()


def test_a_file_as_it_was(repo: Repo) -> None:
    first = repo.commit("one", {"dir/a.txt": "old\n", "b.bin": b"\0\1"})
    repo.commit("two", {"dir/a.txt": "new\n"})
    assert git.show_file(repo.path, first, "dir/a.txt") == "old\n"
    assert git.show_file(repo.path, "HEAD", "dir/a.txt") == "new\n"
    assert git.show_file(repo.path, first, "missing") is None
    assert git.show_file(repo.path, first, "b.bin") is None


@pytest.fixture
def trapped(repo: Repo) -> tuple[Repo, Path]:
    """A repository whose configuration, attributes and hooks all try to run a program."""
    mark = repo.path.parent / "executed"
    script = repo.path.parent / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(0o755)
    repo.commit("one", {".gitattributes": "* diff=evil filter=evil\n", "a.txt": "1\n"})
    repo.commit("two", {"a.txt": "2\n"})
    settings = [
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "diff.evil.command",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "gpg.program",
        "core.sshCommand",
        "core.editor",
        "uploadpack.packObjectsHook",
    ]
    for name in settings:
        repo("config", name, str(script))
    for name, value in (
        ("log.showSignature", "true"),
        ("core.hooksPath", str(repo.path.parent)),
        ("alias.log", f"!{script}"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("color.ui", "always"),
        ("diff.relative", "true"),
        ("log.diffMerges", "on"),
    ):
        repo("config", name, value)
    mark.unlink(missing_ok=True)
    return repo, mark


def test_nothing_of_a_repositorys_configuration_is_executed(trapped: tuple[Repo, Path]) -> None:
    repo, mark = trapped
    log = git.commits(repo.path)
    git.show_file(repo.path, "HEAD", "a.txt")
    assert [patch.added for patch in log.commits[0].patches] == [("2",)]
    assert not mark.exists()


@pytest.mark.parametrize("ref", ["nope", "--help", "-O/etc/passwd", "HEAD:a", "", "a\nb", "x\0y", "HEAD..HEAD"])
def test_a_ref_that_names_no_commit_is_refused(repo: Repo, ref: str) -> None:
    repo.commit("one", {"a": "1\n"})
    with pytest.raises(InputUnusableError):
        git.commits(repo.path, ref=ref)


def test_errors_say_what_and_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputUnusableError, match=r"not a git repository.*pass the root of a git repository"):
        git.commits(tmp_path)
    with pytest.raises(InputUnusableError, match="cannot change to"):
        git.commits(tmp_path / "missing")
    (tmp_path / "x.bundle").write_text("# v2 git bundle\nrubbish")
    with pytest.raises(InputUnusableError, match=r"x\.bundle: git: "):
        git.from_bundle(tmp_path / "x.bundle")
    with pytest.raises(InputUnusableError, match="no such file"):
        git.from_bundle(tmp_path / "none.bundle")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputUnusableError, match="git is not installed"):
        git.commits(tmp_path)


def test_a_git_that_hangs_is_ended(repo: Repo) -> None:
    repo.commit("one", {"a": "1\n"})
    os.mkfifo(repo.path / ".git" / "info" / "attributes.fifo")
    with pytest.raises(InputUnusableError, match="longer than"):
        run(
            ["hash-object", "--no-filters", str(repo.path / ".git" / "info" / "attributes.fifo")],
            at=repo.path,
            cap=100,
            timeout_s=0.3,
        )


SHA = "413c3207fe568dbf445a4c2df2fdda2bea1079c2"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (
            {"GITHUB_ACTIONS": "true", "GITHUB_SHA": SHA, "GITHUB_REF_NAME": "main"},
            (SHA, None, "commit 413c320 of main, built by GitHub Actions"),
        ),
        (
            {
                "GITLAB_CI": "true",
                "CI_COMMIT_SHA": SHA,
                "CI_COMMIT_BEFORE_SHA": "0" * 40,
                "CI_PIPELINE_CREATED_AT": "2026-03-04T05:06:07Z",
                "CI_COMMIT_TITLE": "Fix it",
            },
            (SHA, "2026-03-04T05:06:07Z", "Fix it"),
        ),
        ({"BUILDKITE": "true", "BUILDKITE_COMMIT": SHA, "BUILDKITE_MESSAGE": "Fix\n\nmore"}, (SHA, None, "Fix")),
        (
            {"JENKINS_URL": "http://j", "GIT_COMMIT": SHA, "BUILD_ID": "7"},
            (SHA, None, "commit 413c320, built by Jenkins"),
        ),
        ({"BUILD_ID": "b", "COMMIT_SHA": SHA}, (SHA, None, "commit 413c320, built by Cloud Build")),
        ({"BUILDKITE": "true", "BUILDKITE_COMMIT": "HEAD"}, None),
        ({"GITHUB_SHA": SHA}, None),
        ({}, None),
    ],
)
def test_the_commit_that_ci_builds(environ: dict[str, str], expected: tuple[str, str | None, str] | None) -> None:
    found = git.ci_change(environ)
    assert (None if found is None else (found.commit, found.at, found.title)) == expected
    assert found is None or (found.previous_commit is None and found.source == "ci")
