"""Means of learning curves: flagged where averaging made their form, and only there."""

import numpy as np
import pytest
from scipy.signal import lfilter

from mmlib.stats import pooling
from mmlib.stats.series import Series

TRIALS = np.arange(1, 61.0)
FORMS = ["flat", "exponential", "power", "power_prior", "apex"]


def series(y):
    return Series(TRIALS[: y.shape[1]], y, np.full(y.shape, True))


def noise(rho, shape, seed):
    shocks = np.random.default_rng(seed).normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return lfilter([1.0], [1.0, -rho], shocks, axis=1)


def exponentials(rates):
    return 1 - np.exp(-np.asarray(rates)[:, None] * (TRIALS - 1))


def power_curves(exponents):
    return 1 - TRIALS ** -np.asarray(exponents)[:, None]


def shares(make, *, learners=30, sd=0.05, rho=0.0, cohorts=20):
    found = []
    for seed in range(cohorts):
        rng = np.random.default_rng(seed)
        y = make(rng, learners) + sd * noise(rho, (learners, 60), [seed, learners])
        found.append(pooling.pooled(series(y), FORMS))
    return np.mean([each.averaged for each in found])


def gamma(rng, learners):
    return exponentials(rng.gamma(1.0, 0.1, size=learners))


def one_rate(_, learners):
    return exponentials(np.full(learners, 0.1))


def powers(rng, learners):
    return power_curves(rng.uniform(0.4, 0.6, size=learners))


def test_the_mean_of_exponentials_with_gamma_rates_is_a_power_function():
    k, theta = 1.5, 0.2
    rates = np.random.default_rng(0).gamma(k, theta, size=40_000)
    left = np.exp(-rates[:, None] * np.arange(0, 60, 10)).mean(axis=0)
    np.testing.assert_allclose(left, (1 + theta * np.arange(0, 60, 10)) ** -k, atol=0.01)


@pytest.mark.parametrize("learners", [10, 30])
def test_averages_of_exponentials_with_gamma_rates_are_flagged(learners):
    assert shares(gamma, learners=learners) >= 0.85
    assert shares(gamma, learners=30, sd=0.1, rho=0.4) >= 0.7


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_true_power_curves_of_all_are_not_flagged(rho):
    assert shares(powers, sd=0.05, rho=rho) <= 0.05
    assert shares(powers, sd=0.2, rho=rho, learners=60) <= 0.1


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_exponentials_of_one_rate_are_not_flagged(rho):
    assert shares(one_rate, rho=rho) <= 0.1


def test_one_curve_that_stands_out_does_not_decide_for_all():
    rng = np.random.default_rng(5)
    y = np.concatenate([exponentials([0.05]), np.full((9, 60), 0.5)]) + 0.05 * rng.normal(size=(10, 60))
    found = pooling.pooled(series(y), FORMS)
    assert found.evidence > pooling.CLEAR
    assert found.individual is None


def test_the_mean_is_that_of_all_series_and_the_count_that_of_the_closer_exponential():
    y = np.concatenate([exponentials([0.1, 0.1, 0.1, 0.1]), power_curves([0.5])])
    y = y + 0.01 * np.random.default_rng(1).normal(size=y.shape)
    found = pooling.pooled(series(y), FORMS)
    np.testing.assert_allclose(found.mean.y[0], y.mean(axis=0))
    assert found.favouring == 4
    assert np.sign(pooling.differences(series(y))).tolist() == [1, 1, 1, 1, -1]


def test_independent_noise_is_penalised_as_by_aic():
    left = np.exp(-0.1 * (TRIALS - 1))[None, :]
    assert pooling.taken_up(left, 0.0)[0] == pytest.approx(3)
    correlation = 0.7 ** np.abs(TRIALS[:, None] - TRIALS)
    tangent = np.column_stack([np.ones(60), left[0], left[0] * np.log(left[0])])
    onto = tangent @ np.linalg.pinv(tangent)
    assert pooling.taken_up(left, 0.7)[0] == pytest.approx(np.trace(onto @ correlation), rel=1e-6)


def test_only_the_models_that_are_named_are_candidates():
    y = gamma(np.random.default_rng(0), 20) + 0.02 * noise(0.0, (20, 60), 1)
    assert pooling.pooled(series(y), ["exponential"]).model == "exponential"
    assert not pooling.pooled(series(y), ["exponential"]).averaged
    assert pooling.pooled(series(y), ["power"]).averaged
