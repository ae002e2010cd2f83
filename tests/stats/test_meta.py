"""Random-effects meta-analysis against published examples, the textbook's formulas and simulated truths."""

import numpy as np
import pytest
from scipy import optimize, stats

from mmlib.stats import meta

# The 13 trials of the BCG vaccine: cases and others among the vaccinated, and among the rest
# (Colditz et al. 1994, JAMA 271, 698-702).
BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
    [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600],
    [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
], dtype=float)  # fmt: skip
# Rubin's eight schools: the effects of coaching and their standard errors.
SCHOOLS = np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.square([15, 10, 16, 11, 9, 11, 10, 18.0])


def bcg():
    """Return the logarithms of the relative risks and their variances."""
    cases, others, cases_else, others_else = BCG.T
    vaccinated, rest = cases + others, cases_else + others_else
    y = np.log((cases / vaccinated) / (cases_else / rest))
    return y, 1 / cases - 1 / vaccinated + 1 / cases_else - 1 / rest


def test_the_vaccine_trials_come_out_as_metafor_has_them():
    found = meta.random_effects(*bcg())
    assert found.n == 13
    assert found.tau**2 == pytest.approx(0.3181, abs=5e-5)
    assert found.estimate == pytest.approx(-0.7150, abs=5e-5)
    assert found.q == pytest.approx(152.2330, abs=5e-5)
    assert found.i2 == pytest.approx(0.9212, abs=5e-5)
    assert found.tau_low**2 == pytest.approx(0.1197, abs=5e-5)
    assert found.tau_high**2 == pytest.approx(1.1115, abs=5e-5)
    assert found.heterogeneity_p == pytest.approx(stats.chi2.sf(152.2330, 12), rel=1e-4)


def test_the_interval_is_hartung_and_knapps():
    y, v = bcg()
    found = meta.random_effects(y, v, 0.9)
    weight = 1 / (v + found.tau**2)
    mean = weight @ y / weight.sum()
    error = np.sqrt((weight * (y - mean) ** 2).sum() / 12 / weight.sum())
    assert found.estimate == pytest.approx(mean)
    assert found.high - mean == pytest.approx(stats.t.ppf(0.95, 12) * error, rel=1e-4)
    assert found.p_value == pytest.approx(2 * stats.t.sf(-mean / error, 12), rel=1e-3)


def test_schools_that_agree_have_one_mean_and_an_interval_no_narrower_than_the_fixed_one():
    y, v = SCHOOLS
    found = meta.random_effects(y, v)
    assert found.tau == 0.0
    assert found.i2 == 0.0
    assert found.estimate == pytest.approx(7.686, abs=5e-4)  # Gelman et al. (2013), section 5.5: 7.7
    assert found.q == pytest.approx(4.7, abs=0.05)
    fixed = 1 / np.sqrt((1 / v).sum())
    assert (found.high - found.low) / 2 == pytest.approx(stats.t.ppf(0.975, 7) * fixed)


def test_the_variance_between_is_where_q_is_as_large_as_its_degrees_of_freedom():
    rng = np.random.default_rng(0)
    for k in (3, 8, 30):
        v = np.exp(rng.normal(size=k))
        y = rng.normal(scale=2.0, size=k)
        tau = meta.random_effects(y, v).tau

        def excess(tau2, y=y, v=v):
            weight = 1 / (v + tau2)
            return (weight * (y - weight @ y / weight.sum()) ** 2).sum() - (len(y) - 1)

        expected = optimize.brentq(excess, 0, 100) if excess(0) > 0 else 0.0
        assert tau**2 == pytest.approx(expected, abs=1e-3)


def test_limits_of_the_variance_between_turn_q_into_quantiles_of_chi_squared():
    y, v = bcg()
    found = meta.random_effects(y, v)
    for limit, share in ((found.tau_low, 0.025), (found.tau_high, 0.975)):
        weight = 1 / (v + limit**2)
        q = (weight * (y - weight @ y / weight.sum()) ** 2).sum()
        assert stats.chi2.sf(q, 12) == pytest.approx(share, abs=1e-6)


def test_the_prediction_interval_is_near_the_textbooks_where_much_is_known():
    rng = np.random.default_rng(1)
    y = rng.normal(0.5, 0.4, size=400)
    found = meta.random_effects(y, np.full(400, 1e-4))
    half = (found.prediction_high - found.prediction_low) / 2
    assert half == pytest.approx(1.96 * y.std(ddof=1), rel=0.03)
    assert (found.prediction_high + found.prediction_low) / 2 == pytest.approx(y.mean(), abs=0.02)


def test_the_prediction_interval_holds_the_interval_of_the_mean():
    rng = np.random.default_rng(2)
    for k in (3, 5, 10, 40):
        found = meta.random_effects(rng.normal(size=k), np.exp(rng.normal(size=k)))
        slack = 0.03 * (found.high - found.low)
        assert found.prediction_low <= found.low + slack
        assert found.prediction_high >= found.high - slack


def test_results_shift_and_scale_with_the_unit():
    y, v = bcg()
    plain, other = meta.random_effects(y, v), meta.random_effects(60 * y + 5, 3600 * v)
    assert other.estimate == pytest.approx(60 * plain.estimate + 5, rel=1e-4)
    assert other.tau_high == pytest.approx(60 * plain.tau_high, rel=1e-6)
    assert other.prediction_low == pytest.approx(60 * plain.prediction_low + 5, rel=1e-3)
    assert other.i2 == pytest.approx(plain.i2)


def test_it_comes_out_the_same_each_time():
    assert meta.random_effects(*bcg()) == meta.random_effects(*bcg())


def test_two_estimates_say_nothing():
    found = meta.random_effects([0.1, 0.4], [0.01, 0.01])
    assert found.n == 2
    assert np.isnan([value for name, value in found._asdict().items() if name != "n"]).all()


def test_equal_and_very_unequal_estimates_are_taken():
    same = meta.random_effects([0.2, 0.2, 0.2], [0.01, 0.02, 0.03])
    assert (same.tau, same.tau_high, same.i2, same.q) == pytest.approx((0, 0, 0, 0), abs=1e-12)
    assert same.heterogeneity_p == pytest.approx(1.0)
    far = meta.random_effects([0.0, 1.0, 1000.0], [1e-8, 1e-9, 0.03])
    assert far.tau == pytest.approx(np.std([0, 1, 1000], ddof=1), rel=1e-3)
    assert np.isfinite(far).all()


@pytest.mark.parametrize(("k", "tau"), [(3, 0.0), (5, 0.5), (10, 0.5), (10, 2.0), (30, 1.0)])
def test_simulated_truths_are_covered(k, tau):
    rng = np.random.default_rng([k, int(10 * tau)])
    held = []
    for _ in range(400):
        errors = np.exp(0.4 * rng.normal(size=k))
        y = 1.0 + tau * rng.normal(size=k) + errors * rng.normal(size=k)
        found, more = meta.random_effects(y, errors**2), 1.0 + tau * rng.normal()
        held.append((found.low <= 1 <= found.high, found.tau_low <= tau <= found.tau_high,
                     found.prediction_low <= more <= found.prediction_high))  # fmt: skip
    assert (np.mean(held, axis=0) >= 0.92).all()
