"""The loss after gaps against statsmodels, numeric likelihoods and simulated truth."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, signal, stats
from statsmodels.stats.meta_analysis import combine_effects

from mmlib.stats import gaps


def series(n=120, loss=0.8, rho=0.4, seed=0):
    rng = np.random.default_rng(seed)
    gap_days = np.exp(0.7 + rng.normal(size=n))
    noise = signal.lfilter([1.0], [1.0, -rho], rng.normal(size=n))
    return 20 - 9 * np.exp(-0.05 * np.arange(n)) - loss * np.log1p(gap_days) + noise, gap_days


def test_estimate_and_standard_error_are_those_of_generalised_least_squares():
    y, gap_days = series()
    found = gaps.gap_loss(y, gap_days)
    lags = np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y))))
    design = np.column_stack([gaps._course(len(y)), -np.log1p(gap_days)])
    fit = sm.GLS(y, design, sigma=found.autocorrelation**lags).fit()
    assert found.estimate[0] == pytest.approx(fit.params[-1])
    assert np.sqrt(found.covariances[0, 0, 0]) == pytest.approx(fit.bse[-1])
    assert found.noise_sd == pytest.approx(np.sqrt(fit.scale))


def test_the_autocorrelation_has_the_highest_restricted_likelihood():
    y, gap_days = series(60)
    design = np.column_stack([gaps._course(60), -np.log1p(gap_days)])
    lags = np.abs(np.subtract.outer(np.arange(60), np.arange(60)))

    def against(rho):
        inverse = np.linalg.inv(rho**lags / (1 - rho**2))
        middle = design.T @ inverse @ design
        left = inverse - inverse @ design @ np.linalg.inv(middle) @ design.T @ inverse
        rss = y @ left @ y
        return (60 - design.shape[1]) * np.log(rss) + np.linalg.slogdet(middle)[1] - np.linalg.slogdet(inverse)[1]

    best = optimize.minimize_scalar(against, bounds=(-0.9, 0.95), method="bounded", options={"xatol": 1e-6}).x
    assert gaps.gap_loss(y, gap_days).autocorrelation == pytest.approx(best, abs=1e-3)


def test_learning_does_not_pass_for_loss():
    # Gaps that grow all along go with skill that grows all along.
    rng = np.random.default_rng(1)
    gap_days = np.linspace(1, 9, 100) * np.exp(0.3 * rng.normal(size=100))
    y = 30 - 25 * np.exp(-0.04 * np.arange(100)) + rng.normal(size=100)
    _, low, high = gaps.gap_loss(y, gap_days).combination([1.0])
    assert low[0] < 0 < high[0]


def test_warm_up_and_loss_are_told_apart():
    rng = np.random.default_rng(2)
    fresh = np.arange(600) % 6 == 0
    gap_days = np.where(fresh, np.exp(0.7 + rng.normal(size=600)), 0.001)
    y = 10 - 2.0 * fresh - 0.7 * np.log1p(gap_days) + 0.5 * rng.normal(size=600)
    found = gaps.gap_loss(y, gap_days)
    assert found.has_warm_up
    assert found.estimate == pytest.approx([0.7, 2.0], abs=0.25)
    fitted, low, high = found.at([0.001, 7.0])
    assert fitted == pytest.approx([0.0, 2 + 0.7 * np.log(8)], abs=0.25)
    assert (low < fitted).all()
    assert (fitted < high).all()


def test_each_trials_loss_is_its_distance_from_the_course_without_gaps():
    y, gap_days = series(rho=0.0)
    y[5] = np.nan
    found = gaps.gap_loss(y, gap_days)
    assert np.isnan(found.loss[5])
    seen = ~np.isnan(found.loss)
    assert found.n == seen.sum() == 119
    slope = found.loss[seen] @ np.log1p(gap_days[seen]) / (np.log1p(gap_days[seen]) ** 2).sum()
    assert slope == pytest.approx(found.estimate[0], rel=0.1)


def test_uneven_noise_widens_the_interval():
    rng = np.random.default_rng(3)
    gap_days = np.where(rng.random(300) < 0.1, 20.0, 1.0) * np.exp(0.2 * rng.normal(size=300))
    y = rng.normal(size=300) * np.where(gap_days > 10, 5.0, 1.0)
    even, sandwich = gaps.gap_loss(y, gap_days).covariances[:, 0, 0]
    assert sandwich > 2 * even


@pytest.mark.parametrize(
    ("y", "gap_days", "reason"),
    [
        (np.arange(12.0), np.full(12, 2.0), "12 scored trials after a gap: a loss needs at least 20"),
        (np.full(40, np.nan), np.full(40, 2.0), "no scored trial after a gap: a loss needs at least 20"),
        (np.arange(40.0) ** 2 % 7, np.full(40, 0.001), "no scored trial after a gap of half a day or more: a loss "
         "needs at least 10"),
        (np.arange(40.0) ** 2 % 7, np.full(40, 1.0), "the gaps are too much alike to tell what a longer one costs"),
        (np.full(40, 3.0), np.arange(40.0) ** 2 % 7 + 1, "the scores do not vary, so their noise cannot be told"),
    ],
)  # fmt: skip
def test_too_little_is_said_in_words(y, gap_days, reason):
    found = gaps.gap_loss(y, gap_days)
    assert found.reason == reason
    assert np.isnan(found.estimate).all()


def test_a_very_long_series_of_attempts_is_fitted():
    rng = np.random.default_rng(4)
    gap_days = np.where(np.arange(9000) % 20 == 0, np.exp(rng.normal(size=9000)), 0.0005)
    found = gaps.gap_loss(rng.normal(size=9000), gap_days)
    assert found.reason == ""
    assert np.isfinite(found.covariances).all()


@pytest.mark.parametrize("spread", [0.4, 1.0])
def test_combined_estimates_are_those_of_statsmodels(spread):
    rng = np.random.default_rng(1)
    values, variances = rng.normal(0.3, spread, 6), rng.uniform(0.01, 0.1, 6)
    found = combine_effects(values, variances, method_re="dl", use_t=True)
    assert found.tau2 > 0
    error = found.sd_eff_w_re_hksj * np.sqrt(max(1.0, found.scale_hksj_re) / found.scale_hksj_re)
    estimate, low, high, n = gaps.combined(values, variances)
    assert estimate == pytest.approx(found.mean_effect_re)
    assert high - low == pytest.approx(2 * stats.t.ppf(0.975, 5) * error)
    assert n == 6


def test_estimates_that_differ_no_more_than_by_chance_are_weighted_by_their_precision():
    values, variances = np.array([0.30, 0.32, 0.31]), np.array([0.01, 0.04, 0.02])
    found = combine_effects(values, variances)
    estimate, low, high, _ = gaps.combined(values, variances)
    assert estimate == pytest.approx(found.mean_effect_fe)
    assert high - low == pytest.approx(2 * stats.t.ppf(0.975, 2) / np.sqrt((1 / variances).sum()))


def test_one_estimate_alone_has_no_interval():
    assert np.isnan(gaps.combined([0.4], [0.01])[1:3]).all()
