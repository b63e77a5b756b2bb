"""Deploys seen in the entries themselves: which revision served each minute, and when the next one took over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import polars as pl

from rca import when
from rca.ingest.revisions_live import live_times
from rca.ingest.revisions_switch import Minute, Switch, switches
from rca.model.change import Change

__all__ = ["infer", "live_times"]

_NEAR_NS = 900 * when.SECOND_NS
"""A known deploy that names no revision is the inferred one when it was requested up to 15 min before."""


def infer(traffic: pl.DataFrame, known: Sequence[Change]) -> tuple[Change, ...]:
    """Deploys, canaries and rollbacks that TRAFFIC shows and `known` does not, in time order; source "revisions".

    The version of a service is its revision, else its version label. A minute belongs to the version that served most
    requests in it (entries, where the service has no request log).
    """
    told: dict[str, list[Change]] = defaultdict(list)
    for change in known:
        if change.service and change.kind != "commit":
            told[change.service].append(change)
    found: list[Change] = []
    for service, minutes in sorted(_minutes(traffic).items()):
        commits = _commits(traffic, service)
        new = (one for one in switches(minutes) if not _told(one, told.get(service, []), commits.get(one.to)))
        found.extend(_change(service, switch, commits) for switch in new)
    return tuple(sorted(found, key=lambda change: (change.at or "", change.id)))


def _minutes(traffic: pl.DataFrame) -> Mapping[str, list[Minute]]:
    """Per service its minutes in time order, with the weight of each version."""
    named = traffic.filter(pl.col("service").is_not_null())
    rows = (
        named.with_columns(
            key=pl.when(pl.col("revision").is_not_null().any().over("service")).then("revision").otherwise("version"),
            weight=pl.when((pl.col("requests") > 0).any().over("service")).then("requests").otherwise("entries"),
        )
        .filter(pl.col("key").is_not_null(), pl.col("minute").is_not_null())
        .group_by("service", "minute", "key")
        .agg(pl.col("weight").sum(), pl.col("entries").sum(), pl.col("first_at").min(), pl.col("last_at").max())
        .sort("service", "minute", "key")
    )
    found: dict[str, list[Minute]] = defaultdict(list)
    for service, minute, key, weight, entries, first, last in rows.iter_rows():
        minutes = found[service]
        if not minutes or minutes[-1].at != minute:
            minutes.append(Minute(minute, {}, {}, {}))
        minutes[-1].weight[key] = weight
        minutes[-1].entries[key] = entries
        minutes[-1].span[key] = (first if first is not None else minute, last if last is not None else minute)
    return found


def _commits(traffic: pl.DataFrame, service: str) -> dict[str, str]:
    """Version label of each revision, where it looks like a commit."""
    rows = (
        traffic.filter(pl.col("service") == service, pl.col("version").str.contains(r"^[0-9a-f]{7,40}$"))
        .select(pl.coalesce("revision", "version").alias("key"), "version")
        .unique()
        .sort("key", "version")
    )
    return dict(rows.iter_rows())


def _told(switch: Switch, known: list[Change], commit: str | None) -> bool:
    """Whether another source told of this switch: by revision or commit, or near in time where it names neither.

    A version can come back, so for a rollback and for a traffic switch the time must agree as well.
    """
    for change in known:
        near = _near(change, switch.first)
        named = change.revision == switch.to or (
            change.commit is not None and any(one and _same(change.commit, one) for one in (commit, switch.to))
        )
        if named and (near or (change.kind != "traffic" and not switch.back)):
            return True
        if (
            change.revision is None
            and change.commit is None
            and near
            and change.kind in {"deploy", "config", "traffic"}
        ):
            return True
    return False


def _same(one: str, other: str) -> bool:
    short = min(len(one), len(other))
    return short >= 7 and one[:short] == other[:short]


def _near(change: Change, at: int) -> bool:
    said = [when.to_ns(one) for one in (change.at, change.live_at) if one]
    return any(one is not None and -_NEAR_NS <= at - one <= _NEAR_NS for one in said)


def _change(service: str, switch: Switch, commits: Mapping[str, str]) -> Change:
    at = when.rfc3339(switch.first)
    commit = commits.get(switch.to)
    named = f" revision {switch.to}" if switch.to != commit else ""
    tail = f", commit {commit[:7]}" if commit else ""
    word = "rollback" if switch.back else "canary" if 0 < switch.share < 0.5 else "deploy"
    share = (
        f", {switch.share:.0%} of its traffic"
        if word == "canary"
        else ""
        if switch.share
        else ", which served no request"
    )
    extra = {"share": round(switch.share, 3)}
    if switch.last_old is not None:
        extra["not_before_ns"] = switch.last_old
    return Change(
        id=f"{'rollback' if switch.back else 'deploy'}:{service}:{switch.to}{f':{at}' if switch.back else ''}",
        kind="deploy",
        at=at,
        live_at=at if switch.share else None,
        service=service,
        revision=switch.to if switch.to != commit else None,
        commit=commit,
        title=f"{word} of {service}{named}{tail}{share} (seen in its log entries)",
        source="revisions",
        previous_revision=switch.old if switch.old != commits.get(switch.old) else None,
        previous_commit=commits.get(switch.old),
        rollback=switch.back,
        extra=extra,
    )
