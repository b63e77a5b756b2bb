"""Audit log entries become changes: deploys, config changes and traffic switches of Google Cloud services."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rca.ingest.audit_acts import acts
from rca.ingest.audit_config import configs
from rca.ingest.audit_fold import Place, deploys
from rca.ingest.audit_gke import gke_changes, is_gke
from rca.ingest.audit_merge import merged
from rca.ingest.audit_platforms import platform_changes, platform_of
from rca.ingest.audit_read import Event, event, mapping, part, text
from rca.ingest.audit_run import is_deletion, is_run, ready, request, service_of
from rca.ingest.audit_template import template
from rca.ingest.audit_units import units
from rca.model import Change


def changes(rows: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes that decoded audit entries tell of, in time order.

    A row is a LogEntry as a mapping, camelCase or snake_case, with "_ref" as evidence ref. Entries that are no audit
    entries, failed, or alter nothing are passed over. Never raises on decoded JSON; independent of the order of rows.
    """
    events = sorted(filter(None, map(event, _once(rows))), key=lambda one: (one.at, one.system, one.ref))
    run = [one for one in events if is_run(one)]
    users = _users(run)
    done = acts(one for one in events if not one.system)
    others = (
        *platform_changes(act for act in done if platform_of(act.method)),
        *gke_changes(act for act in done if is_gke(act.method)),
        *(_placed(one, users) for one in configs(done)),
    )
    return merged([*_run(run), *others])


def _users(run: list[Event]) -> dict[str, set[str]]:
    """Secret → the services whose templates fill a variable from it."""
    users: dict[str, set[str]] = defaultdict(set)
    for one in run:
        found = template(one.response) or template(mapping(one.request, "service"))
        for secret in found.secrets if found else ():
            users[secret.rpartition("/")[2]].add(service_of(one))
    return users


def _placed(change: Change, users: Mapping[str, set[str]]) -> Change:
    """A secret's change with the services that use it; where it is one service, it is that service's change."""
    resource = str(change.extra.get("resource", ""))
    used_by = sorted(users.get(part(resource, "secrets"), set()) - {""})
    if not used_by:
        return change
    only = used_by[0] if len(used_by) == 1 else None
    return change.model_copy(update={"service": only, "extra": {**change.extra, "used_by": used_by}})


def _once(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Overlapping exports hold an entry twice: the one with the smallest ref stays. Entries without an id all do."""
    found: dict[tuple[str, str, str], Mapping[str, Any]] = {}
    nameless: list[Mapping[str, Any]] = []
    for row in sorted(rows, key=lambda one: (len(text(one, "_ref")), text(one, "_ref"))):
        if name := text(row, "insertId", "insert_id"):
            found.setdefault((name, str(row.get("timestamp")), text(row, "logName", "log_name")), row)
        else:
            nameless.append(row)
    return [*found.values(), *nameless]


def _run(events: list[Event]) -> list[Change]:
    services: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for one in events:
        if not is_deletion(one) and (name := service_of(one)):
            services[name, one.region].append(one)
    regions: dict[str, int] = defaultdict(int)
    for name, _ in services:
        regions[name] += 1
    found: list[Change] = []
    for (name, region), said in sorted(services.items()):
        asked = [request(one) for one in said if not one.system and one.code == 0]
        answered = [known for one in said if one.system and (known := ready(one)) is not None]
        suffix = f"@{region}" if regions[name] > 1 and region else ""
        found.extend(deploys(Place(name, region, suffix), *units(asked, answered)))
    return found
