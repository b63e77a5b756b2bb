"""Who is suspected, with what probability, and when nobody is."""

import random

import polars as pl
import pytest
from correlating import CELLS, SECOND, ask, at, best_no_change, deploy, flow, issue, p_of, row_of

from rca.model import Change, Occurring, Source
from rca.model.frames import ROUTES

MINUTES = range(180)
TWO_REVISIONS = [*flow("api", "api-1", range(90)), *flow("api", "api-2", range(90, 180))]


def spread(first: float, last: float, n: int, seed: int = 1) -> list[float]:
    """`n` times between two seconds."""
    draw = random.Random(seed)
    return sorted(first + draw.random() * (last - first) for _ in range(n))


BURST_AFTER = spread(5420, 10700, 80)


def test_a_failure_that_begins_seconds_after_a_deploy_of_its_service_is_explained_by_it() -> None:
    found = ask([issue(BURST_AFTER)], [deploy("d1", 2400), deploy("d2", 5400, revision="api-2")], traffic=TWO_REVISIONS)
    guilty, innocent = row_of(found, "d2"), row_of(found, "d1")
    assert guilty.p > 0.9
    assert guilty.verdict == "explains"
    assert guilty.before.count == 0
    assert guilty.before.exposure == 2700
    assert guilty.before.unit == "requests"
    assert guilty.gap_s is not None
    assert 0 < guilty.gap_s < 120
    assert innocent.verdict == "contradicts"
    assert "would have failed" in " ".join(reason.text for reason in innocent.against)
    assert found.novelty["issue"] == "new"


INNOCENT: list[tuple[str, list[float], list[Change], str]] = [
    ("it happened at the same rate long before the deploy", spread(0, 10800, 60), [deploy("d", 5400)], "constant"),
    ("it keeps a schedule of ten minutes", [3 + 600.0 * i for i in range(18)], [deploy("d", 5400)], "periodic"),
    ("it began an hour before the deploy and goes on", spread(1800, 10700, 80), [deploy("d", 5400)], "unknown_onset"),
    (
        "the deploy is of a service that nothing calls",
        BURST_AFTER,
        [deploy("d", 5400, service="mailer")],
        "unknown_onset",
    ),
    (
        "it began long after, with thousands of requests served in between",
        spread(9900, 10700, 60),
        [deploy("d", 600)],
        "unknown_onset",
    ),
]


@pytest.mark.parametrize(("sentence", "times", "changes", "kind"), INNOCENT, ids=[row[0] for row in INNOCENT])
def test_no_change_is_blamed_when(sentence: str, times: list[float], changes: list[Change], kind: str) -> None:
    found = ask(
        [issue(times)], changes, traffic=[*TWO_REVISIONS, *flow("mailer", "m", MINUTES)], topology={"api": ("db",)}
    )
    assert p_of(found, "d") <= 0.5, sentence
    assert best_no_change(found) == kind, sentence


POSSIBLE: list[tuple[str, list[float], Change, list[tuple[object, ...]], str]] = [
    (
        "nothing exercised the service before",
        BURST_AFTER,
        deploy("d", 5400),
        flow("api", "api-2", range(90, 180)),
        "no comparison",
    ),
    (
        "only the date of the change is known",
        BURST_AFTER,
        deploy("d", 5400, date_only=True),
        TWO_REVISIONS,
        "only its date",
    ),
    ("it is a single burst", [5410, 5410.2, 5410.9], deploy("d", 5400), TWO_REVISIONS, "single burst"),
    (
        "the evidence begins just before it",
        spread(130, 900, 40),
        deploy("d", 120),
        flow("api", "api-1", range(15), 1),
        "begins only",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "times", "change", "traffic", "reason"), POSSIBLE, ids=[row[0] for row in POSSIBLE]
)
def test_a_change_is_at_most_possible_when(
    sentence: str, times: list[float], change: Change, traffic: list[tuple[object, ...]], reason: str
) -> None:
    suspect = row_of(ask([issue(times)], [change], traffic=traffic), "d")
    assert suspect.p <= 0.5, sentence
    assert any(reason in point.text for point in suspect.against), suspect.against


def test_without_exposure_before_the_verdict_is_no_data() -> None:
    found = ask([issue(BURST_AFTER)], [deploy("d", 5400)], traffic=flow("api", "api-2", range(90, 180)))
    assert row_of(found, "d").verdict == "no_data"


def test_a_cut_export_allows_likely_at_most() -> None:
    cut = Source(path="logs.json", kind="entries", complete=False, notes=("stops at its limit",))
    found = ask([issue(BURST_AFTER)], [deploy("d", 5400)], traffic=TWO_REVISIONS, sources=[cut])
    assert 0.55 <= row_of(found, "d").p <= 0.79


def test_the_config_change_is_named_and_not_the_code_deploy_three_minutes_before_it() -> None:
    times = spread(5405, 7400, 150)
    changes = [deploy("code", 5220), deploy("settings", 5400, kind="config")]
    found = ask(
        [issue(times, exception="AuthError", message="invalid token signature")], changes, traffic=TWO_REVISIONS
    )
    assert p_of(found, "settings") > 0.8
    assert row_of(found, "code").verdict == "contradicts"


def test_changes_seconds_apart_are_named_as_a_set() -> None:
    found = ask([issue(BURST_AFTER)], [deploy("one", 5400), deploy("two", 5403)], traffic=TWO_REVISIONS)
    a, b = row_of(found, "one"), row_of(found, "two")
    assert a.p + b.p > 0.8
    assert max(a.p, b.p) < 0.55
    assert "one or two" in a.words or "two or one" in a.words
    assert "cannot separate" in a.words


def test_an_episode_that_ends_by_itself_still_points_to_its_change() -> None:
    found = ask([issue(spread(5410, 5900, 30))], [deploy("d", 5400)], traffic=TWO_REVISIONS)
    assert p_of(found, "d") > 0.7


def test_a_leak_may_take_an_hour_to_show() -> None:
    times = spread(5400 + 3000, 10700, 40)
    quick = ask([issue(times, exception="KeyError")], [deploy("d", 5400)], traffic=TWO_REVISIONS)
    slow = ask(
        [issue(times, exception="MemoryError", message="out of memory")], [deploy("d", 5400)], traffic=TWO_REVISIONS
    )
    assert p_of(slow, "d") > 1.5 * p_of(quick, "d")


def test_a_broken_connection_is_less_likely_from_a_code_deploy() -> None:
    times = spread(5700, 10700, 80)
    code = ask([issue(times)], [deploy("d", 5400)], traffic=TWO_REVISIONS)
    world = ask(
        [issue(times, exception="ConnectionRefusedError", message="connection refused")],
        [deploy("d", 5400)],
        traffic=TWO_REVISIONS,
    )
    assert p_of(world, "d") < p_of(code, "d")
    assert any("environment" in point.text for point in row_of(world, "d").against)


def _overlapping(revision_of: str) -> Occurring:
    return issue(spread(5460, 7100, 40), revision=revision_of)


def test_while_two_revisions_serve_the_label_decides() -> None:
    both = [*flow("api", "api-1", range(120), 15), *flow("api", "api-2", range(90, 180), 15)]
    change = [deploy("d", 5400, revision="api-2")]
    on_new, on_old = (
        ask([_overlapping("api-2")], change, traffic=both),
        ask([_overlapping("api-1")], change, traffic=both),
    )
    assert p_of(on_new, "d") > 0.95
    assert p_of(on_old, "d") < 0.3
    assert any("the new one" in point.text for point in row_of(on_new, "d").for_)
    assert any("old one too" in point.text for point in row_of(on_old, "d").against)


def test_errors_of_the_draining_revision_do_not_exonerate() -> None:
    both = [*flow("api", "api-1", range(92), 30), *flow("api", "api-2", range(90, 180), 30)]
    drained = issue(spread(5405, 5480, 8), revision="api-1")
    assert p_of(ask([drained], [deploy("d", 5400, revision="api-2")], traffic=both), "d") > 0.5


def test_the_reported_time_is_sharpened_by_the_first_entry_on_the_new_revision() -> None:
    late = [*flow("api", "api-1", range(96)), *flow("api", "api-2", range(96, 180))]
    row = row_of(ask([issue(spread(5765, 10700, 60))], [deploy("d", 5400, revision="api-2")], traffic=late), "d")
    assert row.gap_s is not None
    assert row.gap_s < 120
    assert row.p > 0.9


def test_a_called_service_may_be_guilty_a_calling_one_hardly() -> None:
    traffic = [*TWO_REVISIONS, *flow("auth", "a", MINUTES)]
    calls = {"api": ("auth",)}
    below = ask([issue(BURST_AFTER)], [deploy("d", 5400, service="auth")], traffic=traffic, topology=calls)
    above = ask(
        [issue(BURST_AFTER, service="auth")], [deploy("d", 5400, service="api")], traffic=traffic, topology=calls
    )
    assert p_of(below, "d") > p_of(above, "d")
    assert any("api calls auth" in point.text for point in row_of(below, "d").for_)


def test_counts_are_the_true_ones_although_occurrences_are_capped() -> None:
    few = issue(spread(5410, 5500, 10))
    cells = pl.DataFrame(
        [("issue", "api", "api-2", at(60 * m), 50, at(60 * m + 1), at(60 * m + 58)) for m in range(91, 180)],
        schema=CELLS,
        orient="row",
    )
    row = row_of(ask([few], [deploy("d", 5400)], traffic=TWO_REVISIONS, cells=cells), "d")
    assert row.after.count == 50 * 89
    assert row.before.count == 0


def test_an_issue_without_any_time_blames_nothing_and_sums_to_one() -> None:
    dated = issue([5410])
    blank = Occurring(dated.issue, dated.signature, None, ())
    found = ask([blank], [deploy("d", 5400)], traffic=TWO_REVISIONS)
    assert not found.suspects
    assert sum(one.p for one in found.no_change) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_for_each_issue_all_p_sum_to_one_and_the_order_of_the_input_does_not_matter(seed: int) -> None:
    draw = random.Random(seed)
    changes = [
        deploy(
            f"d{i}",
            draw.uniform(-4000, 11000),
            service=draw.choice(["api", "auth", "web"]),
            kind=draw.choice(["deploy", "config", "traffic"]),
        )
        for i in range(draw.choice([0, 1, 5, 40]))
    ]
    issues = [
        issue([draw.uniform(0, 10800) for _ in range(draw.choice([1, 2, 9, 400]))], name=f"i{k}") for k in range(4)
    ]
    traffic = [*TWO_REVISIONS, *flow("auth", "a", MINUTES)]
    found = ask(issues, changes, traffic=traffic)
    for one in issues:
        p = [row.p for row in found.suspects if row.issue == one.issue.id] + [
            row.p for row in found.no_change if row.issue == one.issue.id
        ]
        assert sum(p) == pytest.approx(1.0, abs=1e-6)
        assert all(-1e-12 <= value <= 1.0 for value in p)
        assert all(row.p <= 0.98 for row in found.suspects)
    draw.shuffle(changes)
    draw.shuffle(traffic)
    again = ask(issues, changes, traffic=traffic)
    assert again.suspects == found.suspects
    assert again.no_change == found.no_change


def test_the_prior_is_the_users_to_set() -> None:
    times = spread(5400 + 900, 10700, 40)
    low, high = (
        p_of(ask([issue(times)], [deploy("d", 5400)], traffic=TWO_REVISIONS, prior_change=prior), "d")
        for prior in (0.05, 0.6)
    )
    assert low < high
    assert p_of(ask([issue(times)], [deploy("d", 5400)], traffic=TWO_REVISIONS, prior_change=0.0), "d") == 0.0


def test_the_second_is_the_unit_where_nothing_else_is_known() -> None:
    row = row_of(ask([issue([100, *spread(5410, 10700, 40)])], [deploy("d", 5400)]), "d")
    assert row.before.unit == "seconds"
    assert row.before.exposure == pytest.approx(5300, abs=1)
    assert row.rate_ratio.low is not None
    assert row.rate_ratio.low > 1
    assert SECOND == 10**9


def test_a_change_after_the_last_failure_explains_nothing() -> None:
    found = ask([issue(spread(4000, 5300, 40))], [deploy("d", 5400)], traffic=TWO_REVISIONS)
    assert p_of(found, "d") <= 0.05
    assert any("all failures came before" in point.text for point in row_of(found, "d").against)


def test_failures_of_a_route_that_nobody_took_before_blame_no_deploy() -> None:
    """The service was busy before the deploy; the route that fails was not: an old fault may have been exposed."""
    failed = issue(spread(7000, 10700, 30))
    answers = issue(
        [(one.at - at(0)) / 1e9 for one in failed.occurrences if one.at],
        name="answers",
        exception="",
        message="HTTP 500 POST /menu",
    )
    routes = pl.DataFrame(
        [("api", "GET /health", 200, at(60 * m), 25, "https://api/health") for m in MINUTES]
        + [("api", "POST /menu", 500, at(60 * m), 1, "https://api/menu") for m in range(117, 179)],
        schema=ROUTES,
        orient="row",
    )
    change = [deploy("d", 6900)]
    busy = ask([failed, answers], change, traffic=TWO_REVISIONS)
    known = ask([failed, answers], change, traffic=TWO_REVISIONS, routes=routes)
    assert row_of(busy, "d").p > 0.5
    assert row_of(known, "d").p < 0.5
    assert row_of(known, "d").verdict == "no_data"
    assert any("POST /menu" in point.text for point in row_of(known, "d").against)


def test_a_setting_may_break_a_service_that_does_not_call_the_one_it_was_changed_in() -> None:
    traffic = [*TWO_REVISIONS, *flow("auth", "a", MINUTES)]
    signed = issue(spread(5405, 7400, 150), exception="InvalidSignatureError", message="Signature verification failed")
    same = {"commit": "a" * 40, "previous_commit": "a" * 40}
    found = ask([signed], [deploy("secret", 5400, service="auth", **same)], traffic=traffic)
    assert p_of(found, "secret") > 0.55
    assert any("settings" in point.text for point in row_of(found, "secret").for_)
