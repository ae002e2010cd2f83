"""Curve fits against scipy's curve_fit, finite differences and a known truth."""

import time

import numpy as np
import pytest
from scipy.optimize import OptimizeWarning, approx_fprime, curve_fit

from mmlib.stats import curves

TRIALS = np.arange(1, 61.0)
SERIES = {
    "rising": 50 - 40 * np.exp(-0.08 * (TRIALS - 1)),
    "falling": 12 + 30 * TRIALS**-0.6,
    "worse": 40 - 0.2 * TRIALS,
    "leap": 20 + 15 * (TRIALS > 30),
}
BY_HAND = {
    "exponential": lambda x, a, b, r: a + b * np.exp(-r * (x - 1)),
    "power": lambda x, a, b, r: a + b * x**-r,
}


def noisy(name, sd=3.0, seed=0):
    return SERIES[name] + sd * np.random.default_rng(seed).normal(size=TRIALS.size)


def best_of_many_starts(function, x, y, rates):
    """The least residual sum of squares that scipy finds from many starts, within the same range of rates."""
    found = []
    for rate in rates:
        try:
            start = (y[-10:].mean(), y[0] - y[-10:].mean(), rate)
            bounds = ([-np.inf, -np.inf, rates[0]], [np.inf, np.inf, rates[-1]])
            parameters, _ = curve_fit(function, x, y, p0=start, bounds=bounds, maxfev=2000)
        except (RuntimeError, OptimizeWarning):
            continue
        found.append(np.sum((y - function(x, *parameters)) ** 2))
    return min(found)


@pytest.mark.parametrize("form", ["exponential", "power"])
@pytest.mark.parametrize("name", list(SERIES))
def test_no_worse_than_the_best_of_many_starts(form, name):
    y = noisy(name)
    practice = curves._practice(form, TRIALS, 1.0)
    rates = np.geomspace(0.1 / np.ptp(practice), curves._fastest(practice), 20)
    fit = curves.FORMS[form](TRIALS, y)
    assert fit.rss <= best_of_many_starts(BY_HAND[form], TRIALS, y, rates) * (1 + 1e-6)


@pytest.mark.parametrize("form", ["exponential", "power"])
def test_exact_curves_are_found_exactly(form):
    y = BY_HAND[form](TRIALS, 30.0, -25.0, 0.3)
    assert curves.FORMS[form](TRIALS, y).parameters == pytest.approx([30, -25, 0.3], rel=1e-6)


@pytest.mark.parametrize("form", list(curves.FORMS))
def test_jacobian_is_the_derivative(form):
    fit = curves.FORMS[form](TRIALS, noisy("rising"))

    def at(parameters, x):
        return curves.Fit(form, parameters, fit.x, fit.y).predict([x])[0]

    for x in (1.0, 7.0, 60.0):
        numeric = approx_fprime(fit.parameters, at, 1e-7, x)
        assert fit.jacobian([x])[0] == pytest.approx(numeric, rel=1e-4, abs=1e-4)


def test_start_moves_with_the_unit_of_practice():
    minutes = 10 * TRIALS
    y = noisy("falling")
    by_trial, by_minute = curves.power(TRIALS, y), curves.power(minutes, y, start=10.0)
    assert by_minute.parameters == pytest.approx(by_trial.parameters, rel=1e-4)
    by_trial, by_minute = curves.exponential(TRIALS, y), curves.exponential(minutes, y, start=10.0)
    assert by_minute.parameters * [1, 1, 10] == pytest.approx(by_trial.parameters, rel=1e-4)


def test_standard_errors_are_near_scipys_for_even_independent_noise():
    trials = np.arange(1, 401.0)
    ratios = []
    for seed in range(30):
        y = BY_HAND["exponential"](trials, 50, -40, 0.02) + np.random.default_rng(seed).normal(size=400)
        fit = curves.exponential(trials, y)
        _, covariance = curve_fit(BY_HAND["exponential"], trials, y, p0=fit.parameters)
        ratios.append(fit.spread() / np.sqrt(np.diag(covariance)))
    assert np.min(ratios) > 0.95
    assert np.mean(ratios, axis=0) == pytest.approx([1.1, 1.1, 1.1], abs=0.1)


def test_mean_of_a_flat_curve_has_the_standard_error_of_a_mean():
    y = np.tile([1.0, -1.0, 2.0, -2.0], 20)
    fit = curves.flat(np.arange(80), y)
    assert fit.spread([5.0])[0] == pytest.approx(y.std(ddof=1) / np.sqrt(80), rel=1e-9)


def test_aicc_by_hand_and_weights():
    y = noisy("rising")
    fits = [form(TRIALS, y) for form in curves.FORMS.values()]
    rho = max(curves.intervals.corrected_autocorrelation(min(fits, key=lambda f: f.rss).residuals, 3), 0)
    size = 60 * (1 - rho) / (1 + rho)
    expected = [
        size * np.log(f.rss / 60) + 2 * k + 2 * k * (k + 1) / (60 - k - 1) for f, k in zip(fits, (2, 4, 4), strict=True)
    ]
    assert curves.aicc(fits) == pytest.approx(expected)
    assert curves.weights(expected).sum() == pytest.approx(1)
    assert curves.weights([3.0, 3.0]) == pytest.approx([0.5, 0.5])


def test_a_constant_series_does_no_harm():
    fits = [form(TRIALS, np.full(60, 7.0)) for form in curves.FORMS.values()]
    assert np.isfinite(curves.aicc(fits)).all()
    assert int(curves.aicc(fits).argmin()) == 0
    assert all(np.isfinite(fit.spread(TRIALS)).all() for fit in fits)


def test_twenty_thousand_trials_are_fitted_quickly():
    trials = np.arange(1, 20_001.0)
    y = 20 + 20 * trials**-0.3 + np.random.default_rng(0).normal(size=trials.size)
    began = time.process_time()
    fits = [form(trials, y) for form in curves.FORMS.values()]
    fits[2].spread(trials)
    assert time.process_time() - began < 1.0
    assert fits[2].parameters == pytest.approx([20, 20, 0.3], rel=0.05)
