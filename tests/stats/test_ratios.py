"""Ratios against their definitions and the bootstrap."""

import numpy as np
import pytest
from scipy import stats

from mmlib.stats.intervals import mean_interval
from mmlib.stats.ratios import fieller, rate_interval


def test_a_rate_per_equal_sizes_is_a_mean():
    amounts = [3.0, 2.0, 4.0, 2.0, 3.0, 5.0]
    per_half, mean = rate_interval(amounts, [0.5] * 6), mean_interval(amounts)
    assert per_half == pytest.approx((2 * mean.estimate, 2 * mean.low, 2 * mean.high, 6))


def test_the_width_is_that_of_the_bootstrap():
    rng = np.random.default_rng(4)
    sizes = rng.uniform(0.2, 1.0, 300)
    amounts = 2 + 3 * sizes + rng.normal(size=300)
    found = rate_interval(amounts, sizes)
    drawn = rng.integers(0, 300, (4000, 300))
    spread = (amounts[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)).std()
    assert found.estimate == pytest.approx(amounts.sum() / sizes.sum())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * spread, rel=0.12)


def test_units_without_size_or_amount_are_left_out():
    assert rate_interval([1, 2, 3, 4, 9], [1, 1, 2, np.nan, 0]).n == 3
    assert rate_interval([], []).n == 0
    assert np.isnan(rate_interval([1, 2], [1, 1]).low)


def test_fieller_holds_all_ratios_that_the_two_estimates_do_not_reject():
    covariance, factor = np.array([[0.4, 0.15], [0.15, 0.3]]), 2.1
    for limit in fieller(5.0, 6.0, covariance, factor):
        contrast = np.array([1.0, -limit])
        assert abs(contrast @ [5.0, 6.0]) == pytest.approx(factor * np.sqrt(contrast @ covariance @ contrast))
    assert np.isnan(fieller(5.0, 1.0, covariance, factor)).all()


def test_fieller_covers():
    rng, covariance = np.random.default_rng(6), np.array([[1.0, 0.5], [0.5, 1.0]])
    drawn = rng.multivariate_normal([6.0, 8.0], covariance, 1000)
    limits = np.array([fieller(*each, covariance, stats.norm.ppf(0.975)) for each in drawn])
    assert ((limits[:, 0] <= 0.75) & (limits[:, 1] >= 0.75)).mean() == pytest.approx(0.95, abs=0.025)
