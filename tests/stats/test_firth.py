"""Firth's penalised logistic regression against closed forms, brute force and statsmodels."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats

from mmlib.stats.firth import bent, firth


def penalised(beta, design, y):
    line = design @ beta
    chance = 1 / (1 + np.exp(-line))
    information = design.T @ (design * (chance * (1 - chance))[:, None])
    return y @ line - np.logaddexp(0, line).sum() + 0.5 * np.linalg.slogdet(information)[1]


def best(design, y, held=None):
    """Maximise by a search that knows no derivatives; `held` fixes the first coefficient."""

    def loss(free):
        return -penalised(free if held is None else np.r_[held, free], design, y)

    start = np.zeros(design.shape[1] - (held is not None))
    found = optimize.minimize(
        loss, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 5000}
    )
    return found.x, -found.fun


@pytest.fixture
def people():
    rng = np.random.default_rng(2)
    exposure, other = rng.normal(3, 1, 25), rng.normal(0, 1, 25)
    outcome = rng.random(25) < 1 / (1 + np.exp(3 - exposure - other))
    return outcome, exposure, other


def test_a_table_of_two_by_two_is_that_with_a_half_in_each_cell():
    # For one yes-or-no exposure, Jeffreys' prior adds one half to each of the four counts (Haldane, Anscombe).
    a, b, c, d = 6, 2, 3, 7
    outcome = np.repeat([1, 0, 1, 0], [a, b, c, d])
    exposure = np.repeat([1, 1, 0, 0], [a, b, c, d])
    expected = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
    assert firth(outcome, exposure).estimate == pytest.approx(expected)


def test_a_cell_of_zero_gives_a_finite_estimate_too():
    outcome, exposure = np.repeat([1, 0, 0], [4, 3, 5]), np.repeat([1, 1, 0], [4, 3, 5])
    found = firth(outcome, exposure)
    assert found.estimate == pytest.approx(np.log(4.5 * 5.5 / (3.5 * 0.5)))
    assert np.isfinite([found.low, found.high]).all()


def test_the_estimate_and_the_limits_are_those_of_a_plain_search(people):
    outcome, exposure, other = people
    design, y = np.column_stack([exposure, other, np.ones(25)]), outcome.astype(float)
    found, (beta, top) = firth(outcome, exposure, other), best(design, y)
    assert found.estimate == pytest.approx(beta[0], abs=1e-4)
    for limit in (found.low, found.high):
        assert 2 * (top - best(design, y, limit)[1]) == pytest.approx(3.8415, abs=1e-3)
    assert found.p_value == pytest.approx(stats.chi2.sf(2 * (top - best(design, y, 0.0)[1]), 1), abs=1e-5)


def test_in_a_large_sample_it_is_ordinary_logistic_regression():
    rng = np.random.default_rng(5)
    exposure, other = rng.normal(size=(2, 4000))
    outcome = rng.random(4000) < 1 / (1 + np.exp(-(0.4 * exposure + other - 0.5)))
    fit = sm.Logit(outcome.astype(float), sm.add_constant(np.column_stack([exposure, other]))).fit(disp=0)
    found = firth(outcome, exposure, other)
    assert found.estimate == pytest.approx(fit.params[1], abs=0.002)
    assert [found.low, found.high] == pytest.approx(fit.conf_int()[1], abs=0.004)


def test_separation_keeps_its_lower_limit_and_a_finite_estimate():
    found = firth([0] * 10 + [1] * 10, range(20))
    assert np.isfinite(found.estimate)
    assert found.low > 0
    assert found.p_value < 0.001


def test_only_the_unit_changes_with_the_unit(people):
    outcome, exposure, other = people
    one, thousand = firth(outcome, exposure, other), firth(outcome, exposure * 1000 + 7, other - 5)
    assert [value * 1000 for value in thousand[:3]] == pytest.approx(one[:3], rel=1e-4)
    assert thousand.p_value == pytest.approx(one.p_value, rel=1e-4)


def test_turning_the_exposure_round_turns_the_interval_round(people):
    outcome, exposure, other = people
    one, turned = firth(outcome, exposure, other), firth(outcome, -exposure, other)
    assert [-turned.high, -turned.low] == pytest.approx([one.low, one.high], abs=1e-4)


@pytest.mark.parametrize(
    ("outcome", "exposure", "others"),
    [([0] * 8, range(8), ()), ([1] * 8, range(8), ()), ([0, 1] * 4, [3] * 8, ()), ([0, 1] * 4, range(8), range(8))],
    ids=["nobody", "everybody", "no exposure varies", "the same as another"],
)
def test_nothing_can_be_told_where_nothing_varies(outcome, exposure, others):
    assert np.isnan(firth(outcome, list(exposure), list(others))).all()


def test_a_column_that_does_not_vary_is_left_out(people):
    outcome, exposure, _ = people
    assert firth(outcome, exposure, np.ones(25)) == firth(outcome, exposure)


def test_the_square_of_the_log_needs_ten_of_each():
    achieved = np.arange(24) < 10
    amounts = np.exp(np.arange(24.0))
    held = bent(amounts, achieved)
    assert held[:, 0] == pytest.approx(np.arange(24) - 11.5)
    assert held[:, 1] == pytest.approx(held[:, 0] ** 2)
    assert bent(amounts[1:], achieved[1:]).shape == (23, 1)


@pytest.mark.parametrize("seed", range(40))
def test_hard_samples_have_an_interval_that_agrees_with_its_p_value(seed):
    rng = np.random.default_rng(seed)
    n, strong = int(rng.integers(8, 60)), rng.normal(0, 4)
    exposure = rng.normal(size=n)
    others = rng.normal(size=(n, 2)) + rng.normal(0, 2) * exposure[:, None]
    outcome = rng.random(n) < 1 / (1 + np.exp(-strong * exposure))
    outcome[:2] = [True, False]
    found = firth(outcome, exposure * 10.0 ** rng.integers(-2, 4), others)
    assert found.low < found.estimate < found.high
    assert np.isfinite(found).all()
    assert (found.p_value < 0.05) == (found.low > 0 or found.high < 0)
