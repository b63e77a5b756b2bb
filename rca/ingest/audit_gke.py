"""Deploys on Kubernetes Engine: a workload whose pod template was given, or a new replica set."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rca import when
from rca.ingest.audit_acts import Act
from rca.ingest.audit_read import Json, dig, items, mapping, part, text
from rca.ingest.audit_template import Template, differences, template
from rca.model.change import Change, ChangeKind

_WORKLOAD = re.compile(r"io\.k8s\.apps\.v1\.(?:deployments|statefulsets|daemonsets)\.(?:create|update|patch)")
_REPLICAS = "io.k8s.apps.v1.replicasets.create"
_NEAR_NS = 600 * when.SECOND_NS


def is_gke(method: str) -> bool:
    """Whether the method alters a workload; the autoscaler's `deployments.scale.update` does not."""
    return _WORKLOAD.fullmatch(method) is not None or method == _REPLICAS


def gke_changes(found: Iterable[Act]) -> list[Change]:
    """One change for each workload act, with the pod-template hash of the replica set that came out of it."""
    workloads: dict[tuple[str, str], list[Act]] = defaultdict(list)
    sets: dict[tuple[str, str], list[tuple[int, str, Act]]] = defaultdict(list)
    for act in found:
        space = part(act.resource_name, "namespaces")
        if act.method == _REPLICAS:
            owner, revision = _owner(act)
            sets[space, owner].append((act.at, revision, act))
        else:
            workloads[space, act.name].append(act)
    changes: list[Change] = []
    for key in sorted({*workloads, *sets}):
        changes += _of_workload(key[1], workloads.get(key, []), sets.get(key, []))
    return changes


def _of_workload(name: str, acts: list[Act], sets: list[tuple[int, str, Act]]) -> list[Change]:
    changes: list[Change] = []
    used: set[int] = set()
    last: Template | None = None
    for act in acts:
        asked = template(act.request)
        if asked is not None and asked == last:
            continue  # a controller wrote the same template back
        made = next((i for i, one in enumerate(sets) if i not in used and abs(one[0] - act.at) <= _NEAR_NS), None)
        if made is not None and asked is not None:
            used.add(made)
        changes.append(_change(name, act, asked, last, sets[made][1] if made is not None and asked is not None else ""))
        last = asked or last
    changes += [
        _change(name, act, template(act.request), None, hash_)
        for i, (_, hash_, act) in enumerate(sets)
        if i not in used
    ]
    return changes


def _change(name: str, act: Act, asked: Template | None, last: Template | None, revision: str) -> Change:
    kind, words = _judged(name, act, asked, last)
    at = when.rfc3339(act.at)
    commit = asked.commit if asked else ""
    return Change(
        id=f"{kind}:{name}:{revision or at}",
        kind=kind,
        at=at,
        service=_logged_as(act) or name,
        revision=revision or None,
        commit=commit or None,
        title=words + (f", commit {commit[:7]}" if commit and kind == "deploy" else ""),
        source="audit",
        image=(asked.image if asked else "") or None,
        actor=act.actor or None,
        region=act.region or None,
        refs=act.refs,
        extra={"workload": act.resource_name},
    )


def _judged(name: str, act: Act, asked: Template | None, last: Template | None) -> tuple[ChangeKind, str]:
    """Without a pod template nothing new runs; the same image with other settings is a config change."""
    if asked is None:
        altered = ", ".join(sorted(str(key) for key in mapping(act.request, "spec"))) or "labels or annotations"
        return "config", f"settings of {name} changed: {altered}"
    restarted = any("restartedAt" in setting for setting, _ in asked.settings)
    same_image = not asked.image or (last is not None and last.pinned != "" and last.pinned == asked.pinned)
    altered_names = differences(last, asked) if last is not None else tuple(name for name, _ in asked.settings)
    if restarted and not asked.image:
        return "deploy", f"restart of {name}"
    if same_image and altered_names:
        return "config", f"config change of {name}: {', '.join(altered_names[:6])}"
    return "deploy", f"deploy of {name}" + (f", image {asked.image.rpartition('/')[2][:80]}" if asked.image else "")


def _logged_as(act: Act) -> str:
    """Log entries carry the container's name; where the pod has one container, that is the service."""
    containers = items(dig(act.request, "spec.template.spec"), "containers")
    return text(containers[0], "name") if len(containers) == 1 else ""


def _owner(act: Act) -> tuple[str, str]:
    """The workload behind a replica set, and its pod-template hash (also the last part of the set's name)."""
    for holder in (act.response, act.request):
        meta: Json = mapping(holder, "metadata")
        owners: list[Any] = list(items(meta, "ownerReferences"))
        hash_ = text(mapping(meta, "labels"), "pod-template-hash")
        if owners:
            return text(owners[0], "name"), hash_ or act.name.rpartition("-")[2]
    return act.name.rpartition("-")[0], act.name.rpartition("-")[2]
