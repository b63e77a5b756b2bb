"""The commits that the deploys of a script brought: one line of history, each deploy a few commits ahead of the last."""

from typing import Any

from bench.incidents.script import Script

SUBJECTS = (
    "Tidy {noun}",
    "Speed up {noun}",
    "Handle empty {noun}",
    "Rename helpers of {noun}",
    "Log more in {noun}",
    "Support a new {noun}",
)


def add(script: Script) -> None:
    """Give every deploy whose files are known a commit; the commit that touched those files is the one it is about."""
    rng = script.rng
    deploys = sorted(
        (change for change in script.changes if "files" in change), key=lambda change: (change["at"], change["id"])
    )
    guilty = {name for root in script.truth.roots for name in root["guilty"]}
    clock = -6 * 3600.0
    script.commits.append(_commit(script, clock, [script.world.files[script.world.services[0]][0]]))
    for change in deploys:
        own = change.pop("files")
        batch = [own, *(_elsewhere(script, str(change["service"])) for _ in range(rng.randint(0, 4)))]
        rng.shuffle(batch)
        for files in batch:
            clock += rng.uniform(60, 900)
            script.commits.append(_commit(script, min(clock, change["at"] - 30), files))
            if files is own and change["id"] in guilty:
                script.truth.introduced_by.append(script.commits[-1]["sha"])
        change["commit"] = script.commits[-1]["sha"]
        clock = max(clock, change["at"] - 30)
    script.commits.reverse()  # newest first, as git prints them


def _elsewhere(script: Script, service: str) -> list[str]:
    """A few files of any service, seldom of the deployed one: one repository holds them all."""
    rng = script.rng
    others = [name for name in script.world.services if name != service]
    chosen = service if rng.random() < 0.3 else rng.choice(others)
    return sorted(rng.sample(script.world.files[chosen], rng.randint(1, 3)))


def _commit(script: Script, at: float, files: list[str]) -> dict[str, Any]:
    rng = script.rng
    noun = files[0].rsplit("/", 1)[-1].removesuffix(".py")
    return {
        "kind": "commit",
        "sha": f"{rng.getrandbits(160):040x}",
        "at": at,
        "subject": rng.choice(SUBJECTS).format(noun=noun),
        "files": files,
    }
