"""What a deploy runs: image, commit and settings read from a service template, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rca.ingest.audit_read import Json, dig, items, mapping, text

_COMMIT_LABELS = ("commit-sha", "commit_sha", "git-commit", "git_commit", "commit", "gcb-commit-sha")
_TOOL_NOISE = (
    "nonce",
    "client-name",
    "client-version",
    "operation-id",
    "client.knative.dev",
    "lastModifier",
    "creator",
)
"""Label and annotation keys that tools rewrite at every call; a difference in them is no change of the service."""

_MOVING_TAGS = frozenset({"", "latest", "stable", "main", "master", "dev", "staging", "production", "prod"})
"""Tags that are pushed again: the same text does not mean the same image."""


@dataclass(frozen=True, slots=True)
class Template:
    """The comparable part of a service template. `settings` maps a plain-words name to a value that is never printed."""

    image: str = ""
    commit: str = ""
    nonce: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()  # names of secrets that variables are filled from
    env_known: bool = False  # audit requests have their variables removed; only then can they be compared

    @property
    def pinned(self) -> str:
        """The image when its text names exactly one image (digest, or a tag that does not move), else ""."""
        if "@sha256:" in self.image:
            return self.image.rpartition("@")[2]
        tag = self.image.rpartition("/")[2].partition(":")[2]
        return "" if tag in _MOVING_TAGS else self.image


def template(holder: Json) -> Template | None:
    """Read `holder.template` (v2), `holder.spec.template` (v1 service, deployment) or a revision; None when absent."""
    if not (body := _body(holder)):
        return None
    spec = mapping(body, "spec") or body  # v1 nests under spec, v2 does not
    meta = mapping(body, "metadata") or body
    containers = items(spec, "containers")
    labels = mapping(meta, "labels")
    return Template(
        image=next((image for one in containers if (image := text(one, "image"))), ""),
        commit=commit_of(labels) or commit_of(mapping(meta, "annotations")),
        nonce=text(labels, "client.knative.dev/nonce"),
        settings=tuple(sorted({**_named(spec, meta), **_of_containers(containers)}.items())),
        secrets=tuple(
            sorted(
                {name for one in containers for v in items(one, "env") if (name := text(_secret(v), "name", "secret"))}
            )
        ),
        env_known=any("env" in one for one in containers),
    )


def _body(holder: Json) -> Json:
    if text(holder, "kind") == "Revision":
        return holder
    return dig(holder, "spec.template") or mapping(holder, "template")


def commit_of(labels: Json) -> str:
    """The commit named by labels, or ""."""
    return text(labels, *_COMMIT_LABELS)


def _named(spec: Json, meta: Json) -> dict[str, str]:
    """Scalars of the spec, annotations and labels."""
    found = {f"setting {key}": str(value) for key, value in spec.items() if isinstance(value, str | int | float | bool)}
    for kind in ("annotations", "labels"):
        for key, value in mapping(meta, kind).items():
            if key not in _COMMIT_LABELS and not any(noise in key for noise in _TOOL_NOISE):
                found[f"{kind.rstrip('s')} {key.rpartition('/')[2]}"] = str(value)
    for key in ("image", "name", "setting name", "setting revision"):
        found.pop(key, None)
    return found


def _of_containers(containers: list[Json]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in containers:
        for variable in items(one, "env"):
            if name := text(variable, "name"):
                secret = _secret(variable)
                kind = "secret" if secret else "environment variable"
                found[f"{kind} {name}"] = _flat(secret or {k: v for k, v in variable.items() if k != "name"})
        for key in ("command", "args", "resources", "ports", "livenessProbe", "startupProbe", "volumeMounts"):
            if key in one:
                found[f"setting {key}"] = _flat(one[key])
    return found


def _secret(variable: Json) -> Json:
    """The secret that fills a variable, if one does: valueFrom.secretKeyRef (v1), valueSource.secretKeyRef (v2)."""
    source = mapping(variable, "valueFrom", "value_from", "valueSource", "value_source")
    return mapping(source, "secretKeyRef", "secret_key_ref")


def _flat(value: Any, depth: int = 12) -> str:
    """A canonical text, so that key order and 1 against 1.0 make no difference. What is nested deeper is left out."""
    if depth and isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_flat(value[key], depth - 1)}" for key in sorted(value, key=str)) + "}"
    if depth and isinstance(value, list):
        return "[" + ",".join(_flat(one, depth - 1) for one in value) + "]"
    if isinstance(value, Mapping | list):
        return "…"
    return f"{value:g}" if isinstance(value, float) else str(value)


def differences(old: Template, new: Template) -> tuple[str, ...]:
    """What was added, removed or altered, by name, never by value: ("secret JWT_SECRET changed", …)."""
    before, after = _comparable(old, new), _comparable(new, old)
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            found.append(f"{name} added")
        elif name not in after:
            found.append(f"{name} removed")
        elif before[name] != after[name]:
            found.append(f"{name} changed")
    return tuple(found)


def _comparable(one: Template, other: Template) -> dict[str, str]:
    """Variables are left out unless both sides list them; settings that only the platform fills in, unless both do."""
    theirs = dict(other.settings)
    return {
        name: value
        for name, value in one.settings
        if (one.env_known and other.env_known) or (name in theirs and not name.startswith(("secret ", "environment ")))
    }
