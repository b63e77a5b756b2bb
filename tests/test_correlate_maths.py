"""The arithmetic below the posterior, against closed forms, an independent oracle where there is one, and limits."""

import importlib
import math

import pytest
from correlating import ask, at, deploy, flow, issue
from test_correlate_suspects import TWO_REVISIONS, spread

from rca.correlate.betainc import betainc, clopper_pearson, quantile, rate_ratio
from rca.correlate.delay import LOOSE, SLOW, SLOW_TIGHT, TIGHT, Delay
from rca.correlate.exposure import SECOND, Curve, Exposure, curve
from rca.correlate.flaky import History
from rca.correlate.onset import onset
from rca.correlate.periodic import period
from rca.correlate.timeline import thin
from rca.model import Past


def _binomial_tail(k: int, n: int, x: float) -> float:
    """P(at least k of n), the textbook identity of I_x(k, n - k + 1)."""
    return math.fsum(math.comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k, n + 1))


@pytest.mark.parametrize(("k", "n"), [(1, 1), (1, 10), (3, 7), (20, 40), (99, 100)])
@pytest.mark.parametrize("x", [0.001, 0.2, 0.5, 0.9, 0.9999])
def test_the_incomplete_beta_function_is_the_binomial_tail(k: int, n: int, x: float) -> None:
    assert betainc(k, n - k + 1, x) == pytest.approx(_binomial_tail(k, n, x), rel=1e-11, abs=1e-14)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 300), (300, 1), (40, 2000), (9000, 11000)])
@pytest.mark.parametrize("p", [0.025, 0.5, 0.975])
def test_a_quantile_is_where_the_distribution_has_that_value(a: float, b: float, p: float) -> None:
    assert betainc(a, b, quantile(a, b, p)) == pytest.approx(p, abs=1e-10)


def test_the_interval_agrees_with_an_independent_library() -> None:
    try:
        stats = importlib.import_module("scipy.stats")
    except ImportError:
        pytest.skip("scipy is not installed (only an oracle for this test)")
    for k, n in ((0, 5), (1, 3), (7, 50), (50, 50), (400, 1000)):
        low, high = stats.binomtest(k, n).proportion_ci(method="exact")
        assert clopper_pearson(k, n) == pytest.approx((low, high), rel=1e-9, abs=1e-12)


def test_the_interval_of_known_counts() -> None:
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 0.30849710781876083))
    assert clopper_pearson(5, 10) == pytest.approx((0.18708602844739855, 0.8129139715526015))


def test_a_rate_ratio_has_no_estimate_without_a_failure_before_and_none_at_all_without_exposure() -> None:
    assert rate_ratio(0, 1000, 10, 1000).estimate is None
    assert (rate_ratio(0, 1000, 10, 1000).low or 0) > 1
    assert rate_ratio(3, 0, 10, 1000).low is None
    level = rate_ratio(10, 1000, 10, 1000)
    assert level.estimate == pytest.approx(1.0)
    assert (level.low or 9) < 1 < (level.high or 0)
    assert rate_ratio(10**6, 1e7, 2 * 10**6, 1e7).estimate == pytest.approx(2.0, rel=1e-3)


@pytest.mark.parametrize("kind", [LOOSE, TIGHT, SLOW, SLOW_TIGHT])
def test_a_delay_is_a_distribution(kind: Delay) -> None:
    points = [kind.cdf(x) for x in (-1e6, -60, -1, 0, 1, 60, 600, 7200, 1e6)]
    assert points == sorted(points)
    assert points[0] == pytest.approx(0.0, abs=1e-12)
    assert points[-1] == pytest.approx(1.0)


def test_exposure_is_linear_within_its_pieces_and_counts_all_of_them() -> None:
    built = curve([(0, 10 * SECOND, 10.0), (5 * SECOND, 15 * SECOND, 20.0)])
    assert built.upto(5 * SECOND) == pytest.approx(5.0)
    assert built.upto(10 * SECOND) == pytest.approx(20.0)
    assert built.total == pytest.approx(30.0)
    assert Exposure("requests", 0, 20 * SECOND, built).share(20 * SECOND) == pytest.approx(1.0)
    assert Exposure("seconds", 0, 20 * SECOND, Curve((), ())).share(5 * SECOND) == pytest.approx(0.25)


def test_thinning_keeps_one_of_a_burst_and_never_more_than_the_limit() -> None:
    assert thin([0, 1, 2, 10, 11, 25], 10) == (0, 10, 25)
    assert len(thin(list(range(100_000)), 1, limit=120)) <= 120


def test_an_onset_is_found_where_the_events_begin() -> None:
    times = [SECOND * (600 + 7 * i) for i in range(40)]
    edges = tuple(sorted({*times, *(SECOND * 10 * i for i in range(91))}))
    found = onset(times, lambda when: when / (900 * SECOND), edges, [(900 * SECOND, 1.0)])
    assert found.peak() == (590 * SECOND, 600 * SECOND)
    assert found.unknown > found.constant


def test_a_period_needs_three_cycles_and_a_narrow_arc() -> None:
    hour = 3600 * SECOND
    regular = [600 * SECOND * i + 20 * SECOND for i in range(18)]
    found = period(regular, 3 * hour)
    assert found is not None
    assert (found.seconds, found.phase) == (600, 20)
    assert period(regular[:2], 3 * hour) is None
    assert period([int(at) for at in spread(0, 3 * 3600 * SECOND, 60)], 3 * hour) is None


FLAKES: list[tuple[str, History, bool]] = [
    ("never failed in thirty runs, red twice since", History(0, 30, 2, 0, mixed=False), False),
    ("fails every third run", History(10, 20, 1, 0, mixed=False), True),
    ("passed and failed in one run", History(0, 30, 1, 0, mixed=True), True),
]


@pytest.mark.parametrize(("sentence", "outcomes", "flaky"), FLAKES, ids=[row[0] for row in FLAKES])
def test_a_flake_is_told_from_a_regression(sentence: str, outcomes: History, flaky: bool) -> None:
    assert (outcomes.flaky > 0.5) is flaky, sentence


NOVELTIES: list[tuple[str, list[float], dict[str, object], str]] = [
    ("absent for the first half of the window", spread(5420, 10700, 20), {}, "new"),
    ("there all along", spread(0, 10700, 60), {}, "ongoing"),
    ("ten times as often since the deploy", [*spread(0, 5390, 6), *spread(5410, 10700, 90)], {}, "escalating"),
    ("there when the evidence begins, and gone after a minute", [1, 20, 40], {}, "unknown"),
    (
        "recorded as fixed in the memory",
        spread(5420, 10700, 20),
        {"past": {"issue": Past("issue", status="fixed")}},
        "regressed",
    ),
    ("known from earlier runs", spread(0, 10700, 60), {"past": {"issue": Past("issue")}}, "ongoing"),
    ("not in the good run", spread(0, 10700, 60), {"baseline": frozenset({"v1:other"})}, "new"),
    ("in the good run too", spread(0, 10700, 60), {"baseline": frozenset({"v1:issue"})}, "ongoing"),
    ("gone after one deploy, back since the next", [*spread(60, 2390, 60), *spread(5450, 10700, 60)], {}, "regressed"),
]


@pytest.mark.parametrize(("sentence", "times", "memory", "kind"), NOVELTIES, ids=[row[0] for row in NOVELTIES])
def test_novelty_when_it_was(sentence: str, times: list[float], memory: dict[str, object], kind: str) -> None:
    changes = [deploy("d1", 2400), deploy("d2", 5400, revision="api-2")]
    found = ask([issue(times)], changes, traffic=TWO_REVISIONS, **memory)  # type: ignore[arg-type] # a table of keywords
    assert found.novelty["issue"] == kind, sentence


def test_the_window_is_what_was_seen() -> None:
    found = ask([issue([100.0])], [], traffic=flow("api", "api-1", range(3)))
    assert at(0) < at(100)
    assert sum(one.p for one in found.no_change) == pytest.approx(1.0)
