"""Intervals against scipy, explicit matrices and a simulated truth."""

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import toeplitz
from scipy.signal import lfilter

from mmlib.stats import intervals


def ar_noise(rng, n, rho):
    """Autocorrelated normal noise with standard deviation 1."""
    return np.sqrt(1 - rho**2) * lfilter([1], [1, -rho], rng.normal(size=n + 50))[50:]


def test_mean_interval_is_students_without_autocorrelation():
    values = np.array([4, 2, 5, 3, 4, 3.0])
    low, high = stats.t.interval(0.9, 5, loc=values.mean(), scale=stats.sem(values))
    assert intervals.mean_interval(values, 0.9) == pytest.approx((3.5, low, high, 6))


def test_mean_interval_leaves_out_missing_values():
    with_gaps = [4, np.nan, 2, 5, 3, np.nan, 4, 3]
    assert intervals.mean_interval(with_gaps) == intervals.mean_interval([4, 2, 5, 3, 4, 3])


@pytest.mark.parametrize("values", [[], [3.0], [3.0, 4.0], [np.nan, 3.0, 4.0]])
def test_fewer_than_three_values_give_no_interval(values):
    estimate, low, high, n = intervals.mean_interval(values)
    known = [value for value in values if not np.isnan(value)]
    assert n == len(known)
    assert np.isnan([low, high]).all()
    assert np.isnan(estimate) if n == 0 else estimate == np.mean(known)


def test_equal_ratings_are_no_certainty():
    bare = intervals.mean_interval([5, 5, 5])
    assert bare.estimate == 5
    assert np.isnan(bare.low)
    _, low, high, _ = intervals.mean_interval([5, 5, 5], least_sd=intervals.RATING_SD)
    assert low < 4.7
    assert high > 5.3


def test_autocorrelation_widens_the_interval():
    runs = intervals.mean_interval([1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 2, 2, 2, 2])
    mixed = intervals.mean_interval([1, 2, 1, 2, 2, 1, 2, 1, 1, 2, 1, 2, 2, 1, 2, 1])
    assert runs.estimate == mixed.estimate
    assert runs.high - runs.low > 1.5 * (mixed.high - mixed.low)


@pytest.mark.parametrize("rho", [0.0, 0.4])
@pytest.mark.parametrize("n", [12, 60])
def test_mean_interval_covers_the_truth(n, rho):
    rng = np.random.default_rng(11)
    found = [intervals.mean_interval(7 + ar_noise(rng, n, rho)) for _ in range(500)]
    assert 0.87 <= np.mean([low <= 7 <= high for _, low, high, _ in found]) <= 0.985


def test_difference_is_welchs_without_autocorrelation():
    before, now = [10, 12, 11, 10.0], [15, 14, 16, 14, 19.0]
    welch = stats.ttest_ind(now, before, equal_var=False)
    low, high = welch.confidence_interval(0.95)
    assert intervals.difference_interval(before, now) == pytest.approx((4.85, low, high, 9))


def test_difference_needs_three_on_each_side():
    assert intervals.difference_interval([1, 2], [3, 4, 5])[0] == 2.5
    assert np.isnan(intervals.difference_interval([1, 2], [3, 4, 5])[1:3]).all()
    assert np.isnan(intervals.difference_interval([], [3, 4, 5])[0])
    assert np.isnan(intervals.difference_interval([2, 2, 2], [3, 3, 3])[1])


@pytest.mark.parametrize("rho", [0.0, 0.4])
@pytest.mark.parametrize(("before", "now"), [(5, 8), (10, 20), (40, 30)])
def test_difference_interval_covers_the_truth(before, now, rho):
    rng = np.random.default_rng(5)
    series = [ar_noise(rng, before + now, rho) for _ in range(500)]
    found = [intervals.difference_interval(y[:before], y[before:] + 3) for y in series]
    assert 0.88 <= np.mean([low <= 3 <= high for _, low, high, _ in found]) <= 0.985


def test_autocorrelation_by_hand():
    assert intervals.autocorrelation([2, -1, -1]) == pytest.approx((2 * -1 + -1 * -1) / 6)
    assert intervals.autocorrelation([0, 0, 0]) == 0


def test_correction_removes_most_of_the_bias():
    rng = np.random.default_rng(3)
    series = [ar_noise(rng, 25, 0.4) for _ in range(800)]
    raw = np.mean([intervals.autocorrelation(y - y.mean()) for y in series])
    corrected = np.mean([intervals.corrected_autocorrelation(y - y.mean()) for y in series])
    assert raw < 0.33
    assert abs(corrected - 0.4) < 0.05


def test_long_run_covariance_is_newey_west():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(120, 2))
    lags = int(4 * (120 / 100) ** (2 / 9))
    expected = sum(
        max(0, 1 - abs(s - t) / (lags + 1)) * np.outer(scores[s], scores[t]) for s in range(120) for t in range(120)
    )
    assert intervals.long_run_covariance(scores, 0.0) == pytest.approx(expected)


def test_even_covariance_is_the_explicit_product():
    rng = np.random.default_rng(1)
    q, _ = np.linalg.qr(rng.normal(size=(40, 3)))
    middle = q.T @ toeplitz(0.6 ** np.arange(40)) @ q
    expected = middle * 12.0 / (40 - np.trace(middle))
    assert intervals.even_covariance(q, 12.0, 0.6) == pytest.approx(expected)
