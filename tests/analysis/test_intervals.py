"""Intervals over few seeds or graphs cover at their rate; what skewed values cost is known."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from simulated import within_limits

from sparsernn.analysis.intervals import mean_interval, median_interval
from sparsernn.analysis.resampling import Resampling

TRIALS = 500
Draw = Callable[[np.random.Generator, int], np.ndarray]
NORMAL: Draw = lambda rng, count: rng.normal(size=count)  # noqa: E731
EXPONENTIAL: Draw = lambda rng, count: rng.exponential(size=count)  # noqa: E731
LOG_NORMAL: Draw = lambda rng, count: np.exp(rng.normal(size=count))  # noqa: E731
MEANS = {NORMAL: 0.0, EXPONENTIAL: 1.0, LOG_NORMAL: math.exp(0.5)}
MEDIANS = {NORMAL: 0.0, EXPONENTIAL: math.log(2), LOG_NORMAL: 1.0}
Interval = Callable[[np.ndarray], tuple[float, float]]


def covered(interval: Interval, draw: Draw, count: int, truth: float, trials: int = TRIALS) -> int:
    rng, hits = np.random.default_rng(count), 0
    for _ in range(trials):
        low, high = interval(draw(rng, count))
        hits += low <= truth <= high
    return hits


@pytest.mark.parametrize("count", [5, 8, 20])
def test_the_interval_of_a_mean_covers_at_its_rate_of_normal_values(count: int) -> None:
    hits = covered(lambda values: mean_interval(values, 0.95), NORMAL, count, 0.0)
    assert within_limits(hits, TRIALS, 0.95)


@pytest.mark.parametrize(
    ("draw", "count", "rate"),
    [
        (EXPONENTIAL, 5, 0.883),
        (EXPONENTIAL, 8, 0.891),
        (EXPONENTIAL, 20, 0.918),
        (LOG_NORMAL, 5, 0.821),
        (LOG_NORMAL, 8, 0.834),
        (LOG_NORMAL, 20, 0.868),
    ],
)
def test_the_interval_of_a_mean_is_too_short_of_skewed_values(
    draw: Draw, count: int, rate: float
) -> None:
    """At a nominal 95 %; the rates are of 20,000 trials. A bootstrap covers less (below)."""
    hits = covered(lambda values: mean_interval(values, 0.95), draw, count, MEANS[draw])
    assert within_limits(hits, TRIALS, rate)


@pytest.mark.parametrize(("draw", "count"), [(NORMAL, 5), (NORMAL, 8), (LOG_NORMAL, 5)])
def test_a_bootstrap_of_few_values_covers_less(draw: Draw, count: int) -> None:
    """Why there is none: at a nominal 95 % it covers 84, 87 and 72 %."""
    resampling = Resampling(np.random.default_rng(0), 200)

    def bootstrap(values: np.ndarray) -> tuple[float, float]:
        return resampling.interval(resampling.counts(count) @ values / count)

    lower = covered(bootstrap, draw, count, MEANS[draw], 400) / 400
    ours = covered(lambda values: mean_interval(values, 0.95), draw, count, MEANS[draw], 400) / 400
    assert lower < ours - 0.04 and lower < 0.91


@pytest.mark.parametrize("draw", [NORMAL, LOG_NORMAL])
@pytest.mark.parametrize("count", [6, 7, 8, 20])
def test_the_interval_of_a_median_covers_whatever_the_distribution(draw: Draw, count: int) -> None:
    """Its exact rates, of the binomial distribution, are 96.9, 98.4, 99.2 and 95.9 %."""
    hits = covered(lambda values: median_interval(values, 0.95), draw, count, MEDIANS[draw])
    exact = {6: 0.96875, 7: 0.984375, 8: 0.9921875, 20: 0.95861}[count]
    assert within_limits(hits, TRIALS, exact)


def test_of_fewer_than_six_values_the_median_has_no_interval() -> None:
    assert all(math.isnan(end) for end in median_interval(np.arange(5.0), 0.95))
    assert median_interval(np.arange(5.0), 0.9) == (0, 4)
    assert median_interval(np.arange(6.0)[::-1], 0.95) == (0, 5)
    assert all(math.isnan(end) for end in median_interval(np.ones(0), 0.95))


def test_ties_make_the_interval_of_a_median_cover_more_often() -> None:
    """As of shares that are safe to prune, which are multiples of 5 %."""
    grid: Draw = lambda rng, count: 5 * np.round(rng.normal(12, 1, count))  # noqa: E731
    assert covered(lambda values: median_interval(values, 0.95), grid, 8, 60.0) >= 0.99 * TRIALS


def test_the_interval_of_a_mean_is_that_of_the_t_test() -> None:
    values = np.random.default_rng(0).normal(size=7)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert mean_interval(values, 0.9) == pytest.approx((expected.low, expected.high))
    assert all(math.isnan(end) for end in mean_interval(values[:2], 0.95))
