"""Shrinkage against the eight schools, brute-force sampling, and simulated truth."""

import numpy as np
import pytest
from scipy import stats

from mmlib.stats import shrinkage
from mmlib.stats.intervals import mean_interval

SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
ERRORS = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def sampled(y, se, draws=200_000, seed=1):
    """Draw from the same posterior another way: between-group SD from a fine grid, then the mean, then each group."""
    rng = np.random.default_rng(seed)
    grid = np.linspace(0.01, 300, 30_000)
    precision = 1 / (se**2 + grid[:, None] ** 2)
    centre = (precision * y).sum(axis=1) / precision.sum(axis=1)
    marginal = np.prod(stats.norm.pdf(y, centre[:, None], 1 / np.sqrt(precision)), axis=1)
    weight = marginal / np.sqrt(precision.sum(axis=1))
    at = rng.choice(len(grid), draws, p=weight / weight.sum())
    tau = grid[at]
    mean = rng.normal(centre[at], 1 / np.sqrt(precision[at].sum(axis=1)))
    own = 1 / (1 / se**2 + 1 / tau[:, None] ** 2)
    return rng.normal(own * (y / se**2 + (mean / tau**2)[:, None]), np.sqrt(own))


def test_the_eight_schools_come_out_as_published():
    found = shrinkage.shrunken_means(SCHOOLS, ERRORS**2)
    medians = [10, 8, 7, 8, 5, 6, 10, 8]  # Gelman et al. (2013), table 5.3, from 200 draws
    assert found.estimate == pytest.approx(medians, abs=1.6)
    assert found.low[0] == pytest.approx(-2, abs=1)
    assert found.high[0] == pytest.approx(31, abs=1)


def test_the_intervals_are_those_of_the_sampled_posterior():
    draws = sampled(SCHOOLS, ERRORS)
    found = shrinkage.shrunken_means(SCHOOLS, ERRORS**2, 0.9)
    assert found.estimate == pytest.approx(draws.mean(axis=0), abs=0.15)
    assert found.low == pytest.approx(np.quantile(draws, 0.05, axis=0), abs=0.3)
    assert found.high == pytest.approx(np.quantile(draws, 0.95, axis=0), abs=0.3)


def test_exact_means_stay_and_equal_means_meet():
    exact = shrinkage.shrunken_means([1.0, 2.0, 4.0], [1e-8] * 3)
    assert exact.estimate == pytest.approx([1, 2, 4], abs=1e-4)
    assert exact.shrinkage == pytest.approx(0, abs=1e-3)
    equal = shrinkage.shrunken_means([2.0] * 4, [1.0, 0.5, 2.0, 1.0])
    assert equal.estimate == pytest.approx(2)
    assert (equal.shrinkage > 0.5).all()


def test_the_weaker_the_data_the_further_they_are_drawn():
    found = shrinkage.shrunken_means([2.0, 2.0, 0.0, 0.5, 1.0], [0.05, 1.0, 0.2, 0.2, 0.2])
    assert found.shrinkage[1] > found.shrinkage[0]
    assert found.estimate[1] < found.estimate[0] < 2


def test_two_groups_have_nothing_to_learn_from():
    found = shrinkage.shrunken_means([1.0, 3.0], [1.0, 4.0])
    assert found.estimate.tolist() == [1, 3]
    assert found.low == pytest.approx(stats.norm.interval(0.95, [1, 3], [1, 2])[0])
    assert found.shrinkage.tolist() == [0, 0]


def test_shifting_and_scaling_the_groups_does_the_same_to_the_result():
    plain = shrinkage.shrunken_means(SCHOOLS, ERRORS**2)
    moved = shrinkage.shrunken_means(100 - 3 * SCHOOLS, 9 * ERRORS**2)
    assert moved.estimate == pytest.approx(100 - 3 * plain.estimate)
    assert moved.low == pytest.approx(100 - 3 * plain.high, abs=1e-6)


def test_equal_variances_are_pooled_and_unequal_ones_kept_apart():
    rng = np.random.default_rng(3)
    same = rng.chisquare(9, 400) / 9
    pooled, freedom = shrinkage.moderated_variances(same, np.full(400, 9.0))
    assert np.ptp(pooled) < np.ptp(same) / 4
    assert freedom.min() > 60
    true = 8 / rng.chisquare(8, 400)
    drawn = true * rng.chisquare(9, 400) / 9
    moderated, freedom = shrinkage.moderated_variances(drawn, np.full(400, 9.0))
    assert freedom.mean() == pytest.approx(9 + 8, abs=3)
    assert np.mean((np.log(moderated) - np.log(true)) ** 2) < np.mean((np.log(drawn) - np.log(true)) ** 2)


def test_group_means_are_means_with_the_usual_variance():
    rng = np.random.default_rng(4)
    groups = [rng.normal(size=500) for _ in range(4)]
    found = shrinkage.group_means(groups)
    assert found.mean == pytest.approx([group.mean() for group in groups])
    assert found.variance == pytest.approx(1 / 500, rel=0.1)
    alone = shrinkage.group_means([groups[0][:12]])
    estimate, low, high, _ = mean_interval(groups[0][:12])
    half = stats.t.ppf(0.975, alone.freedom[0]) * np.sqrt(alone.variance[0])
    assert [alone.mean[0], half] == pytest.approx([estimate, (high - low) / 2], rel=0.15)


def test_groups_that_do_not_vary_have_the_least_variance():
    found = shrinkage.group_means([[3.0] * 3, [3.0] * 4, [4.0] * 5], least_sd=0.5)
    assert found.variance == pytest.approx([0.25 / 3, 0.25 / 4, 0.25 / 5])
    assert np.isfinite(shrinkage.shrunken_means(found.mean, found.variance).low).all()


def test_a_common_autocorrelation_is_found_from_short_series():
    rng = np.random.default_rng(5)
    series = [np.zeros(12) for _ in range(300)]
    for values in series:
        values[0] = rng.normal()
        for t in range(1, 12):
            values[t] = 0.5 * values[t - 1] + np.sqrt(0.75) * rng.normal()
    assert shrinkage.common_autocorrelation([v - v.mean() for v in series]) == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("between", [0.0, 0.3])
def test_shrunken_means_cover_and_come_nearer_than_plain_ones(between):
    rng = np.random.default_rng(6)
    held, plain, shrunken = [], [], []
    for _ in range(200):
        truth = 0.4 + between * rng.normal(size=7)
        groups = [level + 0.7 * rng.normal(size=n) for level, n in zip(truth, (3, 4, 6, 9, 14, 24, 40), strict=True)]
        means = shrinkage.group_means(groups)
        found = shrinkage.shrunken_means(means.mean, shrinkage.t_variances(means))
        held.append((found.low <= truth) & (truth <= found.high))
        plain.append((means.mean - truth) ** 2)
        shrunken.append((found.estimate - truth) ** 2)
    assert 0.92 <= np.mean(held) <= 1
    assert np.mean(shrunken) < 0.8 * np.mean(plain)
