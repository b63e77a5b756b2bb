"""Deploys on other platforms than Cloud Run: App Engine, Functions, Cloud Deploy, Cloud Build and Run jobs."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rca import when
from rca.ingest.audit_acts import Act
from rca.ingest.audit_read import Json, dig, items, mapping, part, text
from rca.ingest.audit_template import commit_of, template
from rca.model.change import Change, ChangeKind


@dataclass(frozen=True, slots=True)
class Named:
    """What a platform's request says: who changed, to what."""

    service: str
    revision: str = ""
    commit: str = ""
    image: str = ""
    words: str = ""  # beside the service, for the title


@dataclass(frozen=True, slots=True)
class Platform:
    """How one method of one platform is read."""

    pattern: re.Pattern[str]
    kind: ChangeKind
    verb: str
    read: Callable[[Act], Named]


def _app_engine(act: Act) -> Named:
    version = (
        text(act.labels, "version_id")
        or part(act.resource_name, "versions")
        or text(mapping(act.request, "version"), "id")
    )
    return Named(_module(act), version, commit_of(mapping(mapping(act.request, "version"), "envVariables")))


def _split(act: Act) -> Named:
    shares = dig(act.request, "service.split.allocations")
    best = max(shares, key=lambda version: (_number(shares[version]), version), default="")
    return Named(_module(act), best)


def _module(act: Act) -> str:
    return text(act.labels, "module_id") or part(act.resource_name, "services") or "default"


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _function(act: Act) -> Named:
    asked = mapping(act.request, "function")
    name = text(act.labels, "function_name") or part(act.resource_name, "functions") or act.name
    return Named(name, text(asked, "versionId"), commit_of(mapping(asked, "labels")))


def _rollout(act: Act) -> Named:
    release, target = (
        part(act.resource_name, "releases"),
        text(mapping(act.request, "rollout"), "targetId", "target_id"),
    )
    pipeline = part(act.resource_name, "deliveryPipelines") or text(act.labels, "pipeline_id", "delivery_pipeline_id")
    return Named(
        pipeline, release or text(act.request, "releaseId", "release_id"), words=f"to {target}" if target else ""
    )


def _release(act: Act) -> Named:
    pipeline = part(act.resource_name, "deliveryPipelines") or text(act.labels, "pipeline_id", "delivery_pipeline_id")
    asked = mapping(act.request, "release")
    images = items(asked, "buildArtifacts", "build_artifacts")
    release = text(act.request, "releaseId", "release_id") or part(act.resource_name, "releases")
    return Named(
        pipeline, release, commit_of(mapping(asked, "annotations")), next((text(one, "tag") for one in images), "")
    )


def _build(act: Act) -> Named:
    build = mapping(act.request, "build") or mapping(act.response, "build") or dig(act.response, "metadata.build")
    values = mapping(build, "substitutions")
    commit = text(values, "COMMIT_SHA", "REVISION_ID", "_COMMIT_SHA", "SHORT_SHA") or _source(build)
    image = (
        next((one for one in build.get("images") or () if isinstance(one, str)), "")
        if isinstance(build.get("images"), list)
        else ""
    )
    build_id = text(act.labels, "build_id") or text(build, "id")
    repo = text(values, "REPO_NAME")
    return Named("build", build_id, commit, image, f"of {repo}" if repo else "")


def _source(build: Json) -> str:
    return text(dig(build, "source.repoSource"), "commitSha") or text(dig(build, "source.gitSource"), "revision")


def _job(act: Act) -> Named:
    asked = mapping(act.request, "job")
    inner = (
        template(mapping(mapping(asked, "spec"), "template")) or template(mapping(asked, "template")) or template(asked)
    )
    name = text(act.labels, "job_name") or part(act.resource_name, "jobs")
    return Named(name, "", inner.commit if inner else "", inner.image if inner else "")


def _platform(pattern: str, kind: ChangeKind, verb: str, read: Callable[[Act], Named]) -> Platform:
    return Platform(re.compile(pattern), kind, verb, read)


PLATFORMS = (
    _platform(r"google\.appengine\.v\w+\.Versions\.CreateVersion", "deploy", "deploy", _app_engine),
    _platform(r"google\.appengine\.v\w+\.Services\.UpdateService", "traffic", "traffic", _split),
    _platform(r"google\.cloud\.functions\.v\w+\.(?:FunctionService|CloudFunctionsService)\.(?:Create|Update)Function", "deploy", "deploy", _function),
    _platform(r"google\.cloud\.deploy\.v\w+\.CloudDeploy\.CreateRollout", "deploy", "rollout", _rollout),
    _platform(r"google\.cloud\.deploy\.v\w+\.CloudDeploy\.CreateRelease", "deploy", "release", _release),
    _platform(r"google\.devtools\.cloudbuild\.v\w+\.CloudBuild\.(?:CreateBuild|RetryBuild|RunBuildTrigger)", "deploy", "build", _build),
    _platform(r"google\.cloud\.run\.v\w+\.Jobs\.(?:Create|Replace|Update)Job", "deploy", "deploy", _job),
)  # fmt: skip


def platform_of(method: str) -> Platform | None:
    """The row that reads a method, if any."""
    return next((one for one in PLATFORMS if one.pattern.fullmatch(method)), None)


def platform_changes(found: Iterable[Act]) -> list[Change]:
    """A change for each act; a release that was rolled out is told by its rollout alone, a switch hangs under its version."""
    changes = [change for act in found if (change := _change(act)) is not None]
    rolled = {(one.service, one.revision) for one in changes if one.extra.get("verb") == "rollout"}
    changes = [
        one for one in changes if one.extra.get("verb") != "release" or (one.service, one.revision) not in rolled
    ]
    deploys = {(one.service, one.revision): one for one in changes if one.kind == "deploy"}
    live: dict[str, Change] = {}
    for one in changes:
        own = deploys.get((one.service, one.revision)) if one.kind == "traffic" else None
        if own is not None and own.revision and (own.at or "") <= (one.at or ""):
            live.setdefault(own.id, one)
    belonging = {switch.id: own for own, switch in live.items()}
    return [
        one.model_copy(update={"live_at": live[one.id].at})
        if one.id in live
        else one.model_copy(update={"part_of": belonging[one.id], "title": f"{one.title} (part of its deploy)"})
        if one.id in belonging
        else one
        for one in changes
    ]


def _change(act: Act) -> Change | None:
    platform = platform_of(act.method)
    named = platform.read(act) if platform else None
    if platform is None or named is None or not named.service:
        return None
    at = when.rfc3339(act.at)
    revision = named.revision or None
    version = f" {'revision ' if platform.verb in {'deploy', 'traffic'} else ''}{revision}" if revision else ""
    words = f" {named.words}" if named.words else ""
    commit = f", commit {named.commit[:7]}" if named.commit else ""
    head = f"build{version}" if platform.verb == "build" else f"{platform.verb} of {named.service}{version}"
    return Change(
        id=f"{platform.kind}:{named.service}:{revision or at}"
        if platform.kind == "deploy"
        else f"traffic:{named.service}:{at}",
        kind=platform.kind,
        at=at,
        live_at=when.rfc3339(act.done_at) if act.done_at is not None and platform.verb != "build" else None,
        service=named.service,
        revision=revision,
        commit=named.commit or None,
        title=f"{head}{words}{commit}",
        source="audit",
        image=named.image or None,
        actor=act.actor or None,
        region=act.region or None,
        operation=act.operation or None,
        refs=act.refs,
        extra={"verb": platform.verb},
    )
