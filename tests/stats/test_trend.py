"""The slope under autocorrelation, against statsmodels' generalised least squares and simulated truth."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import signal, stats

from mmlib.stats.trend import RHOS, slope_interval


def ar1(rng, rho, shape):
    shocks = rng.normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return signal.lfilter([1.0], [1.0, -rho], shocks, axis=1)


def by_dense_algebra(x, y, order, series):
    """The same average over autocorrelations, from covariance matrices and statsmodels' GLS."""
    dummies = (series[:, None] == np.unique(series)).astype(float)
    design = np.column_stack([dummies, x])
    together = series[:, None] == series
    slopes, errors, likelihood = [], [], []
    for rho in RHOS:
        covariance = np.where(together, rho ** np.abs(order[:, None] - order), 0.0)
        fit = sm.GLS(y, design, sigma=covariance).fit()
        inverse = np.linalg.inv(covariance)
        determinants = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(design.T @ inverse @ design)[1]
        slopes.append(fit.params[-1])
        errors.append(fit.bse[-1])
        likelihood.append(-(determinants + fit.df_resid * np.log(fit.scale)) / 2)
    weights = np.exp(np.array(likelihood) - max(likelihood))
    return np.array(slopes), np.array(errors), weights / weights.sum(), fit.df_resid


def test_slope_and_limits_are_those_of_generalised_least_squares_averaged():
    rng = np.random.default_rng(1)
    series = np.repeat([0, 1, 2], [9, 14, 7])
    order = np.concatenate([np.sort(rng.choice(40, size, replace=False)) for size in (9, 14, 7)]).astype(float)
    x = rng.normal(size=30)
    y = 3 + series + 0.4 * x + ar1(rng, 0.5, (1, 30))[0]
    found = slope_interval(x, y, order=order, series=series)
    slopes, errors, weights, freedom = by_dense_algebra(x, y, order, series)
    assert found.estimate == pytest.approx(weights @ slopes)
    for limit, share in ((found.low, 0.025), (found.high, 0.975)):
        assert weights @ stats.t.cdf((limit - slopes) / errors, freedom) == pytest.approx(share, abs=1e-6)


def test_rows_may_come_in_any_order_and_with_holes():
    rng = np.random.default_rng(2)
    x, y, series = rng.normal(size=40), rng.normal(size=40), np.repeat(["b", "a"], 20)
    order = np.tile(np.arange(20), 2)
    shuffled = rng.permutation(40)
    ordered = slope_interval(x, y, order=order, series=series)
    mixed = slope_interval(x[shuffled], y[shuffled], order=order[shuffled], series=series[shuffled])
    assert mixed == pytest.approx(ordered)
    holes = slope_interval([*x, np.nan], [*y, 1.0], order=[*order, 99], series=[*series, "a"])
    assert holes == pytest.approx(ordered)


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("n", [12, 40])
def test_the_limits_of_a_trend_hold_the_truth(n, rho):
    noise = ar1(np.random.default_rng([n, int(10 * rho)]), rho, (200, n))
    time = np.arange(n)
    found = np.array([slope_interval(time, 0.1 * time + each) for each in noise])
    assert ((found[:, 1] <= 0.1) & (found[:, 2] >= 0.1)).mean() >= 0.91


def test_it_is_silent_where_it_cannot_tell():
    assert np.isnan(slope_interval(range(5), range(5)).estimate)
    assert slope_interval([], []).n == 0
    assert np.isnan(slope_interval(np.ones(10), range(10)).estimate)
    many_series = slope_interval(range(6), [1, 3, 2, 5, 4, 4], series=[0, 0, 1, 1, 2, 3])
    assert np.isnan(many_series.estimate)
    exact = slope_interval(range(8), 2.0 * np.arange(8))
    assert exact.estimate == pytest.approx(2)
    assert np.isnan(exact.low)
    floor = slope_interval(range(8), np.full(8, 4.0), least_sd=0.3)
    assert floor.low < 0 < floor.high
