"""Deploys and other changes of a script: the switch in the system, and the record of it that the tool may read."""

from bench.incidents.script import Rollout, Script

LEAD = (4.0, 60.0)  # the record says when the rollout was asked for; users meet it this many seconds later


def deploy(
    script: Script, service: str, live: float, *, ramp: float = 0.0, file: str | None = None, kind: str = "deploy"
) -> str:
    """A change of a service that users meet at `live`; returns its id. `file`, if given, is in its diff three times of four."""
    rng = script.rng
    revision = (
        f"{service}-{100 + int(live / 4):05d}-{rng.getrandbits(12):03x}"  # numbers grow with time, as on Cloud Run
    )
    script.rollouts.append(Rollout(service, revision, live, ramp))
    script.rollouts.sort(key=lambda rollout: rollout.start)
    return record(script, service, live - rng.uniform(*LEAD), revision=revision, file=file, kind=kind)


def record(
    script: Script,
    service: str | None,
    at: float,
    *,
    revision: str | None = None,
    file: str | None = None,
    kind: str = "deploy",
) -> str:
    """Only the record of a change; returns its id."""
    rng = script.rng
    name = f"{kind}-{rng.getrandbits(32):08x}"
    change: dict[str, object] = {"id": name, "kind": kind, "at": at, "title": f"{kind} of {service or 'the project'}"}
    if service:
        change["service"] = service
    if revision:
        change["revision"] = revision
    if script.files_known and kind == "deploy" and service:
        touched = set(rng.sample(script.world.files[service], rng.randint(1, 4)))
        touched.discard(file or "")
        if file and rng.random() < 0.75:
            touched.add(file)
        change["files"] = sorted(touched) or [script.world.files[service][0]]
    script.changes.append(change)
    return name


def bystanders(script: Script, mean: float = 8.0) -> None:
    """Innocent deploys at any time in any service: the everyday traffic of changes."""
    rng = script.rng
    count = sum(1 for _ in range(30) if rng.random() < mean / 30)
    for _ in range(count):
        service, live = rng.choice(script.world.services), rng.uniform(0.02, 0.98) * script.length
        if not any(r.service == service and r.start - 60 < live < r.start + r.ramp + 60 for r in script.rollouts):
            deploy(script, service, live)
